import type { AllowedPort } from './allowed';
import type { Finding } from './findings';

/* What `ss -H -tuln` prints: netid, state, queues, local address, peer address. */
const LINE = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+):(\d{1,5})\s/;

const LOOPBACK = /^(?:127\.|\[::1\]|\[::ffff:127\.)/i;

/** Ports that listen where others can reach them, and that nobody has allowed. */
export function judgePorts(host: string, lines: string[], allowed: AllowedPort[]): Finding[] {
	const open = new Map<string, Finding>();
	for (const line of lines) {
		const [, protocol, address, digits] = LINE.exec(`${line} `) ?? [];
		if (protocol === undefined || LOOPBACK.test(address!)) continue;
		const port = Number(digits);
		const isAllowed = allowed.some(
			(entry) =>
				entry.protocol === protocol &&
				entry.port === port &&
				(entry.host === undefined || entry.host === host),
		);
		if (isAllowed) continue;
		const key = `ports:${host}:${protocol}/${port}`;
		open.set(key, {
			key,
			check: 'ports',
			host,
			severity: protocol === 'tcp' ? 'high' : 'medium',
			text: `端口 ${protocol}/${port} 对外监听，不在允许列表中。 Port ${protocol}/${port} listens on ${address} and is not allowed: stop the service, bind it to 127.0.0.1, close it in the firewall (安全组), or allow it.`,
			count: 1,
		});
	}
	return [...open.values()];
}

/** Whether anything there is what `ss` prints: an empty list would look like a host without open ports. */
export const arePorts = (lines: string[]): boolean => lines.some((line) => LINE.test(`${line} `));
