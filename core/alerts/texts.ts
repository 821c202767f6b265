import { excerpt } from '../common/redact';
import { isActive, shortCode, type Alert, type AlertStatus, type OutboxEntry } from './alert';
import { chartOf } from './chart';
import type { Order } from './orders';
import { ageText, timeText, type TimeContext } from '../common/time';

const STATUS_WORDS: Readonly<Record<AlertStatus, string>> = {
	ok: '正常 ok',
	pending: '待定 pending',
	firing: '告警 firing',
	acknowledged: '已确认 acknowledged',
	silenced: '静默 silenced',
	resolved: '已恢复 resolved',
};

const UNITS: ReadonlyArray<readonly [end: RegExp, unit: string]> = [
	[/Percent$/u, '%'],
	[/Ms$/u, ' ms'],
	[/Mb$/u, ' MB'],
	[/Seconds$/u, ' s'],
];

/** A value with the unit that its metric's name ends in. */
export function valueText(metric: string, value: number | null): string {
	if (value === null) return '-';
	const [, unit = ''] = UNITS.find(([end]) => end.test(metric)) ?? [];
	return `${Math.round(value * 10) / 10}${unit}`;
}

/** What is wrong and its cure, and room beside them for a rule's note in a message of any channel. */
export const MAX_PROBLEM_LENGTH = 250;

/** Which host or service: in one line, without what could be a secret. */
export const placeOf = ({ target, source }: Alert): string => excerpt(target || source, 60);

/** `node-1 91.2%`, or what is wrong where there is no value. */
const pieceOf = (alert: Alert): string =>
	[placeOf(alert), alert.value === null ? '' : valueText(alert.metric, alert.value)]
		.filter((part) => part !== '')
		.join(' ');

const KIND_WORDS = {
	firing: ['🔴', '告警 Alert'],
	again: ['🔴', '仍在告警 Still firing'],
	escalation: ['⏫', '无人确认 Not acknowledged'],
	resolved: ['✅', '恢复 Resolved'],
} as const;

/** What a line of a message says of an alert. */
export type Mark = OutboxEntry['kind'];

export const markSign = (mark: Mark): string => KIND_WORDS[mark][0];
export const markWords = (mark: Mark): string => KIND_WORDS[mark][1];

/** A title of one alert: one line, which is all that an SMS carries. */
export function titleOf(alert: Alert, kind: Mark): string {
	const condition = kind === 'resolved' ? '' : alert.condition;
	return [`${markWords(kind)}：${alert.rule}`, pieceOf(alert), condition]
		.filter((part) => part !== '')
		.join(' ');
}

/** What stands below the title of one alert. */
export function textOf(alert: Alert, kind: Mark, { now, timezone }: TimeContext): string {
	const over = kind === 'resolved';
	const end = over && alert.resolvedAtMs > 0 ? alert.resolvedAtMs : now;
	const chart = chartOf(alert.recent, now);
	const code = shortCode(alert.key);
	const since = `${timeText(alert.sinceMs, timezone)}${over ? ` – ${timeText(end, timezone)}` : ''}`;
	return [
		...(alert.sinceMs > 0 && alert.sinceMs <= end
			? [`自 Since: ${since}（${ageText(end - alert.sinceMs)}）`]
			: []),
		...(alert.problem ? [`问题 Problem: ${excerpt(alert.problem, MAX_PROBLEM_LENGTH)}`] : []),
		...(chart ? [`30 min: ${chart}`] : []),
		...(alert.note && !over ? [`处理 Do: ${alert.note}`] : []),
		...(over ? [] : [`/alert ack ${code}`, `/alert silence 1h ${code}`]),
	].join('\n');
}

/** What a report of a maintenance window begins with. */
export function windowText(window: Order | undefined, { timezone }: TimeContext): string {
	if (!window) return '维护结束 Maintenance over';
	const times = `${timeText(window.fromMs, timezone)} – ${timeText(window.untilMs, timezone)}`;
	return `维护结束 Maintenance over: ${excerpt(window.scope, 60)}，${times}`;
}

/** One line of a list. */
export function lineOf(alert: Alert, { now }: TimeContext): string {
	const since = isActive(alert) || alert.status === 'pending' ? alert.sinceMs : alert.resolvedAtMs;
	return [
		shortCode(alert.key),
		STATUS_WORDS[alert.status],
		`${alert.rule}：${pieceOf(alert)} ${alert.condition}`.trimEnd(),
		...(since > 0 ? [ageText(now - since)] : []),
		...(alert.by ? [`(${alert.by})`] : []),
		...(alert.problem ? [excerpt(alert.problem, 80)] : []),
	].join(' ');
}
