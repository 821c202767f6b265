import { Refused, parseObject, asObject } from '../verify';
import { asText } from '../fields';

/** A frame of DingTalk's stream connection. All header values are strings. */
export interface StreamFrame {
	specVersion: string;
	type: 'SYSTEM' | 'EVENT' | 'CALLBACK';
	headers: Record<string, string>;
	/** A JSON document as text. */
	data: string;
}

export interface StreamAck {
	code: number;
	headers: { contentType: 'application/json'; messageId: string };
	message: string;
	data: string;
}

/** Reads a text frame. Throws `Refused` where it is not one. */
export function decodeFrame(text: string): StreamFrame {
	const frame = parseObject(text);
	const { type, data } = frame;
	if (type !== 'SYSTEM' && type !== 'EVENT' && type !== 'CALLBACK') throw new Refused('malformed');
	if (data !== undefined && typeof data !== 'string') throw new Refused('malformed');
	const headers = Object.fromEntries(
		Object.entries(asObject(frame.headers)).map(([name, value]) => [name, asText(value)]),
	);
	return { specVersion: asText(frame.specVersion), type, headers, data: data ?? '' };
}

/**
 * What became of a frame: its message is stored, it could not be stored and shall come again, or nobody
 * here knows its topic.
 */
export type FrameOutcome = 'stored' | 'later' | 'unknownTopic';

/**
 * The acknowledgement of a frame; undefined where DingTalk waits for none. Of the frames about the
 * connection itself only a ping is answered, word for word. An event says by its status whether to send
 * it again, always with code 200, as the platform's own client does.
 */
export function acknowledgeFrame(
	frame: StreamFrame,
	outcome: FrameOutcome = 'stored',
): StreamAck | undefined {
	if (frame.type === 'SYSTEM') {
		return frame.headers.topic === 'ping' ? ackOf(frame, 200, 'OK', frame.data) : undefined;
	}
	const isEvent = frame.type === 'EVENT';
	switch (outcome) {
		case 'stored':
			return ackOf(frame, 200, 'OK', isEvent ? '{"status":"SUCCESS"}' : '{"response":null}');
		case 'later':
			return isEvent
				? ackOf(frame, 200, 'OK', '{"status":"LATER"}')
				: ackOf(frame, 500, 'not stored', '{"response":null}');
		case 'unknownTopic':
			return ackOf(frame, 404, 'unknown topic', '{"response":null}');
	}
}

function ackOf(frame: StreamFrame, code: number, message: string, data: string): StreamAck {
	const messageId = frame.headers.messageId ?? '';
	return { code, headers: { contentType: 'application/json', messageId }, message, data };
}
