import { announce as decide } from '../../../core/deadLetters/announce';
import { letterPages, linkTo } from '../../shared/node/operators';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../../shared/node/items';
import { rowsIn } from '../items';

export const announce: Operation = {
	option: {
		name: 'Announce',
		value: 'announce',
		action: 'Announce dead letters',
		description:
			'One alert for each group of like failures, and a notification when it is drained; and the rows that say so from now on',
	},
	outputs: ['Notifications', 'Changes'],
	execute(ctx) {
		const context = {
			timezone: ctx.getTimezone(),
			link: linkTo(ctx),
			...letterPages(ctx),
		};
		const { notifications, changes } = decide(rowsIn(ctx), context);
		return [asItems(notifications), asItems(changes)];
	},
};
