import type { Finding } from './findings';

/** Lists that are older hide what is outdated. */
const FRESH_DAYS = 14;

/** Packages for which there is a newer one: lines of `apt-get -s upgrade` or `dnf -q check-update`. */
export function judgePackages(host: string, lines: string[], now: number): Finding[] {
	// Inst openssl [3.0.15-1] (3.0.16-1 Debian-Security:12/stable-security [amd64])
	const debian = lines.filter((line) => /^Inst \S+/.test(line));
	// openssl.x86_64    1:3.0.7-28.el9    baseos
	const redHat = lines.filter((line) => /^[\w.+-]+\.(?:\w+)\s+\S+\s+\S+$/.test(line));
	const all = [...debian, ...redHat];
	// Security FEDORA-2026-1c2d Important/Sec. openssl-1:3.0.7-28.el9.x86_64
	const advised = lines.filter((line) => /^Security \S+ \S+ \S+$/.test(line));
	const security = [...debian.filter((line) => /security/i.test(line)), ...advised];
	const [, seconds] = /^lists (\d{9,11})$/m.exec(lines.join('\n')) ?? [];
	const days = seconds === undefined ? 0 : Math.floor((now / 1000 - Number(seconds)) / 86_400);
	const finding = { check: 'packages', host, count: 1 } as const;
	return [
		...(all.length > 0
			? [
					{
						...finding,
						key: `packages:${host}`,
						severity: security.length > 0 ? ('high' as const) : ('low' as const),
						text: `${all.length} 个软件包可更新，其中安全更新 ${security.length} 个。 ${all.length} packages are outdated, ${security.length} of them for security: ${namesOf(security.length > 0 ? security : all)}. The monthly patch run (ClawBot 3 operations: patch hosts) updates them.`,
						count: all.length,
					},
				]
			: []),
		...(days > FRESH_DAYS
			? [
					{
						...finding,
						key: `packages:${host}:lists`,
						severity: 'medium' as const,
						text: `软件包列表已 ${days} 天未更新，结果可能不完整。 Its package lists are ${days} days old: run apt-get update.`,
					},
				]
			: []),
	];
}

function namesOf(lines: string[]): string {
	const names = lines.map(nameIn);
	const shown = names.slice(0, 5).join(', ');
	return names.length > 5 ? `${shown} …` : shown;
}

function nameIn(line: string): string {
	const words = line.split(/\s+/);
	if (words[0] === 'Inst') return words[1]!;
	return (words[0] === 'Security' ? words.at(-1) : words[0])!;
}
