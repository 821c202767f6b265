/* Times and durations, as people write and read them. */

/** When something is decided or said, and where its days and times are counted. */
export interface TimeContext {
	/** ms since 1970. */
	now: number;
	/** IANA. */
	timezone: string;
}

const UNITS: Readonly<Record<string, number>> = {
	s: 1000,
	秒: 1000,
	m: 60_000,
	min: 60_000,
	分: 60_000,
	分钟: 60_000,
	h: 3_600_000,
	小时: 3_600_000,
	时: 3_600_000,
	d: 86_400_000,
	天: 86_400_000,
};

/** `90s`, `30m`, `2h`, `1d`, `2小时` in ms; undefined for anything else. */
export function readDuration(text: string): number | undefined {
	const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(\D{1,3})$/u.exec(text.toLowerCase()) ?? [];
	return amount !== undefined && unit !== undefined && Object.hasOwn(UNITS, unit)
		? Number(amount) * UNITS[unit]!
		: undefined;
}

/**
 * A moment: so long ago (`2h`), or a date and time; without a zone it is meant in `timezone` (IANA).
 * @returns ms since 1970; undefined where it is neither
 */
export function readMoment(text: string, now: number, timezone: string): number | undefined {
	const ago = readDuration(text);
	if (ago !== undefined) return now - ago;
	const [, date, time, zone] =
		/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:?\d\d)?$/iu.exec(
			text,
		) ?? [];
	if (date === undefined) return undefined;
	const asUtc = Date.parse(`${date}T${time ?? '00:00'}${zone ?? 'Z'}`);
	if (Number.isNaN(asUtc)) return undefined;
	return zone === undefined ? asUtc - offsetAt(asUtc, timezone) : asUtc;
}

/** A moment as a wall clock shows it, to the second, as if that were UTC. */
export function wallClock(ms: number, timezone: string): number {
	// Swedish is the locale that writes dates in the order of ISO 8601.
	const text = new Intl.DateTimeFormat('sv-SE', {
		timeZone: timezone,
		dateStyle: 'short',
		timeStyle: 'medium',
	}).format(ms);
	return Date.parse(`${text.replace(' ', 'T')}Z`);
}

/** How far a zone's clocks are ahead of UTC, in ms. */
const offsetAt = (ms: number, timezone: string): number =>
	wallClock(ms, timezone) - Math.floor(ms / 1000) * 1000;

/** Date and time to the minute, in an IANA time zone; `-` for no time. */
export function timeText(ms: number, timezone: string): string {
	if (!(ms > 0 && ms < 8.64e15)) return '-';
	// Swedish is the locale that writes dates in the order of ISO 8601.
	return new Intl.DateTimeFormat('sv-SE', {
		timeZone: timezone,
		dateStyle: 'short',
		timeStyle: 'short',
	}).format(ms);
}

/** The same for a time in ISO 8601. */
export const isoText = (iso: string, timezone: string): string =>
	timeText(Date.parse(iso), timezone);

/** How long ago, roughly: `3 h`. */
export function ageText(ms: number): string {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	if (minutes < 120) return `${minutes} min`;
	return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

/** The calendar day of a time, YYYY-MM-DD, in an IANA time zone. */
export function dayOf(ms: number, timezone: string): string {
	// Swedish is the locale that writes dates in the order of ISO 8601.
	return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(ms);
}

/** Whole calendar days from one day to another, both YYYY-MM-DD. */
export const daysBetween = (from: string, to: string): number =>
	Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The quarter of a time in an IANA time zone: `2027-Q1`. */
export function quarterIn(ms: number, timezone: string): string {
	const [year, month] = dayOf(ms, timezone).split('-');
	return `${year}-Q${Math.ceil(Number(month) / 3)}`;
}
