/* Dates as people in a time zone (IANA) read them. */

/** `2027-01-01`. */
export function dateIn(ms: number, timezone: string): string {
	// Swedish is the locale that writes dates in the order of ISO 8601.
	return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' }).format(ms);
}

/** `2027-Q1`. */
export function quarterIn(ms: number, timezone: string): string {
	const [year, month] = dateIn(ms, timezone).split('-');
	return `${year}-Q${Math.ceil(Number(month) / 3)}`;
}
