import type { DeliveryRow } from '../delivery/delivery';
import {
	discard,
	discardAll,
	edit,
	refusalLines,
	replay,
	replayAll,
	REFUSALS,
	type ChangeOutcome,
} from './changes';
import { changedAt, filterRows, openAmong, type Filter } from './filter';
import { attemptsTitle, briefText, detailsOf, summaryOf } from './shown';
import { parseCommand, type LetterCommand } from './parse';
import { groupOf, intoGroups, isOpen } from './rows';
import { strikeSecrets } from '../common/redact';
import { cureOf, failureName, kindName, sourceOf, statusName } from './words';
import { ageText, isoText, timeText, type TimeContext } from '../common/time';
import { platformName } from '../common/names';
import { codeOf, isCodeOf } from '../common/codes';

export interface LetterCommandContext extends TimeContext {
	/** Who asks, for the audit. */
	by: string;
	/** Address of a row's execution; empty where there is none. */
	link(row: DeliveryRow): string;
	/** Address of the letter on the operators’ page. */
	letter(row: DeliveryRow): string;
}

/** What a command comes to. */
export interface LetterCommandResult {
	/** For the chat, plain. */
	text: string;
	/** Rows to save. */
	changes: DeliveryRow[];
}

const MOST_LINES = 20;

const HELP = `死信 Dead letters
/dlq list [platform=feishu] [class=badCredentials] [conversation=…] [age>2h]：列表
/dlq groups：按相同失败分组 like failures together
/dlq show <id>：查看一条 look inside
/dlq replay <id>：重发
/dlq replay group <g> | since 2h [speed 20/min] [dry] [force]：批量重发，dry 只计数 only counts
/dlq edit <id> <新内容 new text>：改后重发
/dlq discard <id> | group <g> <原因 reason>：丢弃
中文 Chinese: /死信 列表、分组、查看、重发、编辑、丢弃；组、自、速度、试算、强制`;

/** Carries out one command of the operations group. Never throws, whatever is typed. */
export function runCommand(
	text: string,
	rows: DeliveryRow[],
	context: LetterCommandContext,
): LetterCommandResult {
	const command = parseCommand(text, context);
	switch (command.name) {
		case 'help':
			return say(HELP);
		case 'mistake':
			return say(`${command.hint}\n/dlq help`);
		case 'list':
			return say(listText(rows, command.filter, context));
		case 'groups':
			return say(groupsText(rows, command.filter, context));
		case 'show':
			return forOne(rows, command.id, (row) => say(showText(row, context)));
		case 'replay':
			return runReplay(rows, command, context);
		case 'edit':
			return forOne(rows, command.id, (row) =>
				react(
					edit(row, command.text, { ...context, force: command.force }),
					'将发送新内容 Will send the new text',
				),
			);
		case 'discard':
			return runDiscard(rows, command, context);
	}
}

const say = (text: string): LetterCommandResult => ({ text, changes: [] });

function react(outcome: ChangeOutcome, done: string): LetterCommandResult {
	return 'row' in outcome
		? { text: `${done}: ${codeOf(outcome.row.key)}`, changes: [outcome.row] }
		: say(REFUSALS[outcome.refused]);
}

/** Finds the one row that a code means, and asks where it means several. */
function forOne(
	rows: DeliveryRow[],
	id: string,
	work: (row: DeliveryRow) => LetterCommandResult,
): LetterCommandResult {
	const found = rows.filter(({ key }) => key === id || isCodeOf(id, key));
	if (found.length === 1) return work(found[0]!);
	if (found.length === 0) return say(`没有这一条 There is none: ${id.slice(0, 40)}`);
	const codes = found
		.slice(0, MOST_LINES)
		.map(({ key }) => codeOf(key, Math.max(10, id.length + 2)));
	return say(`是哪一条？ Which one?\n${codes.join('\n')}`);
}

function line(row: DeliveryRow, { now }: LetterCommandContext): string {
	const open = isOpen(row) && row.status === 'dead' ? '' : `${statusName(row.status)} `;
	return `${codeOf(row.key)} ${open}${ageText(now - changedAt(row))} ${platformName(row.platform)} ${failureName(row)} ${briefText(row, 40)}`;
}

