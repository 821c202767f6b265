import { isoTime, type Attachment, type DecodedMessage, type ContentType } from '../message';
import { asNumber } from '../fields';
import { idempotencyKey, trimText } from '../text';
import { Refused } from '../verify';
import { xmlObject, xmlText, type XmlObject, type XmlValue } from './xml';

/* What a self-built app (自建应用) is sent. People write to an app one to one; groups do not reach it. */

const CONTENT_TYPES: ReadonlyMap<string, ContentType> = new Map([
	['text', 'text'],
	['image', 'image'],
	['voice', 'audio'],
	['video', 'video'],
	['file', 'file'],
	['location', 'location'],
	['link', 'card'],
]);

/** Buttons and forms of template cards; every other event is just an event. */
const CARD_EVENTS: readonly string[] = ['template_card_event', 'template_card_menu_event'];

/** Reads a message. Throws `Refused` where it is none. */
export function decodeMessage(xml: XmlObject, nowMs: number): DecodedMessage {
	const messageId = text(xml, 'MsgId');
	const userId = text(xml, 'FromUserName');
	const type = text(xml, 'MsgType');
	if (!messageId || !userId || !type) throw new Refused('malformed');
	const contentType = CONTENT_TYPES.get(type) ?? 'unknown';
	return {
		...envelope(xml, messageId, nowMs),
		kind: 'message',
		contentType,
		text: plainText(contentType, xml),
		attachments: attachmentsOf(contentType, xml),
	};
}

/** Reads an event; a pressed card button or sent card form becomes an action. */
export function decodeEvent(xml: XmlObject, nowMs: number): DecodedMessage {
	const type = text(xml, 'Event');
	if (!type) throw new Refused('malformed');
	const common = envelope(xml, eventId(xml), nowMs);
	if (!CARD_EVENTS.includes(type)) {
		return { ...common, kind: 'event', event: { type, data: common.raw } };
	}
	const cardId = text(xml, 'TaskId');
	const responseCode = text(xml, 'ResponseCode');
	return {
		...common,
		kind: 'action',
		contentType: 'card',
		action: {
			id: text(xml, 'EventKey'),
			form: selectedItems(xml),
			...(cardId && { cardId }),
			...(responseCode && { responseCode }),
		},
	};
}

function envelope(xml: XmlObject, messageId: string, nowMs: number): DecodedMessage {
	const userId = personOf(xml);
	return {
		platform: 'wecom',
		kind: 'event',
		messageId,
		conversationId: userId,
		conversationType: 'direct',
		sender: { id: text(xml, 'FromUserName') },
		contentType: 'unknown',
		text: '',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		...(userId && { replyTo: { platform: 'wecom', messageId, bot: 'app', userId } }),
		sentAt: isoTime(Number(text(xml, 'CreateTime')) * 1000, nowMs),
		receivedAt: isoTime(nowMs, nowMs),
		// A copy, because objects without a prototype surprise other people's code.
		raw: structuredClone(xml),
	};
}

/** Who did it; empty for events of the company itself, which have no sender or `sys`. */
function personOf(xml: XmlObject): string {
	const sender = text(xml, 'FromUserName');
	return sender === 'sys' ? '' : sender;
}

/**
 * Events have no id: WeCom says to tell them apart by sender and time, to which comes what was done. One
 * change in the company can send many events within a second, so these count with all they say.
 */
function eventId(xml: XmlObject): string {
	const names = ['FromUserName', 'CreateTime', 'Event', 'EventKey', 'TaskId'];
	const said = personOf(xml) ? '' : JSON.stringify(xml);
	return idempotencyKey(...names.map((name) => text(xml, name)), said);
}

function plainText(type: ContentType, xml: XmlObject): string {
	const names: Partial<Record<ContentType, string[]>> = {
		text: ['Content'],
		// Where the app is one that gets transcripts.
		audio: ['Recognition'],
		location: ['Label'],
		card: ['Title', 'Description', 'Url'],
	};
	const lines = (names[type] ?? []).map((name) => trimText(text(xml, name)));
	const [latitude, longitude] = [text(xml, 'Location_X'), text(xml, 'Location_Y')];
	if (type === 'location' && latitude && longitude) lines.push(`(${latitude}, ${longitude})`);
	return lines.filter((line) => line !== '').join(type === 'location' ? ' ' : '\n');
}

function attachmentsOf(type: ContentType, xml: XmlObject): Attachment[] {
	const key = text(xml, 'MediaId');
	const isFile = type === 'image' || type === 'audio' || type === 'video' || type === 'file';
	if (!key || !isFile) return [];
	const name = text(xml, 'FileName') || text(xml, 'Title');
	const size = asNumber(text(xml, 'FileSize') || text(xml, 'FileTotalLen'));
	return [{ kind: type, key, ...(name && { name }), ...(size > 0 && { size }) }];
}

/** Chosen option ids by question. */
function selectedItems(xml: XmlObject): Record<string, string[]> {
	const items = xmlObject(xml, 'SelectedItems')?.SelectedItem;
	return Object.fromEntries(
		list(items)
			.filter((item): item is XmlObject => typeof item === 'object' && !Array.isArray(item))
			.map((item) => {
				const options = list(xmlObject(item, 'OptionIds')?.OptionId);
				return [text(item, 'QuestionKey'), options.filter((id) => typeof id === 'string')];
			}),
	);
}

/** An element that may repeat. */
function list(value: XmlValue | undefined): XmlValue[] {
	if (value === undefined) return [];
	return Array.isArray(value) ? value : [value];
}

function text(xml: XmlObject, name: string): string {
	return xmlText(xml, name) ?? '';
}
