import { afterRetry } from '../../../core/delivery/crashedRow';
import type { Operation } from '../../shared/node/operations';
import { rowsOfItems } from '../items';

export const settleRetries: Operation = {
	option: {
		name: 'Settle Retried Executions',
		value: 'settleRetries',
		action: 'Settle retried executions',
		description: 'Leased executions with what n8n answered to the retry become rows to save',
	},
	outputs: ['Rows'],
	execute: (ctx) => rowsOfItems(ctx, afterRetry),
};
