import { asFields, type Fields } from './fields';
import { toPlainText } from './markdown/plain';
import { isPlatform, type Attachment, type MediaKind, type Platform } from './message';
import { byteLength, splitText } from './text';

/* What a bot says, before it is put into a platform's form. */

interface Saying {
	/** Never empty. Where a route does not take the message itself, this is sent in its place. */
	text: string;
	/** User ids to mention. */
	mentionIds?: string[];
	mentionAll?: boolean;
}

export interface TextMessage extends Saying {
	type: 'text' | 'markdown';
	/** Shown in the conversation list where the platform has that. */
	title?: string;
	/** Sent as Markdown where the route would send plain text, because it shows only a part of Markdown. */
	keepMarkdown?: boolean;
}

export interface MediaMessage extends Saying {
	type: MediaKind;
	/** The file as the platform knows it: `key` comes from the platform's upload. */
	media: Omit<Attachment, 'kind'>;
}

/** A button of a card. */
export interface LinkButton {
	text: string;
	/** `http:` or `https:`. */
	url: string;
}

/** `text` is what the card says between its title and its buttons. */
export interface CardMessage extends Saying {
	type: 'card';
	title: string;
	buttons: LinkButton[];
}

/** A message in a platform's own form, for whatever the other types cannot say. */
export interface RawMessage extends Saying {
	type: 'raw';
	platform: Platform;
	/** The fields that say what the message is; those that say whom it goes to are left to the route. */
	body: Fields;
}

/**
 * What a bot says. Every type is plain JSON, and is stored as it is: `readOutgoing` reads it back.
 * `type` has the platforms' own words (`msgtype`, `msg_type`).
 */
export type OutgoingMessage = TextMessage | MediaMessage | CardMessage | RawMessage;

export function isText(message: OutgoingMessage): message is TextMessage {
	return message.type === 'text' || message.type === 'markdown';
}

/** The message as text, for a route that does not take its type. A card's links are part of the text. */
export function inWords(message: OutgoingMessage): TextMessage {
	if (isText(message)) return message;
	const { mentionIds, mentionAll } = message;
	return {
		type: 'text',
		text: message.type === 'card' ? cardInWords(message) : message.text,
		...(mentionIds && { mentionIds }),
		...(mentionAll && { mentionAll }),
	};
}

function cardInWords({ title, text, buttons }: CardMessage): string {
	const links = buttons.map((button) => `${button.text}: ${button.url}`);
	return [title, text, ...links].join('\n');
}

/** The body of a raw message of this platform; undefined for anything else, which is sent in words. */
export function bodyFor(platform: Platform, message: OutgoingMessage): Fields | undefined {
	return message.type === 'raw' && message.platform === platform ? message.body : undefined;
}

/** What a message says without any form; undefined where it has none. */
export function asPlainText(message: OutgoingMessage): TextMessage | undefined {
	if (message.type === 'text') return undefined;
	const words = inWords(message);
	if (words.type === 'text') return words;
	const mentionIds = words.mentionAll ? ['all'] : words.mentionIds;
	return { ...words, type: 'text', text: toPlainText(words.text, mentionIds) };
}

/** The message without its mentions: of a text in parts, the first one alone mentions people. */
export function mentioningNobody(message: OutgoingMessage): OutgoingMessage {
	return { ...message, mentionIds: undefined, mentionAll: undefined };
}

/** How long the text of one message may be on a route: at most `max` of what `sizeOf` counts. */
export interface TextLimit {
	/** Infinity where the route takes the message itself, whatever its text. */
	max: number;
	sizeOf: (text: string) => number;
}

/** A limit in UTF-8 bytes, as most are. */
export const inBytes = (max: number): TextLimit => ({ max, sizeOf: byteLength });

/** How long a text may be on a route of a platform: its `maxText`, and none for the platform's own raw body. */
export const limitFor =
	(platform: Platform, maxText: Readonly<Record<TextMessage['type'], number>>) =>
	(message: OutgoingMessage): TextLimit =>
		inBytes(bodyFor(platform, message) ? Infinity : maxText[inWords(message).type]);

/** The messages that one message is sent as: a long text takes several. */
export function partsOf(message: OutgoingMessage, { max, sizeOf }: TextLimit): OutgoingMessage[] {
	if (max === Infinity) return [message];
	const words = inWords(message);
	return splitText(words.text, max, sizeOf).map((text) => ({ ...words, text }));
}

/* Larger ones are no messages: the platforms take far less. */
const MAX_TEXT_BYTES = 1_000_000;
const MAX_BODY_BYTES = 200_000;
const MAX_BODY_DEPTH = 100;
const MAX_WORDS = 1000;
const MAX_URL = 2000;
const MAX_KEY = 2000;
const MAX_MENTIONS = 10_000;
const MAX_BUTTONS = 20;

/**
 * Reads a stored message back. Rows that were stored before there were types have `format` in the place
 * of `type`.
 * @returns undefined for what is no message, and for what is damaged or too large: never a part of it
 */
