import { asFields } from '../../protocol/fields';

/** The last value of each minute of the last half hour. */
export interface Recent {
	/** Of the last value, in minutes since 1970. */
	minute: number;
	/** Oldest first; null for a minute without a value. */
	values: Array<number | null>;
}

export const NO_VALUES: Recent = { minute: 0, values: [] };

const MINUTES = 30;
const MINUTE_MS = 60_000;

const BARS = '▁▂▃▄▅▆▇█';
/** A minute without a value. */
const NONE = '·';

export function readRecent(value: unknown): Recent {
	const { minute, values } = asFields(value);
	return Number.isSafeInteger(minute) && Array.isArray(values)
		? {
				minute: minute as number,
				values: values
					.slice(-MINUTES)
					.map((each: unknown) => (Number.isFinite(each) ? (each as number) : null)),
			}
		: NO_VALUES;
}

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);

/** Minutes that follow the last value, at most as many as a chart has. */
const gap = (length: number): null[] => Array<null>(Math.min(length, MINUTES)).fill(null);

/** With a new value; after a clock was set back, with that alone. */
export function withValue({ minute, values }: Recent, at: number, value: number): Recent {
	const now = minuteOf(at);
	const rounded = Math.round(value * 10) / 10;
	if (now < minute) return { minute: now, values: [rounded] };
	const before = now === minute ? values.slice(0, -1) : [...values, ...gap(now - minute - 1)];
	return { minute: now, values: [...before, rounded].slice(-MINUTES) };
}

/**
 * The 30 minutes up to now as text, one sign a minute: `▁▁▂▅██`, the last value of each minute, and
 * between which values. Empty where nothing was measured.
 */
export function chartOf(recent: Recent, now: number): string {
	const since = Math.max(0, minuteOf(now) - recent.minute);
	const shown = [...recent.values, ...gap(since)].slice(-MINUTES);
	// What was not measured at the beginning would only push the rest aside.
	const first = shown.findIndex((value) => value !== null);
	if (first < 0) return '';
	const values = shown.filter((value) => value !== null);
	const least = Math.min(...values);
	const most = Math.max(...values);
	const bars = shown.slice(first).map((value) => {
		if (value === null) return NONE;
		// Values that do not change are drawn low: the numbers beside them say how high that is.
		const share = most > least ? (value - least) / (most - least) : 0;
		return BARS[Math.round(share * (BARS.length - 1))]!;
	});
	return `${bars.join('')} ${least}–${most}`;
}
