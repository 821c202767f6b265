import { sha256 } from '../common/hash';
import type { DeliveryRow } from './delivery';

/** Ids, numbers and quoted parts differ between failures of one cause. */
const VARIABLE: ReadonlyArray<[pattern: RegExp, replacement: string]> = [
	[/"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|「[^」]*」/g, '"…"'],
	// An id mixes letters and digits; a word has none.
	[/[\w.-]*\d[\w.-]*/g, '#'],
	[/\s+/g, ' '],
];

/** The same for like failures: 16 hex digits. */
export function fingerprintOf(
	failure: Pick<DeliveryRow, 'platform' | 'bot' | 'class' | 'code' | 'reason'>,
): string {
	const words = VARIABLE.reduce(
		(text, [pattern, replacement]) => text.replace(pattern, replacement),
		failure.reason,
	).trim();
	const parts = [failure.platform, failure.bot, failure.class, failure.code, words];
	return sha256(JSON.stringify(parts)).slice(0, 16);
}
