import { isActive, type Alert } from './alert';
import { withValue } from './chart';

const MINUTE_MS = 60_000;

/**
 * Values further apart than this say nothing about the time between them: what has to hold for a while must
 * begin to hold anew. A restart is shorter; a clock that jumps is longer.
 */
const GAP_MS = 3 * MINUTE_MS;

/** An alert is over when the value was good for this long. */
const RESOLVE_AFTER_MS = 5 * MINUTE_MS;

/** One that comes again waits for this long after it was last told: coming and going is not told each time. */
const REFIRE_GAP_MS = 10 * MINUTE_MS;

/** What was not measured for this long is not there any more. */
export const GONE_AFTER_MS = 30 * MINUTE_MS;

/** What one evaluation found of a series. */
export interface Observation {
	/** `unknown`: it could not be measured, which neither begins nor ends anything. */
	finding: 'beyond' | 'good' | 'unknown';
	value: number | null;
	/** ms since 1970. */
	at: number;
	/** How long the value must be beyond the threshold before it is told. */
	forMs: number;
}

/** The alert after an observation. What people said, and whom to tell, comes after this. */
export function step(alert: Alert, { finding, value, at, forMs }: Observation): Alert {
	const seen = { ...alert, seenAtMs: at };
	if (finding === 'unknown') return seen;
	const since = at - alert.sampleAtMs;
	// Of two runs at once, the slower one brings what the other has seen.
	if (since <= 0 && since > -GAP_MS) return alert;
	const torn = Math.abs(since) > GAP_MS;
	const now: Alert = {
		...(since < 0 ? setBack(seen, at) : seen),
		sampleAtMs: at,
		value,
		recent: value === null ? alert.recent : withValue(alert.recent, at, value),
	};
	return finding === 'beyond' ? stepBeyond(now, torn, at, forMs) : stepGood(now, torn, at);
}

/** After a clock was set back nothing may lie in the future. */
function setBack(alert: Alert, at: number): Alert {
	const { sinceMs, firedAtMs, toldAtMs, escalatedAtMs, resolvedAtMs } = alert;
	return {
		...alert,
		sinceMs: Math.min(sinceMs, at),
		firedAtMs: Math.min(firedAtMs, at),
		toldAtMs: Math.min(toldAtMs, at),
		escalatedAtMs: Math.min(escalatedAtMs, at),
		resolvedAtMs: Math.min(resolvedAtMs, at),
	};
}

function stepBeyond(alert: Alert, torn: boolean, at: number, forMs: number): Alert {
	if (isActive(alert)) return { ...alert, goodSinceMs: 0 };
	const sinceMs = alert.status === 'pending' && !torn ? alert.sinceMs : at;
	const early = alert.toldAtMs > 0 && at - alert.toldAtMs <= REFIRE_GAP_MS;
	return at - sinceMs < forMs || early
		? { ...alert, status: 'pending', sinceMs }
		: { ...alert, status: 'firing', sinceMs, firedAtMs: at, goodSinceMs: 0, escalatedAtMs: 0 };
}

function stepGood(alert: Alert, torn: boolean, at: number): Alert {
	if (!isActive(alert)) return alert.status === 'pending' ? { ...alert, status: 'ok' } : alert;
	const goodSinceMs = alert.goodSinceMs > 0 && !torn ? alert.goodSinceMs : at;
	return at - goodSinceMs < RESOLVE_AFTER_MS
		? { ...alert, goodSinceMs }
		: { ...alert, status: 'resolved', goodSinceMs, resolvedAtMs: goodSinceMs, problem: '' };
}

/** The end of an alert that is not observed any more: its rule or its target was taken away. */
export function stepGone(alert: Alert, now: number): Alert {
	if (alert.status === 'pending') return { ...alert, status: 'ok' };
	return isActive(alert)
		? { ...alert, status: 'resolved', resolvedAtMs: now, problem: '不再监测 no longer measured' }
		: alert;
}
