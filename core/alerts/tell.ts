import { isActive, type Alert, type OutboxEntry } from './alert';
import { standingOf, windowsOf, type Order } from './orders';
import type { Destination } from './rules';

/** To whom a rule tells its alerts. */
export interface NotificationPolicy {
	channels: Destination[];
	escalateTo: Destination[];
	escalateAfterMs: number;
}

/**
 * What people have to be told after a step: one entry for each change of state and destination, put into the
 * alert's outbox.
 *
 * 1. What a maintenance window kept back becomes its report once it is over.
 * 2. What people said decides between firing, acknowledged and silenced.
 * 3. Beginning, end of a silence, nobody's acknowledgement, and end are told; in a window they are kept back.
 *
 * The times of entries are those of what happened, not of this run: two runs at once say the same.
 * @param before the alert before the step
 */
export function tell(
	before: Alert,
	after: Alert,
	orders: Order[],
	policy: NotificationPolicy,
	now: number,
): Alert {
	const windows = windowsOf(orders, after, now);
	const [window] = windows;
	const { alert, released } = release(after, windows);
	if (!isActive(alert)) {
		return isActive(before) && alert.told ? tellEnd(alert, window) : alert;
	}
	const standing = { ...alert, ...standingOf(alert, orders, now) };
	if (window) return alert.told ? standing : hold(standing, window, policy.channels, now);
	if (standing.status === 'silenced') return standing;
	if (!standing.told) return tellFiring(standing, 'firing', policy.channels, now);
	if (released) return { ...standing, toldAtMs: now, escalatedAtMs: 0 };
	if (standing.status !== 'firing') return standing;
	if (before.status === 'silenced') return tellFiring(standing, 'again', standing.channels, now);
	const waited = standing.escalatedAtMs === 0 && now - standing.toldAtMs >= policy.escalateAfterMs;
	return waited && policy.escalateTo.length > 0
		? {
				...standing,
				escalatedAtMs: now,
				channels: union(standing.channels, policy.escalateTo),
				outbox: [
					...standing.outbox,
					...entries('escalation', standing.toldAtMs, policy.escalateTo),
				],
			}
		: standing;
}

const union = (some: Destination[], more: Destination[]): Destination[] => [
	...new Set([...some, ...more]),
];

const entries = (
	kind: OutboxEntry['kind'],
	at: number,
	to: Destination[],
	more: Partial<OutboxEntry> = {},
): OutboxEntry[] => to.map((each) => ({ kind, at, to: each, ...more }));

/** What a window that is over, or was ended, kept back can go out, unless another one covers it by now. */
function release(alert: Alert, windows: Order[]): { alert: Alert; released: boolean } {
	const isReleased = ({ held }: OutboxEntry): boolean =>
		held !== undefined && !windows.some(({ key }) => key === held);
	if (!alert.outbox.some(isReleased)) return { alert, released: false };
	const [next] = windows;
	const outbox = alert.outbox.map((entry) => {
		if (!isReleased(entry)) return entry;
		const { held, ...rest } = entry;
		return next ? { ...rest, held: next.key } : { ...rest, report: held! };
	});
	return { alert: { ...alert, outbox }, released: !next };
}

/**
 * In a window: of an alert that comes and goes the first beginning and the last end are kept. Whoever misses an
 * end by that is told of the last one.
 */
function hold(alert: Alert, window: Order, channels: Destination[], now: number): Alert {
	const isHeld = ({ held }: OutboxEntry): boolean => held !== undefined;
	const outbox = alert.outbox.filter((entry) => !isHeld(entry) || entry.kind === 'firing');
	const told = union(
		channels,
		alert.outbox.filter(isHeld).map(({ to }) => to),
	);
	const more = outbox.some(isHeld)
		? []
		: entries('firing', alert.sinceMs, channels, { held: window.key });
	return { ...alert, told: true, toldAtMs: now, channels: told, outbox: [...outbox, ...more] };
}

function tellFiring(
	alert: Alert,
	kind: 'firing' | 'again',
	channels: Destination[],
	now: number,
): Alert {
	return {
		...alert,
		told: true,
		toldAtMs: now,
		escalatedAtMs: 0,
		channels,
		outbox: [...alert.outbox, ...entries(kind, kind === 'firing' ? alert.sinceMs : now, channels)],
	};
}

function tellEnd(alert: Alert, window: Order | undefined): Alert {
	// A report that has not left yet tells the end too.
	const report = alert.outbox.find((entry) => entry.report && !entry.message)?.report;
	const place = window ? { held: window.key } : report ? { report } : {};
	const more = entries('resolved', alert.resolvedAtMs, alert.channels, place);
	return { ...alert, told: false, by: '', outbox: [...alert.outbox, ...more] };
}
