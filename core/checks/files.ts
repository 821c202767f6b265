import type { AllowedFile } from './allowed';
import type { Finding } from './findings';

/** What `stat -c "%a %U %n"` prints. */
const LINE = /^([0-7]{3,4}) (\S+) (\/.*)$/;

/** Files that more people may read or write than they should. Says nothing of files it has no line of. */
export function judgeFiles(host: string, lines: string[], allowed: AllowedFile[]): Finding[] {
	return lines.flatMap((line): Finding | [] => {
		const [, digits, owner, path] = LINE.exec(line) ?? [];
		const limit = allowed.find((file) => file.path === path);
		if (!limit) return [];
		const wider = parseInt(digits!, 8) & 0o777 & ~limit.mode;
		if (wider === 0) return [];
		return {
			key: `files:${host}:${path}`,
			check: 'files',
			host,
			// Others may write, or read what is for its owner alone.
			severity: wider & 0o022 || (wider & 0o044 && (limit.mode & 0o077) === 0) ? 'high' : 'medium',
			text: `${path} 权限过宽。 Its mode is ${digits} (owner ${owner}), allowed is ${limit.mode.toString(8)}: chmod ${limit.mode.toString(8)} ${path}`,
			count: 1,
		};
	});
}

/** Files that the host could not show. */
export function unseenFiles(lines: string[], allowed: AllowedFile[]): string[] {
	const seen = new Set(lines.map((line) => LINE.exec(line)?.[3]));
	return allowed.map(({ path }) => path).filter((path) => !seen.has(path));
}
