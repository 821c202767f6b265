import { excerpt } from '../common/redact';
import type { JobOutcome } from './job';
import type { Result, MaintenanceRun } from './tasks';

/* What operators read when a run is over, in Chinese and English: one text serves a mixed team. */

export interface MaintenanceReport {
	title: string;
	text: string;
	/** Whether all went well. */
	ok: boolean;
}

/** What a state means, and what a person does about it. */
const STATES: Readonly<Record<Exclude<JobOutcome['state'], 'done'>, string>> = {
	failed: '失败 failed',
	unreachable:
		'连不上主机，不知道做到哪一步 the host does not answer, how far it got is not known: look there, ~/.clawbot-jobs',
	overdue:
		'超时，仍在主机上运行，没有被中断 takes too long; it runs on, nothing was killed: look there, ~/.clawbot-jobs',
	lost: '主机上的任务没有结果就结束了（重启？） ended on the host without a result (a restart?)',
	notStarted: '没有开始，主机上什么也没做 did not begin, nothing was done there',
};

const MINUTE = 60;
const duration = (seconds: number): string =>
	seconds < 2 * MINUTE ? `${seconds} s` : `${Math.round(seconds / MINUTE)} min`;

/** The last lines say what went wrong. */
const lastLines = (output: string): string[] =>
	output
		.split('\n')
		.filter((line) => line.trim() !== '' && !line.startsWith('step: '))
		.slice(-3)
		.map((line) => `　　${excerpt(line, 200)}`);

/** Of one task: the first say what was done. */
const MOST_NOTES = 3;

function describe({ title, outcome }: Result): string[] {
	const notes = outcome.notes.slice(0, MOST_NOTES).map((note) => `　　${excerpt(note, 150)}`);
	const more = outcome.notes.length - MOST_NOTES;
	if (more > 0) notes.push(`　　… ${more} more 更多`);
	if (outcome.state === 'done') return [`✅ ${title}: ${duration(outcome.seconds)}`, ...notes];
	const step = outcome.step === '' ? '' : ` · 步骤 step "${outcome.step}"`;
	return [`❌ ${title}${step}: ${STATES[outcome.state]}`, ...notes, ...lastLines(outcome.output)];
}

/** Most lines of one kind: a chat message is no log. The executions in n8n hold everything. */
const MOST = 20;
const firstOf = (lines: string[][]): string[] => [
	...lines.slice(0, MOST).flat(),
	...(lines.length > MOST ? [`… ${lines.length - MOST} more 更多，见 n8n 执行记录`] : []),
];

/**
 * Undefined where there was nothing to do and nothing is wrong.
 * @param name of what was done: `归档 archive`
 */
export function reportOf(
	{ tasks, results, problems }: MaintenanceRun,
	name: string,
): MaintenanceReport | undefined {
	if (tasks.length + results.length + problems.length === 0) return undefined;
	const failed = results.filter(({ outcome }) => !outcome.ok);
	const ok = failed.length + problems.length + tasks.length === 0;
	const done = results.length - failed.length;
	const figures = `${done} 完成 done, ${failed.length} 失败 failed, ${tasks.length} 未做 not begun`;
	return {
		ok,
		title: `${ok ? '✅' : '⚠️'} ${name}`,
		text: [
			figures,
			...problems.slice(0, MOST).map((problem) => `⚠️ ${excerpt(problem, 200)}`),
			...firstOf([...failed, ...results.filter(({ outcome }) => outcome.ok)].map(describe)),
			...firstOf(tasks.map(({ title }) => [`⏸ ${title}: 未动 not touched`])),
		].join('\n'),
	};
}
