import type { Finding } from './findings';

const DAY = 86_400_000;

/** What a line says: `bot.example.com:443 notAfter=May  5 12:00:00 2027 GMT 0 (ok)`. */
const LINE = /^(\S+) notAfter=([A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4} GMT) ?(.*)$/;

export interface Certificates {
	findings: Finding[];
	/** Addresses of which no certificate could be read. */
	unread: string[];
}

interface Certificate {
	/** ms since 1970. */
	endsAt: number;
	/** What a client says of it: `0 (ok)`. */
	verdict: string;
}

/** Certificates that end soon, have ended, or that no client would trust. */
export function judgeCertificates(lines: string[], addresses: string[], now: number): Certificates {
	const read = readCertificates(lines);
	const findings = addresses.flatMap((address): Finding[] => {
		const certificate = read.get(address);
		if (!certificate) return [];
		const days = Math.floor((certificate.endsAt - now) / DAY);
		const found = [days < 30 && ending(address, days), distrusted(address, certificate, days)];
		return found.filter((finding) => finding !== false);
	});
	return { findings, unread: addresses.filter((address) => !read.has(address)) };
}

/** By address. */
function readCertificates(lines: string[]): Map<string, Certificate> {
	const read = new Map<string, Certificate>();
	for (const line of lines) {
		const [, address, date, verdict] = LINE.exec(line) ?? [];
		const endsAt = Date.parse(date ?? '');
		if (address !== undefined && !Number.isNaN(endsAt))
			read.set(address, { endsAt, verdict: verdict! });
	}
	return read;
}

const COMMON = { check: 'certificates', host: '', count: 1 } as const;

function ending(address: string, days: number): Finding {
	return {
		...COMMON,
		key: `certificates:${address}:end`,
		severity: days < 14 ? 'high' : 'medium',
		text:
			days < 0
				? `${address} 的证书已过期。 Its certificate has ended: renew it.`
				: `${address} 的证书 ${days} 天后到期。 Its certificate ends in ${days} days: renew it, and see why that did not happen by itself.`,
	};
}

/** No client trusts a certificate that has ended: that is said already. */
function distrusted(address: string, { verdict }: Certificate, days: number): Finding | false {
	if (verdict.startsWith('0 ') || days < 0) return false;
	return {
		...COMMON,
		key: `certificates:${address}:trust`,
		severity: 'high',
		text: `${address} 的证书不受信任。 Its certificate is not trusted (${verdict.slice(0, 80) || 'no verdict'}): check chain and name.`,
	};
}
