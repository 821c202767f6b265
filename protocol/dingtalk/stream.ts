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
	const headers = asObject(frame.headers) as Record<string, string>;
	return { specVersion: asText(frame.specVersion), type, headers, data: data ?? '' };
}

/**
 * The acknowledgement of a frame: pings are echoed word for word, events carry their status, robot
 * messages an empty response (DingTalk ignores it).
 */
export function acknowledgeFrame(frame: StreamFrame): StreamAck {
	const data = {
		SYSTEM: frame.data,
		EVENT: '{"status":"SUCCESS"}',
		CALLBACK: '{"response":null}',
	}[frame.type];
	return {
		code: 200,
		headers: { contentType: 'application/json', messageId: frame.headers.messageId ?? '' },
		message: 'OK',
		data,
	};
}
