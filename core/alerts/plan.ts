import type { TimeContext } from '../common/time';
import type { Alert, OutboxEntry } from './alert';
import type { AlertNotification } from './contract';
import {
	asMessage,
	groupBy,
	notificationOf,
	pagesOf,
	type Line,
	type AlertMessage,
} from './messages';
import type { Order } from './orders';
import type { Mark } from './texts';

/** At most so many messages leave in any minute, over all channels; the rest waits for the next one. */
export const MOST_MESSAGES = 15;
export const BUDGET_MS = 60_000;

/** A message that was handed in less long ago is on its way: a slow run may be sending it still. */
const UNDER_WAY_MS = 3 * 60_000;

/** More alerts than this for one destination at once are one message. */
const MOST_SINGLE = 3;

/**
 * Decides which messages carry the entries of all outboxes that are to go out now, and writes their keys into
 * these entries. Messages of a run that came to nothing are handed in again under their keys; they do not count.
 * @param left how many more messages may leave now
 * @returns the alerts with these keys, what to send, and how many of these are new
 */
export function planMessages(
	alerts: Alert[],
	orders: Order[],
	left: number,
	wording: TimeContext,
): { alerts: Alert[]; notifications: AlertNotification[]; fresh: number } {
	const lines = alerts.flatMap((alert) => linesOf(alert, wording.now));
	const decided = groupBy(
		lines.filter(({ entries }) => entries[0]!.message),
		({ entries: [entry] }) => entry!.message!,
	);
	const again = [...decided].map(([key, members]) => asMessage(members, key));
	const fresh = freshMessages(
		lines.filter(({ entries }) => !entries[0]!.message),
		left,
	);
	const messages = [...again, ...fresh];
	return {
		alerts: withKeys(alerts, messages, wording.now),
		notifications: messages.map((message) => notificationOf(message, orders, wording)),
		fresh: fresh.length,
	};
}

/** The messages for lines that no message carries yet, at most so many; in a storm, pages. */
function freshMessages(lines: Line[], most: number): AlertMessage[] {
	const waiting = [
		...groupBy(lines, ({ entries: [entry] }) =>
			JSON.stringify([entry!.to, entry!.report ?? '']),
		).values(),
	];
	const full = waiting.map((members) => messagesOf(members, MOST_SINGLE));
	const count = full.reduce((sum, messages) => sum + messages.length, 0);
	const planned = count > most ? waiting.map((members) => messagesOf(members, 1)) : full;
	return inTurns(planned).slice(0, Math.max(0, most));
}

/** The alerts, in whose outboxes stands which message carries what. */
function withKeys(alerts: Alert[], messages: AlertMessage[], handedInAt: number): Alert[] {
	const keys = new Map(
		messages.flatMap(({ key, lines }) =>
			lines.flatMap(({ entries }) => entries.map((entry): [OutboxEntry, string] => [entry, key])),
		),
	);
	return alerts.map((alert) => ({
		...alert,
		outbox: alert.outbox.map((entry) => {
			const message = keys.get(entry);
			return message === undefined ? entry : { ...entry, message, handedInAt };
		}),
	}));
}

const isUnderWay = ({ message, handedInAt = 0 }: OutboxEntry, now: number): boolean =>
	message !== undefined && handedInAt <= now && now - handedInAt < UNDER_WAY_MS;

/**
 * What is to be said of an alert: for each destination a line for the first thing that it was not told yet. What
 * comes after that waits until it was told, so that nobody hears of an end before the beginning, whatever was cut
 * off or found no room.
 */
function linesOf(alert: Alert, now: number): Line[] {
	return [...groupBy(alert.outbox, ({ to }) => to).values()].flatMap((waiting) => {
		const entries = firstOf(waiting);
		const { held } = entries[0]!;
		if (held !== undefined || isUnderWay(entries[0]!, now)) return [];
		return [{ alert, mark: markOf(entries), entries }];
	});
}

/** The first entry and, of a window's report, all that follow it in the same message. */
function firstOf(waiting: OutboxEntry[]): OutboxEntry[] {
	const { report, message } = waiting[0]!;
	if (report === undefined) return waiting.slice(0, 1);
	const next = waiting.findIndex((each) => each.report !== report || each.message !== message);
	return next < 0 ? waiting : waiting.slice(0, next);
}

function markOf(entries: OutboxEntry[]): Mark {
	const { kind, report } = entries.at(-1)!;
	return report !== undefined && kind !== 'resolved' ? 'again' : kind;
}

/** The first message of each destination, then the second of each: none waits behind another's storm. */
function inTurns<T>(lists: T[][]): T[] {
	const longest = Math.max(0, ...lists.map(({ length }) => length));
	return Array.from({ length: longest }, (_, turn) =>
		lists.flatMap((list) => (turn < list.length ? [list[turn]!] : [])),
	).flat();
}

/** The messages for the lines of one destination: each alert in full, or pages of all. */
function messagesOf(lines: Line[], mostSingle: number): AlertMessage[] {
	const { report } = lines[0]!.entries[0]!;
	if (report === undefined && lines.length <= mostSingle) {
		return lines
			.sort((a, b) => a.entries[0]!.at - b.entries[0]!.at)
			.map((line) => asMessage([line]));
	}
	return pagesOf(lines).map((page) => asMessage(page));
}
