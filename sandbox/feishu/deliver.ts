import { md5Hex, randomBytes } from '../aes.ts';
import { parseJson } from '../http.ts';
import type { UserMessage } from '../messages.ts';
import { botOpenIdOf, openIdOf, unionIdOf } from '../people.ts';
import type { CallbackProtocol, CallbackResponse, CallbackRequest } from '../callback-protocol.ts';
import type { World } from '../world.ts';
import { isCardAction, takeCardAnswer } from './card-answer.ts';
import { encryptEvent, eventSignature } from './crypto.ts';

export const TENANT_KEY = '5a4db0c5sandbox';
const MINUTE_MS = 60_000;

/** Encrypted and signed when the app has an Encrypt Key; in the clear when it has none. */
function requestOf(
	world: World,
	event: object,
	options: { encrypted: boolean; signed: boolean },
): CallbackRequest {
	const { encryptKey } = world.accounts.feishuAppApi;
	const text = JSON.stringify(event);
	const body = options.encrypted
		? JSON.stringify({ encrypt: encryptEvent(encryptKey, text) })
		: text;
	const timestamp = String(Math.floor(world.clock.now() / 1000));
	const nonce = randomBytes(8).toString('hex');
	const signature = {
		'X-Lark-Request-Timestamp': timestamp,
		'X-Lark-Request-Nonce': nonce,
		'X-Lark-Signature': eventSignature(timestamp, nonce, encryptKey, body),
	};
	return {
		method: 'POST',
		query: {},
		headers: { 'content-type': 'application/json', ...(options.signed && signature) },
		body: Buffer.from(body),
	};
}

function content(message: UserMessage): { type: string; content: object } {
	const { text, file } = message;
	switch (message.contentType) {
		case 'text':
			return {
				type: 'text',
				content: { text: message.mentionsBot ? `@_user_1 ${text}` : text },
			};
		case 'richText':
			return {
				type: 'post',
				content: {
					title: '',
					content: [
						[
							{ tag: 'text', text },
							{ tag: 'img', image_key: file },
						],
					],
				},
			};
		case 'image':
			return { type: 'image', content: { image_key: file } };
		case 'audio':
			return { type: 'audio', content: { file_key: file, duration: 4000 } };
		case 'video':
			return {
				type: 'media',
				content: { file_key: file, image_key: file, file_name: text, duration: 4000 },
			};
		case 'file':
			return { type: 'file', content: { file_key: file, file_name: text || 'report.pdf' } };
		default:
			return { type: message.contentType, content: { text } };
	}
}

const idsOf = (message: UserMessage, world: World) => ({
	open_id: openIdOf(message.from),
	user_id: world.people.meet(message.from).id,
	union_id: unionIdOf(message.from),
});

/** A press of a card's button: who pressed it and where, unless `event` says it. The card is what `quote` names. */
const cardActionEvent = (message: UserMessage, world: World) => ({
	operator: { ...idsOf(message, world), tenant_key: TENANT_KEY },
	token: `c-${md5Hex(message.id)}`,
	host: 'im_message',
	context: {
		open_message_id: message.quote?.messageId ?? `om_${md5Hex(message.id)}`,
		open_chat_id: message.conversation,
	},
	...message.event,
});

function messageEvent(message: UserMessage, world: World) {
	const { type, content: body } = content(message);
	const group = message.type === 'group';
	const created = String(Math.floor(message.at));
	const { id, name } = world.bots.find('feishu', message.botId)!;
	const mention = {
		key: '@_user_1',
		id: { open_id: botOpenIdOf(id), union_id: unionIdOf(id) },
		name,
		tenant_key: TENANT_KEY,
	};
	return {
		sender: {
			sender_id: idsOf(message, world),
			sender_type: 'user',
			tenant_key: TENANT_KEY,
		},
		message: {
			message_id: message.id,
			create_time: created,
			update_time: created,
			chat_id: message.conversation,
			chat_type: group ? 'group' : 'p2p',
			message_type: type,
			content: JSON.stringify(body),
			...(message.quote && {
				root_id: message.quote.messageId,
				parent_id: message.quote.messageId,
			}),
			...(message.thread && { thread_id: message.thread }),
			...(message.mentionsBot && { mentions: [mention] }),
		},
	};
}

/**
 * A message's deliveries have event ids of their own: bots shall tell messages by the message id. Any other
 * event is told by nothing but its event id, which stays.
 */
const eventIdOf = ({ id, eventType }: UserMessage) =>
	eventType ? md5Hex(id) : randomBytes(16).toString('hex');

/** What the platform tells of a message, or of whatever else has happened. */
export function eventOf(message: UserMessage, world: World) {
	const { verificationToken } = world.accounts.feishuAppApi;
	const app = world.bots.find('feishu', message.botId)!;
	const happened = isCardAction(message) ? cardActionEvent(message, world) : message.event;
	return {
		schema: '2.0',
		header: {
			event_id: eventIdOf(message),
			event_type: message.eventType ?? 'im.message.receive_v1',
			create_time: String(Math.floor(message.at)),
			token: app.madeBy ? '' : verificationToken,
			app_id: app.id,
			tenant_key: TENANT_KEY,
		},
		event: happened ?? messageEvent(message, world),
	};
}

const CHALLENGE_BYTES = 16;

function challengeProbe(world: World) {
	const challenge = randomBytes(CHALLENGE_BYTES).toString('hex');
	const token = world.accounts.feishuAppApi.verificationToken;
	const event = { challenge, token, type: 'url_verification' };
	return {
		// The probe is documented as exempt from the signature.
		request: requestOf(world, event, { encrypted: true, signed: false }),
		deadlineMs: 1000,
		judge({ status, body }: CallbackResponse) {
			if (status !== 200) return `HTTP ${status}`;
			const answer = parseJson(Buffer.from(body));
			return answer?.challenge === challenge
				? undefined
				: 'the answer must be the plain JSON {"challenge": "<the same>"}';
		},
	};
}

/** Events 2.0: 3 s, then again after 15 s, 5 min, 1 h and 6 h. */
export const feishuEvents: CallbackProtocol = {
	deadlineMs: 3000,
	redeliverAfterMs: [15_000, 5 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS],
	build(message, world) {
		const { encrypted } = message;
		return requestOf(world, eventOf(message, world), { encrypted, signed: encrypted });
	},
	isSentOnce: isCardAction,
	judge({ status, body }, _request, message, world) {
		if (status !== 200) return `HTTP ${status}`;
		return isCardAction(message) && body ? takeCardAnswer(body, message, world) : undefined;
	},
	probe: challengeProbe,
};
