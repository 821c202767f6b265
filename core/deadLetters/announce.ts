import type { OperationsNotification } from '../common/notification';
import type { DeliveryRow } from '../delivery/delivery';
import { excerpt } from '../common/redact';
import { groupOf, intoGroups, isOpen } from './rows';
import { cureOf, failureName, kindName, sourceOf } from './words';
import { timeText } from '../common/time';
import { codeOf } from '../common/codes';

export interface AnnounceContext {
	/** IANA, for times. */
	timezone: string;
	/** Address of a row's execution; empty where there is none. */
	link(row: DeliveryRow): string;
	/** Address of the letter on the operators’ page. */
	letter(row: DeliveryRow): string;
	/** Address of that page, where all letters are listed. */
	page: string;
}

/** More groups than this at once are one text: an outage must not flood the group. */
const MOST_ALERTS = 10;

/**
 * What the operations group is told: one alert for each group of like failures, and that it is drained.
 * @param rows all dead and uncertain ones, and the others whose `announced` is `open`
 * @returns the notifications, and the rows that say so from now on: hand in the notifications first
 */
export function announce(
	rows: DeliveryRow[],
	context: AnnounceContext,
): { notifications: OperationsNotification[]; changes: DeliveryRow[] } {
	const alerts: DeliveryRow[][] = [];
	const drained: DeliveryRow[][] = [];
	const changes: DeliveryRow[] = [];
	for (const group of intoGroups(rows).values()) {
		const announced = group.filter((row) => row.announced === 'open');
		const fresh = group.filter((row) => isOpen(row) && row.announced !== 'open');
		if (fresh.length > 0) {
			if (announced.length === 0) alerts.push(inOrder(fresh));
			changes.push(...fresh.map((row) => marked(row, 'open')));
		} else if (announced.length > 0 && announced.every(isSettled)) {
			drained.push(inOrder(announced));
			changes.push(...announced.map((row) => marked(row, 'closed')));
		}
	}
	alerts.sort((a, b) => byTime(a[0]!, b[0]!));
	const single = alerts.length > MOST_ALERTS ? alerts.slice(0, MOST_ALERTS) : alerts;
	const rest = alerts.slice(single.length);
	return {
		notifications: [
			...single.map((group) => alertOf(group, context)),
			...(rest.length > 0 ? [digestOf(rest, context)] : []),
			...drained.map((group) => drainedOf(group)),
		],
		changes,
	};
}

/** One that waits for its replay is not settled: the group may fail again. */
const isSettled = (row: DeliveryRow): boolean => !isOpen(row) && row.status !== 'waiting';

function marked(row: DeliveryRow, announced: 'open' | 'closed'): DeliveryRow {
	return { ...row, version: row.version + 1, announced };
}

const byTime = (a: DeliveryRow, b: DeliveryRow): number =>
	a.settledAtMs - b.settledAtMs || (a.key < b.key ? -1 : 1);

const inOrder = (rows: DeliveryRow[]): DeliveryRow[] => [...rows].sort(byTime);

/** From the group and its first row: the same until the group has been marked. */
const keyOf = (what: string, [first]: DeliveryRow[]): string =>
	`${what}:${codeOf(`${groupOf(first!)} ${first!.key} ${first!.settledAtMs}`, 24)}`;

function countText(group: DeliveryRow[]): string {
	const uncertain = group.filter(({ status }) => status === 'uncertain').length;
	return uncertain > 0
		? `${group.length}（其中 ${uncertain} 条可能已送达 of these ${uncertain} may have arrived）`
		: String(group.length);
}

function alertOf(
	group: DeliveryRow[],
	{ timezone, link, letter }: AnnounceContext,
): OperationsNotification {
	const first = group[0]!;
	const execution = link(first);
	const lines = [
		`来源 From: ${[...new Set([sourceOf(first), kindName(first.kind)])].join('，')}`,
		`失败 Failure: ${failureName(first)}`,
		`数量 Count: ${countText(group)}`,
		`时间 Time: ${timeText(first.settledAtMs, timezone)} – ${timeText(group.at(-1)!.settledAtMs, timezone)}`,
		...(first.reason ? [`例 Example: ${excerpt(first.reason, 200)}`] : []),
		`办法 Cure: ${cureOf(first)}`,
		...(execution ? [`执行 Execution: ${execution}`] : []),
		`死信页 Letter: ${letter(first)}`,
		`查看 Look: /dlq show ${codeOf(first.key)}，/dlq list group=${codeOf(groupOf(first))}`,
	];
	return {
		title: '死信 Dead letters',
		text: `⚠️ ${headline(group)}\n${lines.join('\n')}`,
		key: keyOf('alert', group),
		priority: 'alert',
	};
}

function headline(group: DeliveryRow[]): string {
	const { length } = group;
	return group[0]!.kind === 'failure'
		? `工作流失败 ${length} 次 · ${length} workflow ${length === 1 ? 'failure' : 'failures'}`
		: `${length} 条消息没有送达 · ${length} ${length === 1 ? 'message was' : 'messages were'} not delivered`;
}

function digestOf(groups: DeliveryRow[][], { page }: AnnounceContext): OperationsNotification {
	const shown = groups.slice(0, 20);
	const lines = shown.map(
		([first, ...more]) =>
			`${codeOf(groupOf(first!))}: ${more.length + 1} × ${sourceOf(first!)}，${failureName(first!)}`,
	);
	const left = groups.length - shown.length;
	return {
		title: '死信 Dead letters',
		text: [
			`⚠️ 还有 ${groups.length} 类失败 More kinds of failure`,
			...lines,
			...(left > 0 ? [`… +${left}`] : []),
			`死信页 Letters: ${page}`,
			'查看 Look: /dlq groups',
		].join('\n'),
		key: `alerts:${codeOf(groups.map((group) => keyOf('', group)).join(' '), 24)}`,
		priority: 'alert',
	};
}

function drainedOf(group: DeliveryRow[]): OperationsNotification {
	const last = group.at(-1)!;
	const count = (status: string): number => group.filter((row) => row.status === status).length;
	const parts = [
		[count('delivered') + count('merged'), '条已送达 delivered'],
		[count('discarded'), '条已丢弃 discarded'],
	].filter(([number]) => number !== 0);
	return {
		title: '死信已清 Dead letters drained',
		text: `✅ 已处理完毕 · Drained: ${sourceOf(last)}，${failureName(last)}\n${parts.map(([number, text]) => `${number} ${text}`).join('，')}`,
		key: keyOf('drained', [last]),
		priority: 'alert',
	};
}
