import { sha256 } from '../common/hash';
import { asFields, asText } from '../../protocol/fields';
import type { Host, ReadRows } from '../common/hosts';
import { quoted } from './job';
import { MESSAGES, planLogs } from './logs';
import { messagesOf } from './records';
import type { MaintenanceRun, MaintenanceTask } from './tasks';
import { weekBefore } from './week';

/*
 * The messages of a week, from the executions that n8n has kept of them: page by page, and each part checked
 * on the host before the next page is asked for. The workflow takes each page in an execution of its own: n8n
 * keeps in memory whatever went through a workflow until that ends.
 */

/** An archive of messages that is being made. */
export interface MessageRun extends MaintenanceRun {
	task: MaintenanceTask;
	/** Executions that began from here, up to but not at there; ms since 1970. */
	week: readonly [from: number, to: number];
	/** Of n8n's list; empty: its first page. */
	cursor: string;
	/** How many are on the host. */
	parts: number;
	records: number;
	/** No page is left. */
	complete: boolean;
}

/** The name without which an archive would not be found again by the rules for logs. */
const NAME = 'messages.jsonl';

/**
 * The archive of the last week's messages, where a row of `clawbot_logs` has the path `messages`.
 * @param now ms since 1970
 * @param id of letters and digits, another for each run: two at once must not mix their parts
 */
export function planMessages(
	values: unknown[],
	hosts: Host[],
	now: number,
	timezone: string,
	id: string,
): ReadRows<MessageRun> {
	const rows = values.map(asFields).map((row) =>
		// What stands in the place of another row keeps the numbers that people count by.
		asText(row.path).trim() === MESSAGES ? { ...row, path: `/${NAME}`, reopen: '' } : {},
	);
	const { good, problems } = planLogs(rows, hosts, now);
	const { week, monday } = weekBefore(now, timezone);
	const runs = good.map(
		(task): MessageRun => ({
			tasks: [],
			results: [],
			problems,
			task: {
				...task,
				title: `${task.host.name} ${task.variables.folder}/${NAME}`,
				variables: {
					...task.variables,
					stamp: `${monday}-000000`,
					staging: `${task.variables.folder}/.${NAME}-${monday}-${id}`,
				},
			},
			week,
			cursor: '',
			parts: 0,
			records: 0,
			complete: false,
		}),
	);
	return { good: runs, problems };
}

/** Bytes of a part. A command may have 128 KiB on Linux. */
const MAX_PART = 96_000;

/** Lines in parts that fit a command. */
function partsOf(lines: string[]): string[] {
	const parts: string[] = [];
	for (const line of lines) {
		const last = parts.at(-1);
		if (last !== undefined && Buffer.byteLength(last + line) <= MAX_PART) {
			parts[parts.length - 1] = last + line;
		} else {
			parts.push(line);
		}
	}
	return parts;
}

const END = 'END-OF-MESSAGES';

/** Shell commands that write a part and compare it with what was sent. The first begins anew, and looks for room. */
function writeCommand(run: MessageRun, number: number, part: string): string {
	const { folder, reserveKb } = run.task.variables;
	const staging = quoted(run.task.variables.staging!);
	const name = `part-${String(number).padStart(6, '0')}`;
	// What a run left behind that ended half-way goes after a day: before, it may be at work.
	const begin = `find ${quoted(folder!)} -mindepth 1 -maxdepth 1 -type d -name '.${NAME}-*' -mtime +0 -exec rm -rf -- {} +
free=$(df -Pk -- ${quoted(folder!)} | awk 'NR == 2 { print $4 }')
[ "$free" -ge ${reserveKb} ] || { echo "磁盘空间不足 too little room: $free KB free, ${reserveKb} KB needed" >&2; exit 1; }
mkdir -- ${staging}
`;
	const hash = sha256(part);
	return `set -eu; umask 077
${number === 1 ? begin : ''}cd -- ${staging}
cat > ${name} <<'${END}'
${part}${END}
echo '${hash}  ${name}' | sha256sum -c --quiet`;
}

/** The run as the last step takes it: its commands know how much must have arrived. */
function withTotals(run: MessageRun): MessageRun {
	const variables = {
		...run.task.variables,
		parts: String(run.parts),
		records: String(run.records),
	};
	return { ...run, task: { ...run.task, variables } };
}

/** What came is no page of n8n's executions. */
export class BadPage extends Error {}

/**
 * What a page of n8n's executions adds: the run with it, and the commands that put it on the host, at least
 * one for the first page.
 * @throws BadPage
 */
export function takePage(run: MessageRun, page: unknown): { run: MessageRun; commands: string[] } {
	const { data, nextCursor } = asFields(page);
	if (!Array.isArray(data)) throw new BadPage('n8n gave no list of executions');
	const [from, to] = run.week;
	const began = (execution: unknown): number => Date.parse(asText(asFields(execution).startedAt));
	const lines = data
		.filter((execution) => began(execution) >= from && began(execution) < to)
		.flatMap(messagesOf)
		.map((record) => `${JSON.stringify(record)}\n`);
	const parts = partsOf(lines);
	if (parts.length === 0 && run.parts === 0) parts.push('');
	const cursor = asText(nextCursor);
	const after: MessageRun = {
		...run,
		cursor,
		parts: run.parts + parts.length,
		records: run.records + lines.length,
		// The list begins with the newest; one that waited for its turn may have begun after its neighbours.
		complete:
			cursor === '' || (data.length > 0 && data.every((execution) => began(execution) < from)),
	};
	return {
		run: after.complete ? withTotals(after) : after,
		commands: parts.map((part, index) => writeCommand(run, run.parts + index + 1, part)),
	};
}
