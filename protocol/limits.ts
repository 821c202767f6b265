/* What a platform says about how fast it lets itself be sent to. */

/** At most `max` in any `ms`. */
export interface RateWindow {
	max: number;
	ms: number;
}

/** One thing that a message counts towards: a robot, an app, a chat, a person. */
export interface Charge {
	key: string;
	/** For people: `20 messages a minute by one group robot`. */
	name: string;
	/** Without any, nothing is known in advance: the platform's own refusals count alone. */
	windows: readonly RateWindow[];
	/** The platform's codes that speak of this one; left out: all that no other charge of a message has. */
	codes?: readonly string[];
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/*
 * The platform counts by its own clock and when a message arrives: two that were sent a minute apart arrive
 * a little closer together where the first was slower on its way. Windows are longer by as much.
 */
const SECOND_MARGIN_MS = 200;
const MARGIN_MS = 3000;

export const perSecond = (max: number): RateWindow => ({ max, ms: SECOND_MS + SECOND_MARGIN_MS });
export const perMinute = (max: number): RateWindow => ({ max, ms: MINUTE_MS + MARGIN_MS });
export const perHour = (max: number): RateWindow => ({ max, ms: 60 * MINUTE_MS + MARGIN_MS });
