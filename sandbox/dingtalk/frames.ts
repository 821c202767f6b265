import { randomBytes } from '../aes.ts';
import { type Json, parseJson } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import type { World } from '../world.ts';
import { CORP_ID, robotBody } from './deliver.ts';
import type { Subscription } from './gateway.ts';

const ROBOT: Subscription = { type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' };
const CARD: Subscription = { type: 'CALLBACK', topic: '/v1.0/card/instances/callback' };
const EVENTS: Subscription = { type: 'EVENT', topic: '*' };

/** What a connection must have subscribed to for this message. */
export function subscriptionFor(message: UserMessage): Subscription {
	if (message.bot === 'events') return EVENTS;
	return message.contentType === 'event' ? CARD : ROBOT;
}

/** A press of a button; `event` may name the card, the actions, the parameters. */
function cardBody(message: UserMessage) {
	const { outTrackId = message.id, actionIds = ['button'], params = {} } = message.event ?? {};
	const isGroup = message.type === 'group';
	return {
		type: message.eventType ?? 'actionCallback',
		outTrackId,
		corpId: CORP_ID,
		userId: message.from,
		userIdType: 1,
		spaceId: message.conversation,
		spaceType: isGroup ? 'IM_GROUP' : 'IM_ROBOT',
		extension: '{}',
		content: JSON.stringify({ cardPrivateData: { actionIds, params } }),
	};
}

const eventHeaders = (message: UserMessage) => ({
	eventType: String(message.eventType),
	eventId: message.id,
	eventCorpId: CORP_ID,
	eventBornTime: String(message.at),
	eventUnifiedAppId: 'sandbox-unified-app',
});

const bodyOf = (message: UserMessage, world: World, topic: string) =>
	topic === CARD.topic ? cardBody(message) : robotBody(message, world);

export const newFrameId = () => randomBytes(12).toString('hex');

/** A frame as text; all values of its headers are strings, and so is its data. */
export function frameOf(
	type: Subscription['type'],
	headers: Record<string, string>,
	data: unknown,
	world: World,
): string {
	const time = String(Math.floor(world.clock.now()));
	const common = { contentType: 'application/json', time };
	return JSON.stringify({
		specVersion: '1.0',
		type,
		headers: { ...common, ...headers },
		data: JSON.stringify(data),
	});
}

/** The frame that brings a message. Each push has a message id of its own. */
export function pushOf(message: UserMessage, messageId: string, world: World): string {
	const { type, topic } = subscriptionFor(message);
	const isEvent = type === 'EVENT';
	const headers = { topic, messageId, ...(isEvent && eventHeaders(message)) };
	return frameOf(type, headers, isEvent ? message.event : bodyOf(message, world, topic), world);
}

/** The answer of a bot to a frame. */
export interface DingTalkAck {
	code: number;
	messageId: string;
	/** The JSON object that `data` holds as text; undefined where it holds none. */
	data: Json | undefined;
	text: string;
}

/** @throws an Error in words where the text is no acknowledgement */
export function readAck(text: string): DingTalkAck {
	const frame = parseJson(Buffer.from(text));
	if (!frame) throw new Error('the frame is no JSON object');
	const { code, headers, data } = frame;
	if (!Number.isInteger(code)) throw new Error('code must be a whole number');
	if (typeof headers?.messageId !== 'string') throw new Error('headers.messageId must be a string');
	if (headers.contentType !== 'application/json')
		throw new Error('headers.contentType must be application/json');
	const parsed = typeof data === 'string' ? parseJson(Buffer.from(data)) : undefined;
	return { code, messageId: headers.messageId, data: parsed, text };
}

const NO_DATA = 'data must be a JSON object as text';

function judgeEvent({ code, data }: DingTalkAck): string | undefined {
	if (data?.status === 'SUCCESS') return code === 200 ? undefined : `code ${code}`;
	if (data?.status === 'LATER') return 'LATER';
	return data ? 'data.status must be SUCCESS or LATER' : NO_DATA;
}

function judgeCard({ code, data }: DingTalkAck): string | undefined {
	if (code !== 200) return `code ${code}`;
	if (!data) return NO_DATA;
	const { response } = data;
	if (response !== null && typeof response !== 'object')
		return 'data.response must be an object or null';
	const maps = [response?.cardData, response?.userPrivateData];
	const values = maps.flatMap((map) => Object.values(map?.cardParamMap ?? {}));
	return values.every((value) => typeof value === 'string')
		? undefined
		: 'the values of cardParamMap must be strings';
}

/** Why this is no acknowledgement of that message; what a robot's holds is of no interest. */
export function judgeAck(ack: DingTalkAck, message: UserMessage): string | undefined {
	if (message.bot === 'events') return judgeEvent(ack);
	if (message.contentType === 'event') return judgeCard(ack);
	return ack.code === 200 ? undefined : `code ${ack.code}`;
}
