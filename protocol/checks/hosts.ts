import { asFields, asText } from '../fields';

/** A usable row of the table `clawbot_hosts`. */
export interface Host {
	name: string;
	address: string;
	port: number;
	user: string;
}

export interface Hosts {
	hosts: Host[];
	/** What is wrong with rows that cannot be used, in words that name the row. */
	wrong: string[];
}

const MAX_NAME = 60;
const ADDRESS = /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/;
const USER = /^[A-Za-z_][\w.-]{0,31}$/;

/** The hosts that the operator has switched on, in the operator's order. One bad row stops no other. */
export function readHosts(rows: unknown[]): Hosts {
	const enabled = rows
		.map(asFields)
		.filter((row) => row.enabled === true || row.enabled === 'true' || row.enabled === 1)
		.sort((a, b) => Number(asText(a.order)) - Number(asText(b.order)));
	const hosts: Host[] = [];
	const wrong: string[] = [];
	for (const row of enabled) {
		const host = {
			name: asText(row.name).trim(),
			address: asText(row.address).trim(),
			port: asText(row.port).trim() === '' ? 22 : Number(asText(row.port)),
			user: asText(row.user).trim(),
		};
		const problem = problemOf(host) ?? repetitionOf(host, hosts);
		if (problem) wrong.push(`${host.name.slice(0, MAX_NAME) || '?'}: ${problem}`);
		else hosts.push(host);
	}
	return { hosts, wrong };
}

function problemOf({ name, address, port, user }: Host): string | undefined {
	if (name === '' || name.length > MAX_NAME) return 'name 为空或过长 is empty or too long';
	if (!ADDRESS.test(address)) return 'address 不是主机名或 IP is no host name or IP';
	if (!(Number.isInteger(port) && port > 0 && port < 65_536)) return 'port 不是端口 is no port';
	return USER.test(user) ? undefined : 'user 不是用户名 is no user name';
}

const repetitionOf = ({ name }: Host, hosts: Host[]): string | undefined =>
	hosts.some((host) => host.name === name) ? 'name 重复 is there twice' : undefined;

/** One argument for a POSIX shell, whatever is in it. */
export const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`;
