import { afterRetry } from '../../../protocol/delivery/recovery';
import { rowItem, type QueueOperation } from '../operation';

export const settleRetries: QueueOperation = {
	option: {
		name: 'Settle Retried Executions',
		value: 'settleRetries',
		action: 'Settle retried executions',
		description: 'Claimed executions with what n8n answered to the retry become rows to save',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const now = Date.now();
		const items = ctx.getInputData().flatMap(({ json }, index) => {
			const row = afterRetry(json, now);
			return row ? [rowItem(row, index)] : [];
		});
		return [items];
	},
};
