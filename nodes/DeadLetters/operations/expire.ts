import { expire as decide } from '../../../protocol/deadLetters/expire';
import { asItems, rowsIn, type LetterOperation } from '../operation';

export const expire: LetterOperation = {
	option: {
		name: 'Choose What to Purge',
		value: 'expire',
		action: 'Choose what to purge',
		description:
			'Dead letters older than 30 days or beyond the newest 10,000; delivered and discarded ones after 7 days',
	},
	outputs: ['To Purge'],
	execute: (ctx) => [asItems(decide(rowsIn(ctx), Date.now()))],
};
