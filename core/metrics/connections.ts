import type { Sample } from '../common/sample';
import type { ConnectionFailure } from '../connection/failure';

/** What comes back by itself within this time is no outage: it is as long as the longest back-off, twice. */
export const AWAY_MS = 2 * 60_000;

/** One app's long connection, as far as it is measured. Times are ms since 1970. */
export interface MeasuredConnection {
	/** The platform. */
	service: string;
	/** The app's id there. */
	app: string;
	connectedSince?: number;
	/** Since when it is not connected; undefined where it is. */
	awaySince?: number;
	reconnects: number;
	lastMessageAt?: number;
	failure?: Pick<ConnectionFailure, 'needsPerson' | 'message' | 'cure'>;
}

/**
 * What one connection says now: `connectionUp`, `connectionReconnects`, and where it is known for how long it is
 * connected (`connectionAgeSeconds`) and how long ago the last message came (`connectionSilenceSeconds`).
 */
export function connectionSamples(connection: MeasuredConnection, now: number): Sample[] {
	const { service, app, connectedSince, lastMessageAt, reconnects } = connection;
	const error = outage(connection, now);
	const common = { source: 'connection', target: `${service} ${app}`, at: now };
	const up = { ...common, metric: 'connectionUp', value: error === undefined ? 1 : 0 };
	const age = (metric: string, since: number | undefined): Sample[] =>
		since === undefined ? [] : [{ ...common, metric, value: secondsSince(since, now) }];
	return [
		error === undefined ? up : { ...up, error },
		{ ...common, metric: 'connectionReconnects', value: reconnects },
		...age('connectionAgeSeconds', connectedSince),
		...age('connectionSilenceSeconds', lastMessageAt),
	];
}

/** Why it is down: at once where a person must act, else when it was away for long enough. */
function outage({ awaySince, failure }: MeasuredConnection, now: number): string | undefined {
	if (awaySince === undefined) return undefined;
	if (!failure?.needsPerson && now - awaySince < AWAY_MS) return undefined;
	if (failure) return `${failure.message}. ${failure.cure}`;
	return `It has not been connected for ${Math.floor((now - awaySince) / 60_000)} min`;
}

/** A clock that was set back makes no negative age. */
const secondsSince = (since: number, now: number): number =>
	Math.max(0, Math.round((now - since) / 1000));
