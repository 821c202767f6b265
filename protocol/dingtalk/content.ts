import type { Attachment, ContentType, Quote } from '../message';
import { asFields, asList, asNumber, asText, jsonFields, parseJson, type Fields } from '../fields';
import { trimText } from '../text';

/* What stands inside a DingTalk message, and inside one that it quotes: made readable, with its files. */

export interface DingTalkContent {
	contentType: ContentType;
	text: string;
	attachments: Attachment[];
}

const CONTENT_TYPES: ReadonlyMap<string, ContentType> = new Map([
	['text', 'text'],
	['richText', 'richText'],
	['markdown', 'richText'],
	['picture', 'image'],
	['audio', 'audio'],
	['video', 'video'],
	['file', 'file'],
	['chatRecord', 'card'],
	['interactiveCard', 'card'],
	['actionCard', 'card'],
]);

const FILE_KINDS: ReadonlyMap<ContentType, Attachment['kind']> = new Map([
	['image', 'image'],
	['audio', 'audio'],
	['video', 'video'],
	['file', 'file'],
] as const);

/** A forwarded chat may hold another one. */
const MAX_RECORDS_DEPTH = 3;

/**
 * Reads a message's content by its type.
 * @param content fields, or what says the same in another form: their JSON, or the text itself
 */
export function readContent(type: string, content: unknown, depth = 0): DingTalkContent {
	const fields = fieldsOf(content);
	const contentType = CONTENT_TYPES.get(type) ?? 'unknown';
	return {
		contentType,
		text: trimText(textOf(type, fields, depth)),
		attachments: attachmentsOf(contentType, fields),
	};
}

function fieldsOf(content: unknown): Fields {
	const parsed = typeof content === 'string' ? parseJson(content) : content;
	if (Array.isArray(parsed)) return { richText: parsed };
	const isText = typeof content === 'string' && (typeof parsed !== 'object' || parsed === null);
	return isText ? { text: content } : asFields(parsed);
}

function textOf(type: string, content: Fields, depth: number): string {
	if (type === 'audio') return asText(content.recognition);
	if (type === 'chatRecord') return recordsOf(content, depth);
	const parts = listOf(content.richText);
	if (parts.length > 0) return parts.map((part) => partOf(asFields(part))).join('');
	// A text stands under `content`, in a quoted message under `text`; cards and Markdown have a title.
	const said = asText(content.content) || asText(content.text);
	return said || asText(content.title);
}

/** A part of a rich text: of its own message it says `text`, of a quoted one `content`. */
function partOf(part: Fields): string {
	const type = asText(part.type) || asText(part.msgType);
	const said = asText(part.text) || asText(part.content);
	if (type === 'at') return `@${asText(part.atName) || said} `;
	return type === 'picture' ? '' : said;
}

/** A forwarded chat: who said what, where DingTalk gives it; else the summary that it shows. */
function recordsOf({ title, summary, chatRecord }: Fields, depth: number): string {
	const lines =
		depth < MAX_RECORDS_DEPTH
			? listOf(chatRecord).map((one) => recordOf(asFields(one), depth))
			: [];
	const said = lines.filter((line) => line !== '');
	const shown = said.length > 0 ? said : listOf(summary).map(asText);
	return [asText(title), ...(shown.length > 0 ? shown : [asText(summary)])]
		.filter(Boolean)
		.join('\n');
}

function recordOf(record: Fields, depth: number): string {
	const type = asText(record.msgType) || asText(record.msgtype) || 'text';
	const { text } = readContent(type, record.content ?? record.text ?? record, depth + 1);
	const name = asText(record.senderNick) || asText(record.senderName);
	const said = text || (type === 'text' ? '' : `[${type}]`);
	return said && name ? `${name}: ${said}` : said;
}

/** A list, or its JSON. */
const listOf = (value: unknown): unknown[] =>
	asList(typeof value === 'string' ? parseJson(value) : value);

function attachmentsOf(type: ContentType, content: Fields): Attachment[] {
	if (content.richText !== undefined) {
		return listOf(content.richText)
			.map(asFields)
			.flatMap((part) => {
				const isPicture = [part.type, part.msgType].includes('picture');
				return isPicture ? fileOf('image', part) : [];
			});
	}
	const kind = FILE_KINDS.get(type);
	return kind ? fileOf(kind, content) : [];
}

function fileOf(kind: Attachment['kind'], content: Fields): Attachment[] {
	const key = asText(content.downloadCode) || asText(content.pictureDownloadCode);
	const durationMs = asNumber(content.duration);
	if (!key) return [];
	return [
		{
			kind,
			key,
			...(asText(content.fileName) && { name: asText(content.fileName) }),
			...(durationMs > 0 && { durationMs }),
		},
	];
}

/**
 * The message that another one answers; undefined where it answers none. DingTalk documents only its id;
 * the message itself stands in the text, in the content or beside them.
 */
export function quoteOf(body: Fields): Quote | undefined {
	const places = [body.text, body.content, body].map(asFields);
	const replied = jsonFields(
		places.map((place) => place.repliedMsg).find((one) => one) ?? body.quoteMessage,
	);
	const content = replied.content ?? replied.text ?? asFields(body.content).quoteContent;
	const type = asText(replied.msgType) || asText(replied.msgtype) || 'text';
	const { text, attachments } = readContent(type, content);
	const messageId = asText(replied.msgId) || asText(body.originalMsgId);
	const sender = senderOf(replied);
	const quote = {
		...(messageId && { messageId }),
		...(sender && { sender }),
		...(text && { text }),
		...(attachments.length > 0 && { attachments }),
	};
	return Object.keys(quote).length > 0 ? quote : undefined;
}

function senderOf(replied: Fields): Quote['sender'] {
	const id = asText(replied.senderStaffId) || asText(replied.senderId);
	const name = asText(replied.senderNick) || asText(replied.senderName);
	return id || name ? { id, ...(name && { name }) } : undefined;
}
