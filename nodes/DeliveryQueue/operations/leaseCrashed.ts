import { randomUUID } from 'node:crypto';
import { leaseCrashed as lease } from '../../../core/delivery/crashedRow';
import { RETRY_MS } from '../../../core/delivery/recovery';
import type { Operation } from '../../shared/node/operations';
import { lookedAt, ownLeases, PROCESS_TOKEN, rowsOfItems } from '../items';

export const leaseCrashed: Operation = {
	option: {
		name: 'Lease Crashed Executions',
		value: 'claimCrashed',
		action: 'Lease crashed executions',
		description:
			'Executions with what n8n says about each become rows to save: leased for a retry, or given up',
	},
	outputs: ['Rows'],
	execute: (ctx) =>
		rowsOfItems(ctx, (json, now) => {
			const options = { processToken: PROCESS_TOKEN, newId: randomUUID, now };
			const row = lease(json, lookedAt, options);
			if (row?.claim) ownLeases.take(row.claim, RETRY_MS);
			return row;
		}),
};