export function readOutgoing(value: unknown): OutgoingMessage | undefined {
	const fields = asFields(value);
	const saying = readSaying(fields);
	if (!saying) return undefined;
	const type = fields.type ?? fields.format;
	switch (type) {
		case 'text':
		case 'markdown':
			return readText(fields, { type, ...saying });
		case 'image':
		case 'file':
		case 'audio':
		case 'video':
			return readMedia(fields, { type, ...saying });
		case 'card':
			return readCard(fields, { type, ...saying });
		case 'raw':
			return readRaw(fields, { type, ...saying });
		default:
			return undefined;
	}
}

function readSaying({ text, mentionIds, mentionAll }: Fields): Saying | undefined {
	if (typeof text !== 'string' || text.trim() === '') return undefined;
	if (byteLength(text) > MAX_TEXT_BYTES) return undefined;
	if (!isAbsent(mentionAll) && typeof mentionAll !== 'boolean') return undefined;
	if (!isAbsent(mentionIds) && !isListOf(mentionIds, MAX_MENTIONS, isOneId)) return undefined;
	return {
		text,
		...(!isAbsent(mentionIds) && { mentionIds: [...mentionIds] }),
		...(!isAbsent(mentionAll) && { mentionAll }),
	};
}

type Read<T extends OutgoingMessage> = Saying & Pick<T, 'type'>;

/** A title may be as long as a text: a node's field takes any, and what it sends can be read back. */
function readText(
	{ title, keepMarkdown }: Fields,
	read: Read<TextMessage>,
): TextMessage | undefined {
	if (!isAbsent(title) && !isWithin(title, MAX_TEXT_BYTES)) return undefined;
	if (!isAbsent(keepMarkdown) && typeof keepMarkdown !== 'boolean') return undefined;
	return {
		...read,
		...(!isAbsent(title) && { title }),
		...(!isAbsent(keepMarkdown) && { keepMarkdown }),
	};
}

function readMedia({ media }: Fields, read: Read<MediaMessage>): MediaMessage | undefined {
	const { key, name, size, durationMs } = asFields(media);
	if (!isWithin(key, MAX_KEY) || key === '') return undefined;
	if (!isAbsent(name) && !isWithin(name, MAX_WORDS)) return undefined;
	if (!isAbsent(size) && !isCount(size)) return undefined;
	if (!isAbsent(durationMs) && !isCount(durationMs)) return undefined;
	return {
		...read,
		media: {
			key,
			...(!isAbsent(name) && { name }),
			...(!isAbsent(size) && { size }),
			...(!isAbsent(durationMs) && { durationMs }),
		},
	};
}

function readCard({ title, buttons }: Fields, read: Read<CardMessage>): CardMessage | undefined {
	if (!isWord(title) || !isListOf(buttons, MAX_BUTTONS, isButton)) return undefined;
	return { ...read, title, buttons: buttons.map(({ text, url }) => ({ text, url })) };
}

function readRaw({ platform, body }: Fields, read: Read<RawMessage>): RawMessage | undefined {
	if (!isPlatform(platform) || !isObject(body) || !isJson(body, MAX_BODY_DEPTH)) return undefined;
	if (Object.keys(body).length === 0) return undefined;
	if (byteLength(JSON.stringify(body)) > MAX_BODY_BYTES) return undefined;
	return { ...read, platform, body };
}

const isAbsent = (value: unknown): value is undefined | null =>
	value === undefined || value === null;

const isWithin = (value: unknown, maxLength: number): value is string =>
	typeof value === 'string' && value.length <= maxLength;

const isWord = (value: unknown): value is string =>
	isWithin(value, MAX_WORDS) && value.trim() !== '';

/** Platforms join ids by `|` and write them into tags of their texts: an id that is one ends nothing there. */
export const ONE_ID = /^[\p{L}\p{N}_.@+:/=$#~*-]+$/u;

export const isOneId = (value: unknown): value is string =>
	isWithin(value, MAX_WORDS) && ONE_ID.test(value);

const isCount = (value: unknown): value is number =>
	Number.isSafeInteger(value) && Number(value) >= 0;

const isObject = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function isListOf<T>(
	value: unknown,
	max: number,
	isOne: (each: unknown) => each is T,
): value is T[] {
	return Array.isArray(value) && value.length <= max && value.every(isOne);
}

function isButton(value: unknown): value is LinkButton {
	const { text, url } = asFields(value);
	return isWord(text) && isWithin(url, MAX_URL) && /^https?:\/\/\S+$/.test(url);
}

/** Whether a value is JSON, and not nested so deep that writing it would throw. */
function isJson(value: unknown, depth: number): boolean {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
	if (typeof value === 'number') return Number.isFinite(value);
	if (typeof value !== 'object' || depth === 0) return false;
	return Object.values(value).every((each) => isJson(each, depth - 1));
}
