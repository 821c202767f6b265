import { codeOf } from '../deadLetters/rows';
import { byteLength } from '../text';
import type { Alert, Entry } from './alert';
import type { Channel, Notice } from './contract';
import type { Order } from './orders';
import type { Destination } from './rules';
import {
	markSign,
	markWords,
	placeOf,
	textOf,
	titleOf,
	windowText,
	type Mark,
	type Wording,
} from './texts';

/** At most so many messages leave in any minute, over all channels; the rest waits for the next one. */
export const MOST_MESSAGES = 15;
export const BUDGET_MS = 60_000;

/** More alerts than this for one destination at once are one message. */
const MOST_SINGLE = 3;

/** What fits into one message of a channel, with room for its title above it; WeCom's group robots take 2,048 bytes. */
const PAGE_BYTES: Readonly<Record<Channel, number>> = {
	// Which platform this is, its workflow knows alone.
	operations: 1650,
	wecom: 1650,
	dingtalk: 15_000,
	feishu: 15_000,
	email: 50_000,
	// Carries the title alone.
	sms: Infinity,
};

const MAX_TITLE_LENGTH = 100;

/** What a message says of one alert, and the entries that are done with it. */
interface Line {
	alert: Alert;
	mark: Mark;
	entries: Entry[];
}

interface Message {
	to: Destination;
	lines: Line[];
	/** The maintenance window of a report. */
	report: string;
	/** One alert in full. */
	single: boolean;
	key: string;
}

/**
 * Decides which messages carry the entries of all outboxes that are to go out now, and writes their keys into
 * these entries. Messages that were decided before are handed in again under the same keys; they do not count.
 * @param left how many more messages may leave now
 * @returns the alerts with these keys, what to send, and how many of these are new
 */
export function planMessages(
	alerts: Alert[],
	orders: Order[],
	left: number,
	wording: Wording,
): { alerts: Alert[]; notices: Notice[]; fresh: number } {
	// What a window kept back comes before what happened since.
	const lines = alerts.flatMap(linesOf).sort((a, b) => reportsFirst(a) - reportsFirst(b));
	const decided = groupBy(
		lines.filter(({ entries }) => entries[0]!.message),
		({ entries: [entry] }) => entry!.message!,
	);
	const again = [...decided].map(([key, members]) => asMessage(members, key));
	const waiting = [
		...groupBy(
			lines.filter(({ entries }) => !entries[0]!.message),
			({ entries: [entry] }) => JSON.stringify([entry!.to, entry!.report ?? '']),
		).values(),
	];
	const full = waiting.map((members) => messagesOf(members, MOST_SINGLE));
	const count = full.reduce((sum, messages) => sum + messages.length, 0);
	const planned = count > left ? waiting.map((members) => messagesOf(members, 1)) : full;
	const fresh = inTurns(planned).slice(0, Math.max(0, left));
	const keys = new Map(
		fresh.flatMap(({ key, lines: members }) =>
			members.flatMap(({ entries }) => entries.map((entry): [Entry, string] => [entry, key])),
		),
	);
	return {
		alerts: alerts.map((alert) => ({
			...alert,
			outbox: alert.outbox.map((entry) => {
				const message = keys.get(entry);
				return message === undefined ? entry : { ...entry, message };
			}),
		})),
		notices: [...again, ...fresh].map((message) => noticeOf(message, orders, wording)),
		fresh: fresh.length,
	};
}

const reportsFirst = ({ entries: [entry] }: Line): number => (entry!.report === undefined ? 1 : 0);

/** What is to be said of an alert: a line for each entry, and one for all that a window kept back. */
function linesOf(alert: Alert): Line[] {
	const free = alert.outbox.filter(({ held }) => held === undefined);
	const single = free
		.filter(({ report }) => report === undefined)
		.map((entry): Line => ({ alert, mark: entry.kind, entries: [entry] }));
	const reports = groupBy(
		free.filter(({ report }) => report !== undefined),
		({ to, report, message }) => JSON.stringify([to, report, message]),
	);
	return [
		...single,
		...[...reports.values()].map((entries): Line => {
			const mark = entries.at(-1)!.kind === 'resolved' ? 'resolved' : 'again';
			return { alert, mark, entries };
		}),
	];
}

function groupBy<T>(values: T[], key: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		const known = groups.get(key(value));
		if (known) known.push(value);
		else groups.set(key(value), [value]);
	}
	return groups;
}

