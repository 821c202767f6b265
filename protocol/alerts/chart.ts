/** When, in seconds since 1970, and the value: short, for there are thousands. */
export type Point = [at: number, value: number];

export const CHART_MS = 30 * 60_000;

/** A look every 30 seconds for 30 minutes. */
const MAX_POINTS = 60;

const BARS = '▁▂▃▄▅▆▇█';
/** A minute without a value. */
const NONE = '·';
const MINUTE_S = 60;

export function readPoints(list: unknown[]): Point[] {
	return list.filter(
		(point): point is Point =>
			Array.isArray(point) &&
			point.length === 2 &&
			point.every((number) => Number.isFinite(number)),
	);
}

/** The points of the last 30 minutes with a new one. */
export function withPoint(points: Point[], at: number, value: number): Point[] {
	const second = Math.round(at / 1000);
	return [
		...points.filter(([time]) => time < second && time > second - CHART_MS / 1000),
		[second, Math.round(value * 10) / 10] as Point,
	].slice(-MAX_POINTS);
}

/**
 * The 30 minutes up to now as text, one sign a minute: `▁▁▂▅██`, the last value of each minute, and
 * between which values. Empty where nothing was measured.
 */
export function chartOf(points: Point[], now: number): string {
	const end = Math.floor(now / 1000 / MINUTE_S);
	const minutes = Array.from({ length: CHART_MS / 60_000 }, (_, index) => end - index).reverse();
	const byMinute = new Map(points.map(([at, value]) => [Math.floor(at / MINUTE_S), value]));
	const values = minutes.flatMap((minute) => byMinute.get(minute) ?? []);
	if (values.length === 0) return '';
	const least = Math.min(...values);
	const most = Math.max(...values);
	const bars = minutes.map((minute) => {
		const value = byMinute.get(minute);
		if (value === undefined) return NONE;
		// Values that do not change are drawn low: the numbers beside them say how high that is.
		const share = most > least ? (value - least) / (most - least) : 0;
		return BARS[Math.round(share * (BARS.length - 1))]!;
	});
	// What was not measured at the beginning would only push the rest aside.
	return `${bars.join('').replace(/^·+/u, '')} ${least}–${most}`;
}
