import { asFields, asList, asText, parseJson } from '../../protocol/fields';
import { alertJson, readAlert, type Alert } from './alert';

/**
 * The one row of `clawbot_alerts`. One row, so that a run saves all that it decided, or nothing, with one write:
 * a row for each alert costs n8n several queries each.
 */
export interface StateRow {
	/** Counts the saves. A run saves only where the number that it read still stands: of two at once, one does. */
	version: number;
	/** For whoever looks into the table: what `/alert list` says. */
	list: string;
	/** JSON of the rest. */
	state: string;
}

export interface State {
	version: number;
	alerts: Map<string, Alert>;
	/** When, in ms since 1970, and how many messages left lately. */
	sent: Array<[at: number, count: number]>;
}

/** Reads the row, whatever stands in it. What cannot be read begins anew: what fires is told again. */
export function readState(row: unknown): State {
	const { version, state, told } = asFields(row);
	const { alerts, sent } = asFields(parseJson(asText(state)));
	const done = new Set(asList(parseJson(asText(told))));
	const read = asList(alerts).flatMap((each) => readAlert(each) ?? []);
	return {
		version: Number.isSafeInteger(version) ? (version as number) : 0,
		alerts: new Map(
			read.map((alert) => [
				alert.key,
				{ ...alert, outbox: alert.outbox.filter(({ message }) => !done.has(message)) },
			]),
		),
		sent: asList(sent).filter(
			(each): each is [number, number] =>
				Array.isArray(each) && each.length === 2 && each.every(Number.isFinite),
		),
	};
}

export function stateRow({ version, alerts, sent }: State, list: string): StateRow {
	const state = { sent, alerts: [...alerts.values()].map(alertJson) };
	return { version: version + 1, list, state: JSON.stringify(state) };
}
