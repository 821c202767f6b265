import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ExecutionOrigin } from '../../core/delivery/accept';
import type { DeliveryRow, QueueEntry } from '../../core/delivery/delivery';
import { SEND_LEASE_MS } from '../../core/delivery/lease';
import { OwnLeases } from '../../core/delivery/ownLeases';
import { Pace } from '../../core/delivery/pace';
import { LookedAt } from '../../core/delivery/recovery';
import { isDamaged, readRow } from '../../core/delivery/row';

/** Names this n8n process in leases: what another one has left behind is known by it. */
export const PROCESS_TOKEN = randomUUID();

/** Crashed executions that this process need not look at again. */
export const lookedAt = new LookedAt();

/** What a limit held back, and this process has leased lately. */
export const heldBack = new Pace();

export const ownLeases = new OwnLeases(() => performance.now());

/** Saving leases takes less, or has failed. */
const SAVING_MS = 30_000;

/** The execution that is saving its leases: until it has, the same rows look due to the next one. */
let saving: { executionId: string; until: number } | undefined;

export const isSavingLeases = (): boolean =>
	saving !== undefined && saving.until > performance.now();

export function beginSaving(ctx: IExecuteFunctions): void {
	saving = { executionId: ctx.getExecutionId(), until: performance.now() + SAVING_MS };
}

export function endSaving(ctx: IExecuteFunctions): void {
	if (saving?.executionId === ctx.getExecutionId()) saving = undefined;
}

/** A lease of this process, for one attempt. */
export function newLease(): string {
	const lease = `${PROCESS_TOKEN}:${randomUUID()}`;
	ownLeases.take(lease, SEND_LEASE_MS);
	return lease;
}

/** An item that holds a row and nothing else, as the store's columns want it. */
export function rowItem(row: DeliveryRow, item: number): INodeExecutionData {
	return { json: row as unknown as IDataObject, pairedItem: { item } };
}

/** The rows that each item makes, as the items of the one output. */
export function rowsOfItems(
	ctx: IExecuteFunctions,
	rowsOf: (json: IDataObject, now: number) => DeliveryRow[] | DeliveryRow | undefined,
): INodeExecutionData[][] {
	const now = Date.now();
	const items = ctx.getInputData().flatMap(({ json }, index) => {
		const rows = rowsOf(json, now) ?? [];
		return [rows].flat().map((row) => rowItem(row, index));
	});
	return [items];
}

/**
 * The execution that called this one, for items that do not say where they come from. n8n tells a
 * sub-workflow its caller's execution, and not its workflow.
 */
export function callerOf(ctx: IExecuteFunctions): ExecutionOrigin {
	const caller = ctx.getExecutionContext()?.parentExecutionId;
	return { workflowId: '', executionId: caller ?? ctx.getExecutionId() };
}

/**
 * The leased rows that an item of `open` stands for: `retry`, and for a digest those in `merged`. None
 * where the item is no attempt of a row.
 */
export function attemptedBy({ retry, merged }: IDataObject): QueueEntry[] {
	return [retry, ...(Array.isArray(merged) ? merged : [])]
		.map(readRow)
		.filter((read): read is QueueEntry => read !== undefined && !isDamaged(read));
}
