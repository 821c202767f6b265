import type { QueueEntry } from './delivery';
import { conversationKeyOf } from './row';

/* Which of the deliveries that wait goes first. */

/** What may go next: of the answers and questions of a conversation the oldest, and none beside another. */
export function headsOf(
	waiting: QueueEntry[],
	underWay: ReadonlyArray<Pick<QueueEntry, 'row'>>,
): QueueEntry[] {
	const taken = new Set(underWay.map(({ row }) => conversationKeyOf(row)));
	return [...waiting].sort(byAge).filter((entry) => {
		const key = conversationKeyOf(entry.row);
		if (key === undefined) return true;
		if (taken.has(key)) return false;
		taken.add(key);
		return true;
	});
}

function byAge({ row: a }: QueueEntry, { row: b }: QueueEntry): number {
	return a.createdAtMs - b.createdAtMs || (a.key < b.key ? -1 : 1);
}

export function byUrgency(a: QueueEntry, b: QueueEntry): number {
	return a.row.priority - b.row.priority || byAge(a, b);
}
