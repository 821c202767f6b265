import { afterDelivery } from '../../../protocol/delivery/policy';
import { attemptedBy, rowItem, type QueueOperation } from '../operation';

export const markDelivered: QueueOperation = {
	option: {
		name: 'Mark Delivered',
		value: 'markDelivered',
		action: 'Mark what was delivered',
		description: 'Items that were sent, with their delivery, become rows to save',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const now = Date.now();
		const rows = ctx.getInputData().flatMap(({ json }, index) => {
			if (!json.delivery) return [];
			const [first, ...others] = attemptedBy(json);
			if (!first) return [];
			const done = [
				afterDelivery(first, 'delivered', now),
				...others.map((entry) => afterDelivery(entry, 'merged', now)),
			];
			return done.map((row) => rowItem(row, index));
		});
		return [rows];
	},
};
