import type { IDataObject } from 'n8n-workflow';
import {
	acceptFailure,
	inOrder,
	readFailed,
	type ExecutionOrigin,
} from '../../../core/delivery/accept';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { afterFailure } from '../../../core/delivery/policy';
import type { Operation } from '../../shared/node/operations';
import { attemptedBy, callerOf, rowItem } from '../items';

export const keepFailures: Operation = {
	option: {
		name: 'Keep Failures',
		value: 'keepFailures',
		action: 'Keep messages that failed',
		description:
			'Items from error outputs become rows to save: to be tried again, or given up where that cannot help',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const origin = callerOf(ctx);
		const now = Date.now();
		const kept = ctx
			.getInputData()
			.flatMap(({ json }, index) => rowsOf(json, origin, now).map((row) => ({ row, index })));
		const rows = inOrder(kept.map(({ row }) => row));
		return [rows.map((row, place) => rowItem(row, kept[place]?.index ?? 0))];
	},
};

function rowsOf(json: IDataObject, origin: ExecutionOrigin, now: number): DeliveryRow[] {
	const tried = attemptedBy(json);
	if (tried.length === 0) return [acceptFailure(json, origin, now, Math.random)];
	const { failure, unsent } = readFailed(json);
	// Each row of a digest keeps its own message.
	const failed = tried.length > 1 ? { failure } : { failure, unsent };
	return tried.map((entry) => afterFailure(entry, failed, now, Math.random));
}
