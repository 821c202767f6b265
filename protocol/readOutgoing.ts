import { asFields, type Fields } from './fields';
import { isPlatform } from './message';
import type {
	CardMessage,
	LinkButton,
	MediaMessage,
	OutgoingMessage,
	RawMessage,
	Saying,
	TextMessage,
} from './outgoing';
import { byteLength } from './text';

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
