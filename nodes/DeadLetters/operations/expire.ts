import { expire as decide } from '../../../core/deadLetters/expire';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../../shared/node/items';
import { rowsIn } from '../items';

export const expire: Operation = {
	option: {
		name: 'Choose What to Purge',
		value: 'expire',
		action: 'Choose what to purge',
		description:
			'Dead letters older than 30 days or beyond the newest 1,000 of their group; delivered and discarded ones after 7 days',
	},
	outputs: ['To Purge'],
	execute: (ctx) => [asItems(decide(rowsIn(ctx), Date.now()))],
};
