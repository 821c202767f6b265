import { asText, type Fields } from '../../protocol/fields';
import { numberIn, rowsInUse, type Host, type ReadRows } from '../common/hosts';
import type { MaintenanceTask } from './tasks';

/* Rows of the table `clawbot_logs`, which operators edit by hand: which logs are cut and archived. */

const COMMON: Readonly<Record<string, string>> = {
	'': ':',
	none: ':',
	nginx: 'sudo -n /usr/sbin/nginx -s reopen',
	rsyslog: 'sudo -n /usr/bin/systemctl kill --signal=HUP --kill-who=main rsyslog.service',
};

const UNIT = /^(service|container):([A-Za-z0-9][A-Za-z0-9_.@-]{0,127}):(HUP|USR1|USR2)$/;
const PID_FILE = /^pidfile:(\/[A-Za-z0-9._/-]{1,200}):(HUP|USR1|USR2)$/;

/**
 * The command that makes a writer open its log anew, from a closed set: a cell of a table must not become a
 * command of a shell. Undefined where the cell is none of it.
 */
export function reopenCommand(cell: string): string | undefined {
	if (Object.hasOwn(COMMON, cell)) return COMMON[cell];
	const [, kind, unit, signal] = UNIT.exec(cell) ?? [];
	if (kind === 'service') {
		return `sudo -n /usr/bin/systemctl kill --signal=${signal} --kill-who=main ${unit}.service`;
	}
	if (kind === 'container') return `sudo -n /usr/bin/docker kill --signal=${signal} ${unit}`;
	const [, file, ownSignal] = PID_FILE.exec(cell) ?? [];
	return file && `kill -${ownSignal} "$(cat ${file})"`;
}

/** Absolute, without what means something in a pattern of the shell or of `find`, or in a list of lines. */
const PATH = /^(?=.{2,1000}$)(?:\/(?!\.{1,2}(?:\/|$))[\p{L}\p{M}\p{N}._@+ -]+)+$/u;
const PATH_RULE =
	'有误：须为绝对路径，仅含文字、数字、空格和 . _ @ + - is wrong: an absolute path of letters, digits, spaces and . _ @ + -';
/** A hundred years, and a PB: more is a slip, and no date or shell could count it. */
const MAX_DAYS = 36_500;
const MAX_MB = 1e9;

/**
 * A moment as names of archives carry it, in UTC so that they sort by time: `20261122-183000`.
 * @param ms since 1970
 */
export const stampOf = (ms: number): string =>
	new Date(ms).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);

const DAY_MS = 86_400_000;

/** As path of a row: no log, but the messages of this n8n. */
export const MESSAGES = 'messages';

/** A row of the table, as far as it can be read. */
interface LogRow {
	hostName: string;
	host?: Host;
	path: string;
	folder: string;
	/** Of its archives. */
	name: string;
	/** The command; undefined where the cell is none of those that are known. */
	reopen?: string;
	keepDays: number;
	reserveMb: number;
}

/**
 * A task for each log that is switched on.
 * @param values rows of the table
 * @param hosts those that are switched on
 * @param now ms since 1970
 */
export function planLogs(values: unknown[], hosts: Host[], now: number): ReadRows<MaintenanceTask> {
	const good: MaintenanceTask[] = [];
	const problems: string[] = [];
	const taken = new Set<string>();
	for (const { row, place } of rowsInUse(values, ['host', 'path'])) {
		const log = readLog(row, hosts);
		if (log.path === MESSAGES) continue;
		const source = `${log.hostName} log ${log.path}`;
		const target = `${log.hostName} archive ${log.folder}/${log.name}`;
		const wrong =
			wrongCell(log) ||
			(taken.has(source) && `日志重复 the log ${log.path} is there twice`) ||
			(taken.has(target) &&
				`归档文件重名 two logs would share the archive ${log.folder}/${log.name}`);
		if (wrong) {
			problems.push(`clawbot_logs ${place}: ${wrong}`);
			continue;
		}
		taken.add(source).add(target);
		good.push(taskOf(log, now));
	}
	return { good, problems };
}

function readLog(row: Fields, hosts: Host[]): LogRow {
	const cell = (name: string): string => asText(row[name]).trim();
	const path = cell('path');
	return {
		hostName: cell('host'),
		host: hosts.find(({ name }) => name === cell('host')),
		path,
		folder: cell('folder'),
		name: path.split('/').at(-1)!,
		reopen: reopenCommand(cell('reopen')),
		keepDays: numberIn(row.keepDays, 180),
		reserveMb: numberIn(row.reserveMb, 1024),
	};
}

/** The first cell that is wrong, in words. */
function wrongCell({
	hostName,
	host,
	path,
	folder,
	reopen,
	keepDays,
	reserveMb,
}: LogRow): string | undefined {
	if (!host)
		return `host 主机 ${hostName} 不在 clawbot_hosts 中或已停用 is not there or switched off`;
	if (!PATH.test(path)) return `path 日志路径 ${PATH_RULE}`;
	if (!PATH.test(folder)) return `folder 归档目录 ${PATH_RULE}`;
	if (reopen === undefined) return 'reopen 重新打开方式 不认识 is not known';
	if (!(keepDays >= 1 && keepDays <= MAX_DAYS)) return 'keepDays 保留天数 有误 is wrong';
	if (!(reserveMb >= 0 && reserveMb <= MAX_MB)) return 'reserveMb 预留空间 有误 is wrong';
	return undefined;
}

/** @param log in which no cell is wrong */
function taskOf(
	{ host, path, folder, name, reopen, keepDays, reserveMb }: LogRow,
	now: number,
): MaintenanceTask {
	return {
		title: `${host!.name} ${path}`,
		host: host!,
		variables: {
			log: path,
			folder,
			name,
			reopen: reopen!,
			stamp: stampOf(now),
			oldest: stampOf(now - keepDays * DAY_MS),
			reserveKb: String(Math.round(reserveMb * 1024)),
		},
	};
}
