import { sha256 } from '../common/hash';
import { type TimeContext, dayOf } from '../common/time';
import type { OperationsNotification } from '../common/notification';
import { asText, type Fields } from '../../protocol/fields';
import { auditRow, type AuditRow } from './audit';
import { daysLeft, readKeys, type Key, type KeyProblem } from './keys';

/** Days before a key is due on which people are reminded, the last first. */
const STAGES = [1, 7, 14];

/** More keys than this are counted, not named: a message has an end. */
const MOST_LINES = 30;

const HOW =
	'办法 How: 换好后，把表 clawbot_keys 中的 issuedAt 改成当天。 Change the key, then set its issuedAt in the table clawbot_keys.';

/**
 * What people are to be told about the keys today: one notice for all that are due (every day until they are
 * changed), one for all that come to 14, 7 or 1 day before. A run that was missed is made up for by the next.
 * @param rows `clawbot_keys`
 * @param audit rows of `clawbot_key_audit` that say what was told so far
 * @returns what to say, and the rows to write down after it was said
 */
export function remind(
	rows: Fields[],
	audit: Fields[],
	time: TimeContext,
): { notices: OperationsNotification[]; told: AuditRow[] } {
	const { keys, mistakes } = readKeys(rows, time);
	const today = dayOf(time.now, time.timezone);
	const told = new Set(audit.map(({ key, action, detail }) => markOf(key, action, detail)));
	const isTold = (key: Key, action: AuditRow['action'], detail: string): boolean =>
		told.has(markOf(key.name, action, detail));

	const overdue = keys.filter((key) => daysLeft(key, time) <= 0);
	const alarmed = overdue.filter((key) => !isTold(key, 'alarmed', alarmDetail(key, today)));
	const soon = keys.flatMap((key) => {
		const stage = stageOf(key, time);
		return stage === undefined || isTold(key, 'reminded', reminderDetail(key, stage))
			? []
			: [{ key, stage }];
	});
	const newMistakes = told.has(markOf('clawbot_keys', 'alarmed', today)) ? [] : mistakes;

	const entry = (key: string, action: AuditRow['action'], detail: string): AuditRow =>
		auditRow(time.now, { key, action, by: 'remind-key-rotation', detail });
	return {
		notices: [
			...(alarmed.length + newMistakes.length > 0
				? [alarmOf(alarmed, newMistakes, today, time)]
				: []),
			...(soon.length > 0 ? [reminderOf(soon, time)] : []),
		],
		told: [
			...alarmed.map((key) => entry(key.name, 'alarmed', alarmDetail(key, today))),
			...(newMistakes.length > 0 ? [entry('clawbot_keys', 'alarmed', today)] : []),
			...soon.map(({ key, stage }) => entry(key.name, 'reminded', reminderDetail(key, stage))),
		],
	};
}

/** A key that lives 7 days is not announced 7 days before: that would be the day it was made. */
function stageOf(key: Key, time: TimeContext): number | undefined {
	const left = daysLeft(key, time);
	if (left <= 0) return undefined;
	return STAGES.find((stage) => left <= stage && stage < key.rotatesAfterDays);
}

// With the day it was made: a key that was changed begins anew.
const reminderDetail = ({ where, issued }: Key, stage: number): string =>
	`${stage} d before, issued ${issued}${where && `, ${where}`}`;
const alarmDetail = ({ where, issued }: Key, today: string): string =>
	`${today}, issued ${issued}${where && `, ${where}`}`;

const markOf = (...parts: unknown[]): string => JSON.stringify(parts.map(asText));

const codeOf = (text: string): string => sha256(text).slice(0, 24);

function lineOf(key: Key, time: TimeContext): string {
	const left = daysLeft(key, time);
	const when =
		left > 0
			? `还有 ${left} 天 ${left} d left`
			: left === 0
				? '今天到期 due today'
				: `已过 ${-left} 天 ${-left} d over`;
	const about = [key.where, key.owner].filter((part) => part !== '').join('；');
	return `• ${key.name}${about && `（${about}）`}: ${when}，启用 since ${key.issued}`;
}

const limited = (lines: string[]): string[] =>
	lines.length > MOST_LINES
		? [...lines.slice(0, MOST_LINES), `… +${lines.length - MOST_LINES}`]
		: lines;

const byDaysLeft =
	(time: TimeContext) =>
	(a: Key, b: Key): number =>
		daysLeft(a, time) - daysLeft(b, time);

function alarmOf(
	keys: Key[],
	mistakes: KeyProblem[],
	today: string,
	time: TimeContext,
): OperationsNotification {
	const lines = [
		...(keys.length > 0
			? [
					`⏰ ${keys.length} 把密钥该换了 · Keys to change now: ${keys.length}`,
					...limited([...keys].sort(byDaysLeft(time)).map((key) => lineOf(key, time))),
					HOW,
				]
			: []),
		...(mistakes.length > 0
			? [
					`❓ 表 clawbot_keys 中 ${mistakes.length} 行看不懂 · Rows of clawbot_keys that say nothing usable: ${mistakes.length}`,
					...limited(mistakes.map(({ name, problem }) => `• ${name}: ${problem}`)),
				]
			: []),
	];
	const text = lines.join('\n');
	return {
		title: '密钥到期 Keys overdue',
		text,
		key: `keys-overdue:${today}:${codeOf(text)}`,
		priority: 'alert',
	};
}

function reminderOf(
	soon: Array<{ key: Key; stage: number }>,
	time: TimeContext,
): OperationsNotification {
	const keys = soon.map(({ key }) => key).sort(byDaysLeft(time));
	return {
		title: '密钥提醒 Keys due soon',
		text: [
			`🔑 ${keys.length} 把密钥快到期了 · Keys due soon: ${keys.length}`,
			...limited(keys.map((key) => lineOf(key, time))),
			HOW,
		].join('\n'),
		key: `keys-soon:${codeOf(soon.map(({ key, stage }) => markOf(key.name, reminderDetail(key, stage))).join())}`,
		priority: 'broadcast',
	};
}
