import type { Sample } from '../common/sample';
import { asFields, asText } from '../../protocol/fields';

/** Two beats may be lost on the way; three are an outage. */
export const SILENCE_MS = 3 * 60_000;

/** A row of `clawbot_heartbeats`: one way through the bot that is tried every minute. */
export interface Heartbeat {
	name: string;
	/** ms since 1970; 0 for never. */
	sentAtMs: number;
	answeredAtMs: number;
	/** From sending the last answered one until its answer came. */
	answerMs: number;
	/** Why the last one could not be sent; empty where it could. */
	error: string;
}

/** Reads a row of the table; whatever is not there counts as never. */
export function readHeartbeat(row: unknown): Heartbeat {
	const fields = asFields(row);
	return {
		name: asText(fields.name).trim() || 'bot',
		sentAtMs: Number(fields.sentAtMs) || 0,
		answeredAtMs: Number(fields.answeredAtMs) || 0,
		answerMs: Number(fields.answerMs) || 0,
		error: asText(fields.error),
	};
}

/** What the heartbeats say now: `syntheticMs`, and `up`. Nothing before the first one was sent. */
export function heartbeatSamples(heartbeat: Heartbeat, now: number): Sample[] {
	const { name, sentAtMs, answerMs } = heartbeat;
	if (sentAtMs === 0) return [];
	const common = { source: 'heartbeat', target: name, at: now };
	const error = silence(heartbeat, now);
	if (error === undefined) {
		return [
			{ ...common, metric: 'syntheticMs', value: answerMs },
			{ ...common, metric: 'up', value: 1 },
		];
	}
	return [
		{ ...common, metric: 'syntheticMs', value: null, error },
		{ ...common, metric: 'up', value: 0, error },
	];
}

function silence({ sentAtMs, answeredAtMs, error }: Heartbeat, now: number): string | undefined {
	if (now - sentAtMs >= SILENCE_MS) {
		return `No synthetic message was sent for ${minutes(now - sentAtMs)}: is ClawBot 3 operations: heartbeat published?`;
	}
	if (answeredAtMs > 0 && now - answeredAtMs < SILENCE_MS) return undefined;
	if (answeredAtMs === 0) return error || 'No synthetic message was answered yet';
	return `No synthetic message was answered for ${minutes(now - answeredAtMs)}${error && `: ${error}`}`;
}

const minutes = (ms: number): string => `${Math.floor(ms / 60_000)} min`;
