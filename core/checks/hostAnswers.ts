import { asFields, asText } from '../../protocol/fields';

/** What a host last answered: a row of the table `clawbot_looks`. */
export interface HostAnswer {
	host: string;
	/** What for: `clock`, `security`. */
	check: string;
	/** Which run asked; empty where that does not matter. */
	run: string;
	/** Our own clock before and after, ms since 1970. */
	before: number;
	after: number;
	output: string;
	/** Why there is no output. */
	error: string;
}

export function readHostAnswers(rows: unknown[]): HostAnswer[] {
	return rows.map(asFields).flatMap((row) => {
		const host = asText(row.host);
		if (host === '') return [];
		return {
			host,
			check: asText(row.check),
			run: asText(row.run),
			before: Number(asText(row.before)),
			after: Number(asText(row.after)),
			output: asText(row.output),
			error: asText(row.error),
		};
	});
}

/**
 * The parts of what a host's script printed: each begins with a line `## name`.
 * @returns lines by part, without empty ones
 */
export function partsOf(output: string): Map<string, string[]> {
	const parts = new Map<string, string[]>();
	let lines: string[] = [];
	for (const line of output.split('\n')) {
		const [, name] = /^## (\w+)$/.exec(line.trim()) ?? [];
		if (name !== undefined) parts.set(name, (lines = []));
		else if (line.trim() !== '') lines.push(line.trim());
	}
	return parts;
}
