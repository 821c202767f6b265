import {
	conversationOf,
	type BotMessage,
	type Platform,
	type ReplyTo,
} from '../../protocol/message';
import type { DeliveryRow, QueueEntry, Unsent } from './delivery';
import { digestOf } from './digest';
import { isDamaged, readRow } from './row';

/* What is done after rows were saved. */

/** A message to send, and the rows that say so. */
export interface ToSend {
	unsent: Unsent;
	retry: DeliveryRow;
	/** Other rows of a digest. */
	merged?: DeliveryRow[];
}

/** A message to a bot that its own workflow is asked again. */
export type ToAsk = BotMessage & { retry: DeliveryRow; workflowId: string };

/** A message that will get no answer: enough of it to say so. */
export interface Unanswered {
	platform: Platform;
	messageId: string;
	conversationId: string;
	replyTo: ReplyTo;
}

/** What is done, and the place of the row that says so. */
export interface OpenedItem<T> {
	json: T;
	place: number;
}

export interface OpenedRows {
	send: Array<OpenedItem<ToSend>>;
	ask: Array<OpenedItem<ToAsk>>;
	noAnswer: Array<OpenedItem<Unanswered>>;
}

/**
 * Leased rows are carried out, and of those just given up whoever asked is told. What cannot be read stays
 * for `leaseDue`.
 * @param saved rows that this caller, and nobody else, has saved
 */
export function openRows(saved: unknown[]): OpenedRows {
	const opened: OpenedRows = { send: [], ask: [], noAnswer: [] };
	const toSend = new Map<string, Array<OpenedItem<QueueEntry>>>();
	const keys = new Set<string>();
	for (const [place, value] of saved.entries()) {
		const entry = readRow(value);
		if (!entry || isDamaged(entry)) continue;
		const { row, payload } = entry;
		// A Data Table knows no unique key: on PostgreSQL two that insert one at once make two rows of it.
		if (keys.has(row.key)) continue;
		keys.add(row.key);
		const leased = row.status === 'waiting' && row.claim !== '';
		const lost = unanswered(entry);
		if (lost) opened.noAnswer.push({ json: lost, place });
		else if (leased && payload.question) {
			const json = { ...payload.question, retry: row, workflowId: row.workflowId };
			opened.ask.push({ json, place });
		} else if (leased && payload.unsent) {
			toSend.set(row.claim, [...(toSend.get(row.claim) ?? []), { json: entry, place }]);
		}
	}
	for (const batch of toSend.values()) opened.send.push(sendTogether(batch));
	return opened;
}

/** Rows with the same lease go as one digest. */
function sendTogether(batch: Array<OpenedItem<QueueEntry>>): OpenedItem<ToSend> {
	const [first, ...others] = batch as [OpenedItem<QueueEntry>, ...Array<OpenedItem<QueueEntry>>];
	const { row, payload } = first.json;
	const json: ToSend =
		others.length > 0
			? {
					unsent: digestOf(batch.map(({ json: entry }) => entry)),
					retry: row,
					merged: others.map(({ json: entry }) => entry.row),
				}
			: { unsent: payload.unsent as Unsent, retry: row };
	return { json, place: first.place };
}

/** Undefined where an answer may come or may have come, and where nobody asked. */
function unanswered({ row, payload }: QueueEntry): Unanswered | undefined {
	if (row.status !== 'dead' || (row.kind !== 'answer' && row.kind !== 'question')) return undefined;
	const replyTo = payload.unsent?.replyTo ?? payload.question?.replyTo;
	if (!replyTo) return undefined;
	const { platform, messageId } = replyTo;
	return { platform, messageId, conversationId: conversationOf(replyTo), replyTo };
}
