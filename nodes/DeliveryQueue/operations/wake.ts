import { looksAfterSaving } from '../../../core/delivery/nextLook';
import { tell } from '../../DeliveryTrigger/looks';
import type { Operation } from '../../shared/node/operations';

export const wake: Operation = {
	option: {
		name: 'Wake',
		value: 'wake',
		action: 'Wake the delivery triggers',
		description:
			'Rows that were saved pass through; the delivery triggers of this process start their workflows when each is due',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const items = ctx.getInputData();
		const now = Date.now();
		for (const { json } of items) {
			for (const { subject, at } of looksAfterSaving(json, now)) tell(subject, at);
		}
		return [items.map((item, index) => ({ ...item, pairedItem: { item: index } }))];
	},
};
