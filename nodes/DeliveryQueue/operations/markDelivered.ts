import { asFields } from '../../../protocol/fields';
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
			// What went out with a later message, or in the digest of the first row, is a part of that.
			const own = asFields(json.delivery).mergedInto ? 'merged' : 'delivered';
			return attemptedBy(json)
				.map((entry, place) => afterDelivery(entry, place === 0 ? own : 'merged', now))
				.map((row) => rowItem(row, index));
		});
		return [rows];
	},
};
