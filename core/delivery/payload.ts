import { asFields, asList, asText, type Fields } from '../../protocol/fields';
import { isPlatform, type BotMessage, type ReplyTo } from '../../protocol/message';
import { readOutgoing } from '../../protocol/readOutgoing';
import type { ShownMessage } from './execution';
import type { DeliveryKind, Payload, Target, Unsent } from './delivery';

/* How what a row carries is written and read back: people can edit the tables, and items pass many nodes. */

/** For the column `payload`. */
export const writePayload = (payload: Payload): string => JSON.stringify(payload);

/**
 * Reads a message that could not be sent, from a row or an item.
 * @returns undefined where any part of it is missing or damaged
 */
export function readUnsent(value: unknown): Unsent | undefined {
	const { platform, via, replyTo, target, content, longText, ...rest } = asFields(value);
	const { seed, sentParts, messageIds, repeatable } = rest;
	const message = readOutgoing(content);
	if (!message || !isPlatform(platform) || !isRoute(via)) return undefined;
	if (typeof seed !== 'string' || seed === '') return undefined;
	if (!Number.isSafeInteger(sentParts) || Number(sentParts) < 0) return undefined;
	if (!isListOfTexts(messageIds)) return undefined;
	if (via === 'reply' && asFields(replyTo).platform !== platform) return undefined;
	if (target !== undefined && !isTarget(target)) return undefined;
	return {
		platform,
		via,
		...(via === 'reply' && { replyTo: replyTo as ReplyTo }),
		...(target !== undefined && { target }),
		content: message,
		longText: longText === 'refuse' ? 'refuse' : 'split',
		seed,
		sentParts: Number(sentParts),
		messageIds,
		repeatable: repeatable === true,
	};
}

/** @returns undefined where it is not what a row of this kind carries */
export function readPayload(kind: DeliveryKind, value: unknown): Payload | undefined {
	const fields = asFields(value);
	switch (kind) {
		case 'answer':
		case 'notification':
			return readUnsentPayload(fields);
		case 'question':
			return isQuestion(fields.question) ? { question: fields.question } : undefined;
		case 'execution':
			return isObject(value)
				? { messages: asList(fields.messages).filter(isObject).map(shown) }
				: undefined;
		case 'failure':
			return isObject(value) ? readFailure(fields) : undefined;
	}
}

function readUnsentPayload(fields: Fields): Payload | undefined {
	const unsent = readUnsent(fields.unsent);
	if (!unsent) return undefined;
	if (fields.original === undefined) return { unsent };
	const original = readOutgoing(fields.original);
	return original && { unsent, original };
}

function shown({ platform, conversationId, messageId, text }: Fields): ShownMessage {
	return {
		platform: asText(platform),
		conversationId: asText(conversationId),
		messageId: asText(messageId),
		text: asText(text),
	};
}

function readFailure(fields: Fields): Payload {
	const places = ['workflow', 'node', 'url'].map((name) => [name, asText(fields[name])] as const);
	return Object.fromEntries(places.filter(([, place]) => place !== ''));
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const ROUTES: readonly unknown[] = ['reply', 'app', 'groupRobot'] satisfies Array<Unsent['via']>;

const isRoute = (value: unknown): value is Unsent['via'] => ROUTES.includes(value);

const isQuestion = (value: unknown): value is BotMessage =>
	asText(asFields(value).messageId) !== '';

function isListOfTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

const TARGET_TYPES: readonly unknown[] = ['chat', 'users', 'departments', 'tags'] satisfies Array<
	Target['type']
>;
const ID_TYPES: readonly unknown[] = ['open_id', 'union_id', 'user_id', 'email'] satisfies Array<
	Target['idType']
>;

function isTarget(value: unknown): value is Target {
	const { type, ids, idType } = asFields(value);
	return (
		isObject(value) &&
		(type === undefined || TARGET_TYPES.includes(type)) &&
		(ids === undefined || isListOfTexts(ids)) &&
		(idType === undefined || ID_TYPES.includes(idType))
	);
}
