import type { ClockReading } from './clock';
import { partsOf, type HostAnswer } from './hostAnswers';

/* What a host says of its clock. */

/** Whether a time service keeps the host's clock right; `unknown` where the host has none that is known. */
export type TimeService = 'synchronized' | 'unsynchronized' | 'unknown';

/** The host's clock: `date +%s%3N` below `## date`. */
export function readingOf({ host, before, after, output, error }: HostAnswer): ClockReading {
	const [text = ''] = partsOf(output).get('date') ?? [];
	const reading = { source: host, before, after, grainMs: 1 };
	// BusyBox knows no %3N and prints it as it stands: whole seconds then.
	const [, seconds, ms] = /^(\d{10})(\d{3}|%3N|N|)$/.exec(text) ?? [];
	if (error !== '') return { ...reading, error };
	if (seconds === undefined) return { ...reading, error: '没有报告时间 It did not tell its time' };
	return /^\d{3}$/.test(ms!)
		? { ...reading, theirs: Number(seconds + ms!) }
		: { ...reading, theirs: Number(seconds) * 1000, grainMs: 1000 };
}

/**
 * Whether the host's time service works: `timedatectl show` below `## timedatectl`, `chronyc -c tracking`
 * below `## chrony`. chrony itself knows best.
 */
export function timeServiceOf({ output }: HostAnswer): TimeService {
	const parts = partsOf(output);
	// The last field of chrony's line is the leap status: "Not synchronised" where it has no source.
	const [tracking = ''] = parts.get('chrony') ?? [];
	const leap = tracking.includes(',') ? tracking.split(',').at(-1) : undefined;
	if (leap !== undefined) return /^not sync/i.test(leap) ? 'unsynchronized' : 'synchronized';
	const [, state] =
		/^NTPSynchronized=(yes|no)$/m.exec((parts.get('timedatectl') ?? []).join('\n')) ?? [];
	if (state === undefined) return 'unknown';
	return state === 'yes' ? 'synchronized' : 'unsynchronized';
}
