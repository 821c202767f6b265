import { asFields, asText } from '../../protocol/fields';

/* Rows of the table `clawbot_hosts`, which operators edit by hand. */

/** A host that n8n reaches over SSH. */
export interface Host {
	/** What people call it; unique. */
	name: string;
	/** Name or IP address. */
	address: string;
	port: number;
	/** The account for maintenance. */
	user: string;
	/** What runs there, in the operator's words; `n8n` where this n8n runs itself. */
	role: string;
	/** Lower numbers go first. */
	order: number;
}

export interface ReadRows<T> {
	good: T[];
	/** What is wrong with rows that were left out, a line for each. */
	problems: string[];
}

const ADDRESS = /^(?!-)[A-Za-z0-9_.:-]{1,253}$/;
const USER = /^[a-z_][a-z0-9_.-]{0,31}$/i;
/** Stands in messages and in names of files. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._()-]{0,62}$/u;

const isOff = (value: unknown): boolean =>
	value === false || value === 0 || /^(false|0|no|否)$/i.test(asText(value).trim());

/** A row that an operator has begun and not filled in, or the empty item of an empty table. */
const isEmpty = (row: Record<string, unknown>, columns: string[]): boolean =>
	columns.every((column) => asText(row[column]).trim() === '');

/** A number of a cell; the fallback where the cell is empty, NaN where it holds something else. */
export function numberIn(value: unknown, fallback: number): number {
	const text = asText(value).trim();
	return text === '' ? fallback : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
}

/** The rows that are filled in and not switched off, with a number for people to find them by. */
export function rowsInUse(
	values: unknown[],
	columns: string[],
): Array<{ row: Record<string, unknown>; place: number }> {
	return values
		.map((value, index) => ({ row: asFields(value), place: index + 1 }))
		.filter(({ row }) => !isEmpty(row, columns) && !isOff(row.enabled));
}

function wrongWith(host: Host): string | undefined {
	if (!NAME.test(host.name)) return 'name 名称';
	if (!ADDRESS.test(host.address)) return 'address 地址';
	if (!Number.isInteger(host.port) || host.port < 1 || host.port > 65_535) return 'port 端口';
	if (!USER.test(host.user)) return 'user 账号';
	if (Number.isNaN(host.order)) return 'order 顺序';
	return undefined;
}

/**
 * The hosts that are switched on, in their order; that of n8n itself comes last, so that nothing that
 * happens to n8n there keeps another host waiting.
 */
export function readHosts(values: unknown[]): ReadRows<Host> {
	const good: Host[] = [];
	const problems: string[] = [];
	for (const { row, place } of rowsInUse(values, ['name', 'address'])) {
		const host: Host = {
			name: asText(row.name).trim(),
			address: asText(row.address).trim(),
			port: numberIn(row.port, 22),
			user: asText(row.user).trim(),
			role: asText(row.role).trim(),
			order: numberIn(row.order, 0),
		};
		const wrong = wrongWith(host);
		if (wrong !== undefined) {
			problems.push(`clawbot_hosts ${place}: ${wrong} 有误 is wrong`);
		} else if (good.some(({ name }) => name === host.name)) {
			problems.push(`clawbot_hosts ${place}: 名称重复 name ${host.name} is there twice`);
		} else {
			good.push(host);
		}
	}
	const isOwn = ({ role }: Host): number => (role.toLowerCase() === 'n8n' ? 1 : 0);
	const byOrder = (a: Host, b: Host): number =>
		isOwn(a) - isOwn(b) || a.order - b.order || (a.name < b.name ? -1 : 1);
	return { good: good.sort(byOrder), problems };
}