/** The first message of each destination, then the second of each: none waits behind another's storm. */
function inTurns<T>(lists: T[][]): T[] {
	const longest = Math.max(0, ...lists.map(({ length }) => length));
	return Array.from({ length: longest }, (_, turn) =>
		lists.flatMap((list) => (turn < list.length ? [list[turn]!] : [])),
	).flat();
}

const idOf = ({ alert, entries }: Line): string =>
	entries.map(({ kind, at, to }) => `${alert.key}:${kind}:${at}:${to}`).join(' ');

function asMessage(lines: Line[], key?: string): Message {
	const { to, report = '' } = lines[0]!.entries[0]!;
	const id = codeOf(lines.map(idOf).sort().join(' '), 24);
	const single = lines.length === 1 && report === '';
	return { to, lines, report, single, key: key ?? `alert:${id}` };
}

/** The messages for the lines of one destination: each alert in full, or pages of all. */
function messagesOf(lines: Line[], mostSingle: number): Message[] {
	const { to, report } = lines[0]!.entries[0]!;
	if (report === undefined && lines.length <= mostSingle) {
		return lines
			.sort((a, b) => a.entries[0]!.at - b.entries[0]!.at)
			.map((line) => asMessage([line]));
	}
	return pagesOf(lines, PAGE_BYTES[channelOf(to)]).map((page) => asMessage(page));
}

const channelOf = (to: Destination): Channel => to.split(':')[0] as Channel;

/** Beginning and end of a page, and the count and separators of a group: generously. */
const PAGE_EXTRA_BYTES = 300;
const GROUP_EXTRA_BYTES = 16;
const PIECE_EXTRA_BYTES = 2;

const groupName = ({ mark, alert }: Line): string =>
	`${markSign(mark)} ${markWords(mark)}：${alert.rule}`;

const ORDER: readonly Mark[] = ['escalation', 'firing', 'again', 'resolved'];

/** Lines of like alerts together, as many on a page as fit. */
function pagesOf(lines: Line[], maxBytes: number): Line[][] {
	const pages: Line[][] = [];
	let page: Line[] = [];
	let size = PAGE_EXTRA_BYTES;
	for (const line of [...lines].sort(byGroup)) {
		const name = groupName(line);
		const piece = byteLength(placeOf(line.alert)) + PIECE_EXTRA_BYTES;
		const head = byteLength(name) + GROUP_EXTRA_BYTES;
		const last = page.at(-1);
		const more = piece + (last && groupName(last) === name ? 0 : head);
		if (last && size + more > maxBytes) {
			pages.push(page);
			page = [];
			size = PAGE_EXTRA_BYTES;
		}
		size += page.length === 0 ? piece + head : more;
		page.push(line);
	}
	return page.length > 0 ? [...pages, page] : pages;
}

const byGroup = (a: Line, b: Line): number =>
	ORDER.indexOf(a.mark) - ORDER.indexOf(b.mark) ||
	compare(a.alert.rule, b.alert.rule) ||
	compare(a.alert.target, b.alert.target) ||
	compare(a.alert.key, b.alert.key);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function noticeOf(message: Message, orders: Order[], wording: Wording): Notice {
	const { to, key, lines, single } = message;
	const [channel, addressee] = [channelOf(to), to.slice(channelOf(to).length + 1)];
	const { alert, mark } = lines[0]!;
	const content = single
		? { title: titleOf(alert, mark), text: textOf(alert, mark, wording) }
		: pageContent(message, orders, wording);
	return {
		channel,
		title: content.title.slice(0, MAX_TITLE_LENGTH),
		text: content.text,
		key,
		priority: 'alert',
		...(addressee && { to: addressee }),
	};
}

function pageContent(
	{ lines, report }: Message,
	orders: Order[],
	wording: Wording,
): Pick<Notice, 'title' | 'text'> {
	const groups = [...groupBy([...lines].sort(byGroup), groupName)];
	const counts = groups.map(
		([name, members]) => `${name.replace(/^\S+ /u, '')} × ${members.length}`,
	);
	const window = orders.find(({ key }) => key === report);
	return {
		title: `${report ? '维护结束，期间静音 Muted meanwhile' : '告警 Alerts'} ${lines.length}：${counts.join('，')}`,
		text: [
			...(report ? [`🔧 ${windowText(window, wording)}`] : []),
			...groups.map(
				([name, members]) =>
					`${name} × ${members.length}\n${members.map(({ alert }) => placeOf(alert)).join(', ')}`,
			),
			'/alert list',
		].join('\n'),
	};
}
