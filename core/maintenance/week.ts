import { wallClock } from '../common/time';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The moment at which a wall clock shows a midnight; after a missing midnight, the first moment of that day. */
function momentOf(midnight: number, timezone: string): number {
	const late =
		midnight - (wallClock(midnight - 14 * HOUR_MS, timezone) - (midnight - 14 * HOUR_MS));
	const moments = [late - HOUR_MS, late, late + HOUR_MS];
	return moments.find((moment) => wallClock(moment, timezone) >= midnight) ?? late;
}

/**
 * The last whole week, Monday to Sunday.
 * @param timezone IANA
 * @returns its moments, and its Monday as `20261116`
 */
export function weekBefore(
	now: number,
	timezone: string,
): { week: readonly [from: number, to: number]; monday: string } {
	const today = Math.floor(wallClock(now, timezone) / DAY_MS) * DAY_MS;
	const thisMonday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
	const monday = thisMonday - 7 * DAY_MS;
	return {
		week: [momentOf(monday, timezone), momentOf(thisMonday, timezone)],
		monday: new Date(monday).toISOString().slice(0, 10).replaceAll('-', ''),
	};
}
