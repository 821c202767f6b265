import { randomUUID } from 'node:crypto';
import { claimCrashed as claim } from '../../../protocol/delivery/recovery';
import { lookedAt, PROCESS_TOKEN, rowItem, type QueueOperation } from '../operation';

export const claimCrashed: QueueOperation = {
	option: {
		name: 'Claim Crashed Executions',
		value: 'claimCrashed',
		action: 'Claim crashed executions',
		description:
			'Executions with what n8n says about each become rows to save: claimed for a retry, or given up',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const options = { processToken: PROCESS_TOKEN, newId: randomUUID, now: Date.now() };
		const items = ctx.getInputData().flatMap(({ json }, index) => {
			const row = claim(json, lookedAt, options);
			return row ? [rowItem(row, index)] : [];
		});
		return [items];
	},
};
