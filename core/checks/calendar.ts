import { dayOf } from '../keyRotation/keys';

/** The quarter of a time in an IANA time zone: `2027-Q1`. */
export function quarterIn(ms: number, timezone: string): string {
	const [year, month] = dayOf(ms, timezone).split('-');
	return `${year}-Q${Math.ceil(Number(month) / 3)}`;
}
