import { asFields, asText } from '../../protocol/fields';

/* Comparing clocks: how far ours is from others', and how sure that is. All times are ms since 1970. */

/** One look at another clock, between two looks at our own. */
export interface ClockReading {
	/** Whose clock: an address, a host's name. */
	source: string;
	before: number;
	after: number;
	/** What the other clock said; left out where it could not be asked. */
	theirs?: number;
	/** How coarsely it says it: 1000 where it knows whole seconds only. */
	grainMs: number;
	/** Why it could not be asked. */
	error?: string;
}

/** How far our clock is ahead of another one: somewhere between these, behind where negative. */
export interface Offset {
	low: number;
	high: number;
}

/** What most clocks agree upon. */
export interface Agreement extends Offset {
	agreeing: string[];
	/** Clocks that are off by themselves. */
	others: string[];
}

/** IMF-fixdate, the one form that HTTP servers send (RFC 9110, section 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** A `Date` header in ms; undefined where it is none. */
export function readHttpDate(text: string): number | undefined {
	const ms = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(ms) ? undefined : ms;
}

/** What `ask-platforms` returns for one address. */
export function readingOfAnswer(answer: unknown): ClockReading {
	const { source, before, after, date, age, error } = asFields(answer);
	const reading = {
		source: asText(source),
		before: Number(before),
		after: Number(after),
		grainMs: 1000,
	};
	const theirs = readHttpDate(asText(date));
	if (theirs === undefined) {
		return { ...reading, error: asText(error) || '没有 Date 头 It sent no Date header' };
	}
	// A cache repeats the date of the answer that it keeps.
	if (Number(asText(age)) > 0) return { ...reading, error: '来自缓存 It came from a cache' };
	return { ...reading, theirs };
}

/** Ours was set back between the two looks: nothing can be learnt from such a reading. */
export const jumpedBack = ({ before, after }: ClockReading): boolean => after < before;

/** Undefined where the other clock could not be asked, and where ours jumped meanwhile. */
export function offsetOf(reading: ClockReading): Offset | undefined {
	const { before, after, theirs, grainMs } = reading;
	if (theirs === undefined || jumpedBack(reading)) return undefined;
	// It was asked at some moment between both looks, and meant some moment within its grain.
	return { low: before - theirs - grainMs, high: after - theirs };
}

/**
 * Marzullo's algorithm, by which NTP tells true clocks from false ones: the span that lies within most of
 * the offsets. Of two spans the later counts: the clock may have jumped between the readings.
 * @param readings in the order in which they were taken
 * @returns undefined where not more than half of them agree
 */
export function agree(readings: ClockReading[]): Agreement | undefined {
	const known = readings.flatMap((reading) => {
		const offset = offsetOf(reading);
		return offset ? [{ source: reading.source, ...offset }] : [];
	});
	let best: { low: number; high: number; sources: string[] } | undefined;
	for (const { low } of known) {
		const around = known.filter((each) => each.low <= low && low <= each.high);
		if (around.length < (best?.sources.length ?? 0)) continue;
		const high = Math.min(...around.map((each) => each.high));
		best = { low, high, sources: around.map(({ source }) => source) };
	}
	if (!best || best.sources.length * 2 <= known.length) return undefined;
	const { low, high, sources } = best;
	const others = known.map(({ source }) => source).filter((source) => !sources.includes(source));
	return { low, high, agreeing: sources, others };
}

/** How far `ours` is ahead, seen from a third clock of which both offsets are known. */
export const between = (ours: Offset, third: Offset): Offset => ({
	low: ours.low - third.high,
	high: ours.high - third.low,
});

/** What `estimate` was made from. */
export const spanOf = ({ driftMs, uncertaintyMs }: ReturnType<typeof estimate>): Offset => ({
	low: driftMs - uncertaintyMs,
	high: driftMs + uncertaintyMs,
});

export type Level = 'ok' | 'warn' | 'alarm' | 'unknown';

/** A row of the table `clawbot_clock`: what is known of one clock, and what people were told of it. */
export interface ClockState {
	/** `THIS_MACHINE`, or a host's name. */
	subject: string;
	level: Level;
	driftMs: number;
	uncertaintyMs: number;
	/** In words for people. */
	note: string;
	/** Since when it has this level, ms since 1970, as all times here. */
	sinceMs: number;
	toldLevel: Level;
	toldMs: number;
	checkedMs: number;
}

const WARN_MS = 1000;
const ALARM_MS = 30_000;

/** The middle of what is known, and how far it may be from that. */
export const estimate = ({ low, high }: Offset): { driftMs: number; uncertaintyMs: number } => ({
	driftMs: Math.round((low + high) / 2),
	uncertaintyMs: Math.round((high - low) / 2),
});

/**
 * What a drift means: signatures carry times, and platforms refuse those that are far off.
 * @param before the level so far: a clock near the limit is good again at half of it, not at the limit
 */
export function levelOf(offset: Offset, before: Level): Level {
	const drift = Math.abs(estimate(offset).driftMs);
	// A slow network says little: as long as both may show the same time, nothing is claimed.
	if (offset.low <= 0 && offset.high >= 0) return 'ok';
	if (drift > ALARM_MS) return 'alarm';
	const limit = before === 'warn' || before === 'alarm' ? WARN_MS / 2 : WARN_MS;
	return drift > limit ? 'warn' : 'ok';
}
