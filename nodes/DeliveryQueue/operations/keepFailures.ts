import type { IDataObject } from 'n8n-workflow';
import { acceptFailure, readFailedItem, type Origin } from '../../../protocol/delivery/accept';
import { unanswered } from '../../../protocol/delivery/apology';
import type { DeliveryRow } from '../../../protocol/delivery/delivery';
import { afterFailure } from '../../../protocol/delivery/policy';
import { attemptedBy, callerOf, rowItem, type QueueOperation } from '../operation';

export const keepFailures: QueueOperation = {
	option: {
		name: 'Keep Failures',
		value: 'keepFailures',
		action: 'Keep messages that failed',
		description:
			'Items from error outputs become rows to save: tried again later, or given up. Messages that will get no answer leave by the second output, too.',
	},
	outputs: ['Rows', 'No Answer'],
	execute(ctx) {
		const origin = callerOf(ctx);
		const now = Date.now();
		const kept = ctx
			.getInputData()
			.flatMap(({ json }, item) => rowsOf(json, origin, now).map((row) => ({ row, item })));
		const lost = kept.flatMap(({ row, item }) => {
			const message = unanswered(row);
			return message ? { json: message as unknown as IDataObject, pairedItem: { item } } : [];
		});
		return [kept.map(({ row, item }) => rowItem(row, item)), lost];
	},
};

function rowsOf(json: IDataObject, origin: Origin, now: number): DeliveryRow[] {
	const tried = attemptedBy(json);
	if (tried.length === 0) return [acceptFailure(json, origin, now, Math.random)];
	const { failure, unsent } = readFailedItem(json);
	// What is left of a digest is no part of it: each row keeps its own message.
	const left = tried.length === 1 ? unsent : undefined;
	return tried.map((entry) => afterFailure(entry, failure, left, now, Math.random));
}
