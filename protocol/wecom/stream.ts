import { asFields, asText, type Fields } from '../fields';
import { Refused, parseObject } from '../verify';

/*
 * The frames of an AI bot's long connection (智能机器人长连接): JSON as text. A callback has a command, and an
 * answer to a frame of ours has none; both name the frame that they belong to by `req_id`.
 */

/** Commands of ours. */
export type AiBotCommand =
	/** Must be the first one; its answer says whether the bot is connected. */
	| 'aibot_subscribe'
	| 'ping'
	/** Answers a message, by the `req_id` that it came with. */
	| 'aibot_respond_msg'
	/** Answers that somebody has opened the conversation, within 5 seconds. */
	| 'aibot_respond_welcome_msg'
	/** Writes to a person or a group. */
	| 'aibot_send_msg';

/** A frame of WeCom's. */
export type AiBotFrame =
	| { kind: 'message' | 'event'; reqId: string; body: Fields }
	| { kind: 'answer'; reqId: string; code: string; text: string; body: unknown }
	/** Of a command that nobody here knows. */
	| { kind: 'unknown' };

/** WeCom lets control characters pass into its JSON, which may not hold them. Lines end with one, too. */
const CONTROL = /[\x00-\x08\x0b-\x1f]/g;

/** Reads a frame. Throws `Refused` where it is none. */
export function decodeFrame(text: string): AiBotFrame {
	const { cmd, headers, body, errcode, errmsg } = parseObject(text.replace(CONTROL, ''));
	const reqId = asText(asFields(headers).req_id);
	if (cmd === 'aibot_msg_callback' || cmd === 'aibot_event_callback') {
		if (!reqId) throw new Refused('missing');
		const kind = cmd === 'aibot_msg_callback' ? 'message' : 'event';
		return { kind, reqId, body: asFields(body) };
	}
	if (asText(cmd) !== '') return { kind: 'unknown' };
	const code = asText(errcode);
	if (!reqId || !/^-?\d{1,15}$/.test(code)) throw new Refused('malformed');
	return { kind: 'answer', reqId, code, text: asText(errmsg), body };
}

/** Writes a frame. */
export function encodeFrame(cmd: AiBotCommand, reqId: string, body?: object): string {
	return JSON.stringify({ cmd, headers: { req_id: reqId }, ...(body && { body }) });
}

/** Whether an event says that another connection of the bot has taken the place of this one. */
export const isReplaced = (body: Fields): boolean =>
	asText(asFields(body.event).eventtype) === 'disconnected_event';
