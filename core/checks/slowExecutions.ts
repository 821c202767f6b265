import { asFields, asText } from '../../protocol/fields';

/* Which executions are looked into: pages of n8n's list, newest first, without data. */

export const DAY_MS = 86_400_000;
/** As many are read with their data. */
export const MOST_READ = 50;

export interface Listed {
	/** Of the last day that are over. */
	count: number;
	/** The slow ones, the slowest first. */
	slow: Array<{ executionId: string; tookMs: number }>;
	/** Why the list is not whole. */
	problem: string;
}

/** Reads the list. `read` are those to look into, of the slow ones at most 50. */
export function readList(pages: unknown[], overMs: number, now: number): Listed {
	const known = new Map<string, number>();
	let problem = '';
	for (const { data, error, message } of pages.map(asFields)) {
		if (!Array.isArray(data)) {
			problem ||= asText(asFields(error).message) || asText(error) || asText(message) || '-';
			continue;
		}
		for (const { id, startedAt, stoppedAt } of data.map(asFields)) {
			const end = Date.parse(asText(stoppedAt));
			const tookMs = end - Date.parse(asText(startedAt));
			if (tookMs >= 0 && now - end < DAY_MS) known.set(asText(id), tookMs);
		}
	}
	const slow = [...known]
		.filter(([, tookMs]) => tookMs > overMs)
		.map(([executionId, tookMs]) => ({ executionId, tookMs }))
		.sort((a, b) => b.tookMs - a.tookMs);
	return { count: known.size, slow, problem: problem.slice(0, 200) };
}

export const toRead = ({ slow }: Listed): Listed['slow'] => slow.slice(0, MOST_READ);