function listText(rows: DeliveryRow[], filter: Filter, context: LetterCommandContext): string {
	const found = filterRows(rows, filter, context.now);
	if (found.length === 0) return '没有死信 No dead letters';
	const left = found.length - MOST_LINES;
	return [
		`死信 ${found.length} 条 · ${found.length} dead letters`,
		...found.slice(0, MOST_LINES).map((row) => line(row, context)),
		...(left > 0 ? [`… +${left}：/dlq list platform= class= group= age>2h`] : []),
	].join('\n');
}

function groupsText(rows: DeliveryRow[], filter: Filter, { now }: LetterCommandContext): string {
	const groups = [...intoGroups(filterRows(rows, filter, now))];
	if (groups.length === 0) return '没有死信 No dead letters';
	const summaries = groups
		.map(([group, members]) => ({ group, ...summaryOf(members) }))
		.sort((a, b) => b.count - a.count);
	const left = summaries.length - MOST_LINES;
	return [
		`${summaries.length} 类失败 Kinds of failure`,
		...summaries
			.slice(0, MOST_LINES)
			.map(
				({ group, first, count, firstAt, lastAt }) =>
					`${codeOf(group)}: ${count} × ${sourceOf(first)}，${failureName(first)}，${ageText(now - firstAt)} – ${ageText(now - lastAt)}`,
			),
		...(left > 0 ? [`… +${left}`] : []),
	].join('\n');
}

function showText(row: DeliveryRow, { timezone, link, letter }: LetterCommandContext): string {
	const details = detailsOf(row);
	const address = link(row);
	return [
		`${codeOf(row.key)} ${statusName(row.status)}，${kindName(row.kind)}`,
		`来源 From: ${sourceOf(row)}`,
		`会话 Conversation: ${row.conversation || '-'}`,
		`组 Group: ${codeOf(groupOf(row))}`,
		`失败 Failure: ${failureName(row)}`,
		`原因 Reason: ${strikeSecrets(row.reason) || '-'}`,
		`办法 Cure: ${cureOf(row)}`,
		`时间 Time: ${timeText(row.createdAtMs, timezone)} – ${timeText(changedAt(row), timezone)}`,
		...(row.status === 'waiting' ? [`下次 Next: ${timeText(row.dueAt, timezone)}`] : []),
		...(details.sentParts > 0 ? [`已发 Sent parts: ${details.sentParts}`] : []),
		...(address ? [`执行 Execution: ${address}`] : []),
		`死信页 Letter: ${letter(row)}`,
		`内容 Text: ${details.text || '-'}`,
		...(details.original !== undefined ? [`原文 Original: ${details.original}`] : []),
		attemptsTitle(details),
		...details.attempts.map(
			({ at, failure, message }) => `· ${isoText(at, timezone)} ${failure} ${message}`,
		),
		...details.audit.map(
			({ at, by, action, note }) => `✎ ${isoText(at, timezone)} ${by} ${action} ${note}`,
		),
	].join('\n');
}

function runReplay(
	rows: DeliveryRow[],
	{ which, perMinute, dry, force }: Extract<LetterCommand, { name: 'replay' }>,
	context: LetterCommandContext,
): LetterCommandResult {
	if ('id' in which) {
		return forOne(rows, which.id, (row) => {
			const outcome = replay(row, { ...context, dueAt: context.now, force });
			if (dry && 'row' in outcome) return say(`试算 Dry run: 1 条将重发 would be replayed`);
			return react(outcome, '将重发 Will replay');
		});
	}
	const { changed, refused } = replayAll(openAmong(rows, which), { ...context, force, perMinute });
	const minutes = Math.ceil(changed.length / perMinute);
	const count = dry
		? `试算 Dry run: ${changed.length} 条将重发 would be replayed`
		: `将重发 ${changed.length} 条 · Will replay ${changed.length}`;
	return {
		text: [
			changed.length > 1 ? `${count}（${perMinute}/min，约 about ${minutes} min）` : count,
			...refusalLines(refused),
		].join('\n'),
		changes: dry ? [] : changed,
	};
}

function runDiscard(
	rows: DeliveryRow[],
	{ which, reason }: Extract<LetterCommand, { name: 'discard' }>,
	context: LetterCommandContext,
): LetterCommandResult {
	if ('id' in which) {
		return forOne(rows, which.id, (row) =>
			react(discard(row, reason, context), '已丢弃 Discarded'),
		);
	}
	const changes = discardAll(openAmong(rows, which), reason, context);
	return { text: `已丢弃 ${changes.length} 条 · Discarded ${changes.length}`, changes };
}
