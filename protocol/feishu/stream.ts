import { encodeFrame, frameHeader, type LongConnectionFrame } from './frame';

/* Feishu's long connection: its frames, parts of them, and what they mean. */

export * from './frame';
export * from './fragments';

const CONTROL = 0;
const DATA = 1;

/** The ping that Feishu answers with a pong. */
export function pingFrame(service: number): Buffer {
	const headers: LongConnectionFrame['headers'] = [['type', 'ping']];
	return encodeFrame({ seqId: 0n, logId: 0n, service, method: CONTROL, headers });
}

/**
 * What a frame is about; `other` is what Feishu's own clients ignore, among it the card actions of before
 * version 2.0.
 */
export function frameKind(frame: LongConnectionFrame): 'control' | 'event' | 'other' {
	if (frame.method === CONTROL) return 'control';
	const isEvent = frame.method === DATA && frameHeader(frame, 'type') === 'event';
	return isEvent ? 'event' : 'other';
}

/** The acknowledgement of an event: the same frame, the time it took, and a JSON payload. */
export function acknowledgeFrame(
	frame: LongConnectionFrame,
	tookMs: number,
	payload: object = { code: 200 },
): LongConnectionFrame {
	return {
		...frame,
		headers: [...frame.headers, ['biz_rt', String(Math.round(tookMs))]],
		payload: Buffer.from(JSON.stringify(payload)),
	};
}
