import type { TimeContext } from '../common/time';
import { byteLength } from '../../protocol/text';
import type { Alert, OutboxEntry } from './alert';
import type { AlertChannel, AlertNotification } from './contract';
import type { Order } from './orders';
import type { Destination } from './rules';
import { markSign, markWords, placeOf, textOf, titleOf, windowText, type Mark } from './texts';
import { codeOf } from '../common/codes';

/** What fits into one message of a channel, with room for its title above it; WeCom's group robots take 2,048 bytes. */
const PAGE_BYTES: Readonly<Record<AlertChannel, number>> = {
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
export interface Line {
	alert: Alert;
	mark: Mark;
	entries: OutboxEntry[];
}

export interface AlertMessage {
	to: Destination;
	lines: Line[];
	/** The maintenance window of a report. */
	report: string;
	/** One alert in full. */
	single: boolean;
	key: string;
}

export function groupBy<T>(values: T[], key: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		const known = groups.get(key(value));
		if (known) known.push(value);
		else groups.set(key(value), [value]);
	}
	return groups;
}

const idOf = ({ alert, entries }: Line): string =>
	entries.map(({ kind, at, to }) => `${alert.key}:${kind}:${at}:${to}`).join(' ');

/**
 * A message for one destination and, if so, one window.
 * @param key of one that was decided before
 */
export function asMessage(lines: Line[], key?: string): AlertMessage {
	const { to, report = '' } = lines[0]!.entries[0]!;
	const id = codeOf(lines.map(idOf).sort().join(' '), 24);
	const single = lines.length === 1 && report === '';
	return { to, lines, report, single, key: key ?? `alert:${id}` };
}

const channelOf = (to: Destination): AlertChannel => to.split(':')[0] as AlertChannel;

/** Beginning and end of a page, and the count and separators of a group: generously. */
const PAGE_EXTRA_BYTES = 300;
const GROUP_EXTRA_BYTES = 16;
const PIECE_EXTRA_BYTES = 2;

const groupName = ({ mark, alert }: Line): string =>
	`${markSign(mark)} ${markWords(mark)}：${alert.rule}`;

const ORDER: readonly Mark[] = ['escalation', 'firing', 'again', 'resolved'];

/** Lines for one destination, like alerts together, as many on a page as fit. */
export function pagesOf(lines: Line[]): Line[][] {
	const maxBytes = PAGE_BYTES[channelOf(lines[0]!.entries[0]!.to)];
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

/** What `send-alert` takes. */
export function notificationOf(
	message: AlertMessage,
	orders: Order[],
	wording: TimeContext,
): AlertNotification {
	const { to, key, lines, single } = message;
	const [channel, addressee] = [channelOf(to), to.slice(channelOf(to).length + 1)];
	const { alert, mark } = lines[0]!;
	const content = single
		? { title: titleOf(alert, mark), text: textOf(alert, mark, wording) }
		: pageContent(message, orders, wording);
	return {
		channel,
		title: [...content.title].slice(0, MAX_TITLE_LENGTH).join(''),
		text: content.text,
		key,
		priority: 'alert',
		...(addressee && { to: addressee }),
	};
}

function pageContent(
	{ lines, report }: AlertMessage,
	orders: Order[],
	wording: TimeContext,
): Pick<AlertNotification, 'title' | 'text'> {
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
