import { leaseDue } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { looksAfterSaving, nextRetryAt, NextLook } from '../../../core/delivery/nextLook';
import { afterDelivery } from '../../../core/delivery/policy';
import { conversationKeyOf } from '../../../core/delivery/row';
import { entryOf, HOUR, NOW, reply, unsent, waitingRow } from './rows';

/* A store, whoever saves in it, and looks at it, on a clock that jumps from one event to the next. */

/** A message that is kept, and how long sending it takes. */
export interface Save {
	at: number;
	dueInMs: number;
	conversation: number;
	kind: 'answer' | 'notification';
	attemptMs: number;
}

/** When a row could have gone, and when it did. */
export interface Tried {
	readyAt: number;
	triedAt: number;
}

interface Event {
	at: number;
	run: () => void;
}

const END = NOW + 6 * HOUR;

/**
 * @param readMs how long the looks take until they have read the store, in turn
 * @param told whether savers and looks say what is due
 */
export function simulateLooks(
	saves: Save[],
	readMs: number[],
	{ told, safetyMs }: { told: boolean; safetyMs: number },
): Tried[] {
	const store = new Map<string, DeliveryRow>();
	const attemptMs = new Map<string, number>();
	const savedAt = new Map<string, number>();
	const triedAt = new Map<string, number>();
	const endedAt = new Map<string, number>();
	const next = new NextLook('retry', safetyMs);
	const heldBack = new Pace();
	const isHeld = (): boolean => false;
	let events: Event[] = [];
	let now = NOW;
	let looked = 0;

	const save = (row: DeliveryRow): void => {
		store.set(row.key, row);
		for (const { subject, at } of told ? looksAfterSaving(row, now) : []) {
			if (subject === 'retry') next.tell(at);
		}
	};
	const end = (key: string): void => {
		endedAt.set(key, now);
		save(afterDelivery(entryOf(store.get(key)!), 'delivered', now));
	};
	const look = (): void => {
		const stored = [...store.values()];
		const options = { processToken: 'me', newId: () => '1', singleProcess: true };
		const chosen = leaseDue(stored, { ...options, questionsAtOnce: 50, heldBack, isHeld, now });
		next.saw(told ? nextRetryAt(stored, chosen, now) : Infinity);
		for (const row of chosen) {
			save(row);
			triedAt.set(row.key, now);
			events.push({ at: now + attemptMs.get(row.key)!, run: () => end(row.key) });
		}
	};

	saves.forEach((each, n) => {
		const key = `k${String(n).padStart(3, '0')}`;
		attemptMs.set(key, each.attemptMs);
		savedAt.set(key, NOW + each.at);
		events.push({ at: NOW + each.at, run: () => save(rowOf(key, each)) });
	});
	while (endedAt.size < saves.length && now < END) {
		events = events.sort((a, b) => a.at - b.at);
		const lookAt = now + next.waitMs(now);
		const [first] = events;
		if (first && first.at < lookAt) {
			events.shift();
			now = first.at;
			first.run();
		} else {
			now = lookAt;
			next.begin(now);
			events.push({ at: now + readMs[looked++ % readMs.length]!, run: look });
		}
	}
	const rows = [...store.values()];
	return rows.map((row) => {
		const before = rows
			.filter((other) => goesBefore(other, row))
			.map(({ key }) => endedAt.get(key));
		const due = saves[Number(row.key.slice(1))]!;
		const readyAt = Math.max(
			savedAt.get(row.key)!,
			savedAt.get(row.key)! + due.dueInMs,
			...before.map((at) => at ?? END),
		);
		return { readyAt, triedAt: triedAt.get(row.key) ?? END };
	});
}

function rowOf(key: string, { at, dueInMs, conversation, kind }: Save): DeliveryRow {
	const content = kind === 'answer' ? reply({ seed: key }) : unsent({ seed: key });
	const columns = {
		key,
		kind,
		version: 1,
		conversation: `oc_${conversation}`,
		dueAt: NOW + at + dueInMs,
		createdAtMs: NOW + at,
		deadlineAt: END + HOUR,
	};
	return waitingRow(columns, { unsent: content });
}

/** Of the answers of a conversation one is under way at a time, the oldest of those that wait. */
function goesBefore(other: DeliveryRow, row: DeliveryRow): boolean {
	const key = conversationKeyOf(row);
	if (key === undefined || conversationKeyOf(other) !== key || other.key === row.key) return false;
	return (
		other.createdAtMs - row.createdAtMs < 0 ||
		(other.createdAtMs === row.createdAtMs && other.key < row.key)
	);
}
