import type { BotMessage } from '../message';
import type { DeliveryRow, Unsent } from './delivery';
import { digestOf } from './digest';
import { isDamaged, readRow, type Entry } from './row';

/** A message to send, and the rows that say so. */
export interface ToSend {
	unsent: Unsent;
	retry: DeliveryRow;
	/** Other rows of a digest. */
	merged?: DeliveryRow[];
}

/** A message to a bot that its own workflow is asked again. */
export type ToAsk = BotMessage & { retry: DeliveryRow; workflowId: string };

/** What is done now, and the place of the row that says so. */
export interface Opened<T> {
	json: T;
	place: number;
}

/** What is done for claims that were saved. Rows without one are settled; damaged ones stay for `claimDue`. */
export function openClaims(saved: unknown[]): {
	send: Array<Opened<ToSend>>;
	ask: Array<Opened<ToAsk>>;
} {
	const batches = new Map<string, Array<Opened<Entry>>>();
	for (const [place, value] of saved.entries()) {
		const json = readRow(value);
		if (!json || isDamaged(json)) continue;
		const { claim, status } = json.row;
		if (claim === '' || status !== 'waiting') continue;
		batches.set(claim, [...(batches.get(claim) ?? []), { json, place }]);
	}
	const send: Array<Opened<ToSend>> = [];
	const ask: Array<Opened<ToAsk>> = [];
	for (const batch of batches.values()) {
		const entries = batch.map(({ json }) => json);
		const { json: first, place } = batch[0] as Opened<Entry>;
		const { row, payload } = first;
		if (payload.question) {
			const json = { ...payload.question, retry: row, workflowId: row.workflowId };
			ask.push({ json, place });
		} else if (payload.unsent) {
			const merged = entries.slice(1).map((entry) => entry.row);
			const json =
				merged.length > 0
					? { unsent: digestOf(entries), retry: row, merged }
					: { unsent: payload.unsent, retry: row };
			send.push({ json, place });
		}
	}
	return { send, ask };
}
