import { md5Hex, randomBytes } from '../aes.ts';
import type { BotAccount } from '../bots.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import { directChatOf, openIdOf, unionIdOf } from '../people.ts';
import type { World } from '../world.ts';
import { badCall, callerOf, feishuError, feishuOk } from './answers.ts';
import { readContent } from './content.ts';
import { TENANT_KEY } from './deliver.ts';
import { lacksScope } from './scopes.ts';

const HOUR_MS = 3_600_000;
/** Per user and per chat. */
const CHAT_LIMIT = { count: 5, windowMs: 1000 };
const MAX_EDITS = 20;

/** The permissions that let an app write. */
const SEND = ['im:message', 'im:message:send_as_bot'];

interface Target {
	chat: string;
	via: 'send' | 'reply';
	replyTo?: string;
	parent?: string;
	/** The topic that an answer opens or goes on with. */
	thread?: string;
}

/** A message that was sent is known for as long as it may be changed. */
const CHANGE_LIFE_MS = 14 * 24 * HOUR_MS;
const sentKey = (messageId: string) => `feishu sent ${messageId}`;

/** The chat that a receive id stands for; undefined when the platform does not know it. */
function chatOf(
	type: string | null,
	id: string,
	app: BotAccount,
	world: World,
): string | undefined {
	if (type === 'chat_id') {
		const direct = world.people.personBy((person) => directChatOf(person.id, app.id) === id);
		return direct || world.people.chat('feishu', id) ? id : undefined;
	}
	const person = world.people.personBy(
		(candidate) =>
			(type === 'open_id' && openIdOf(candidate.id) === id) ||
			(type === 'union_id' && unionIdOf(candidate.id) === id) ||
			(type === 'user_id' && candidate.id === id) ||
			(type === 'email' && candidate.email === id),
	);
	return person && directChatOf(person.id, app.id);
}

function show(call: Call, world: World, target: Target): ServiceReply {
	const { msg_type: msgType, content, uuid } = call.json!;
	const readable = readContent(msgType, content, world);
	if ('code' in readable) return feishuError(readable.code, readable.msg);
	if (uuid !== undefined && (typeof uuid !== 'string' || uuid.length > 50)) {
		return feishuError(
			99992402,
			'field validation failed: uuid must be a string of at most 50 characters',
		);
	}
	const idempotencyKey = `feishu uuid ${callerOf(call, world)!.id} ${uuid}`;
	const earlier = uuid
		? world.idempotencyKeys.recall<Record<string, unknown>>(idempotencyKey)
		: undefined;
	if (earlier) {
		const known = {
			messageId: String(earlier.message_id),
			note: 'duplicate uuid: not shown again',
		};
		return { ...feishuOk(earlier), ...known };
	}
	if (world.limits.take(`feishu chat ${target.chat}`, CHAT_LIMIT) !== 'ok') {
		return feishuError(230020, 'This operation triggers the frequency limit.');
	}
	const app = callerOf(call, world)!;
	const messageId = `om_${randomBytes(16).toString('hex')}`;
	const now = String(Math.floor(world.clock.now()));
	const message = target.replyTo
		? world.messages.get(target.replyTo)
		: world.messages.guess(app.id, target.chat, readable.text);
	const linked = target.replyTo ? 'exact' : 'guess';
	world.messages.answer(message, { ...readable, messageId, via: target.via, linked });
	const data = {
		message_id: messageId,
		...(target.parent && { root_id: target.parent, parent_id: target.parent }),
		...(target.thread && { thread_id: target.thread }),
		msg_type: msgType,
		create_time: now,
		update_time: now,
		deleted: false,
		updated: false,
		chat_id: target.chat,
		sender: {
			id: app.id,
			id_type: 'app_id',
			sender_type: 'app',
			tenant_key: TENANT_KEY,
		},
		body: { content },
	};
	if (uuid) world.idempotencyKeys.keep(idempotencyKey, data, HOUR_MS);
	world.idempotencyKeys.keep(sentKey(messageId), data, CHANGE_LIFE_MS);
	const { text } = readable;
	return { ...feishuOk(data), messageId, replyTo: message?.id, conversation: target.chat, text };
}

function send(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world, 'json') ?? lacksScope(call, world, SEND);
	if (refusal) return refusal;
	const type = call.query.get('receive_id_type');
	if (!['open_id', 'union_id', 'user_id', 'email', 'chat_id'].includes(type ?? '')) {
		return feishuError(99992402, 'field validation failed: receive_id_type is required');
	}
	const app = callerOf(call, world)!;
	const chat = chatOf(type, String(call.json!.receive_id ?? ''), app, world);
	if (chat) return show(call, world, { chat, via: 'send' });
	return type === 'chat_id'
		? feishuError(230002, 'Bot/User can NOT be out of the chat.')
		: feishuError(230034, 'The receive_id is invalid.');
}

/** The topic below a message. */
const threadOf = (messageId: string) => `omt_${md5Hex(messageId)}`;

function reply(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world, 'json') ?? lacksScope(call, world, SEND);
	if (refusal) return refusal;
	const id = call.params[0]!;
	const message = world.messages.get(id);
	if (message?.platform !== 'feishu')
		return feishuError(
			230001,
			'Your request contains an invalid request parameter, ext=invalid message_id.',
		);
	// Messages of a chat with another bot are none of this one's.
	const isOthers = message.type === 'direct' && message.botId !== callerOf(call, world)!.id;
	if (isOthers) return feishuError(230002, 'Bot/User can NOT be out of the chat.');
	// A reply to a message of a topic stays there by itself.
	const thread = message.thread ?? (call.json!.reply_in_thread === true ? threadOf(id) : undefined);
	return show(call, world, {
		chat: message.conversation,
		via: 'reply',
		replyTo: id,
		parent: id,
		thread,
	});
}

/** What the platform keeps of a message that was sent. */
const sentData = (messageId: string, world: World) =>
	world.idempotencyKeys.recall<{ sender: { id: string } }>(sentKey(messageId));

/** The bot's own message, or why it cannot be changed. */
function ownMessage(call: Call, world: World) {
	const sent = world.messages.sent(call.params[0]!);
	if (!sent) {
		const others = world.messages.get(call.params[0]!);
		return others
			? feishuError(230071, 'The operator is not the sender of the message.')
			: feishuError(
					230001,
					'Your request contains an invalid request parameter, ext=invalid message_id.',
				);
	}
	const isOwn = sentData(call.params[0]!, world)?.sender.id === callerOf(call, world)!.id;
	if (!isOwn) return feishuError(230071, 'The operator is not the sender of the message.');
	return sent[0]!.recalled ? feishuError(230011, 'The message was recalled.') : sent[0]!;
}

function change(call: Call, world: World, msgType: unknown, isCard: boolean): ServiceReply {
	const refusal = badCall(call, world, 'json');
	if (refusal) return refusal;
	const answer = ownMessage(call, world);
	if ('body' in answer) return answer;
	const readable = readContent(msgType, call.json!.content, world);
	if ('code' in readable) return feishuError(readable.code, readable.msg);
	if (isCard !== (answer.format === 'card'))
		return feishuError(230054, 'This operation is not supported for this message type.');
	if (!isCard && answer.edits >= MAX_EDITS)
		return feishuError(230072, 'The message has reached the number of times it can be edited.');
	answer.text = readable.text;
	answer.edits += 1;
	const sent = sentData(answer.messageId, world);
	const now = String(Math.floor(world.clock.now()));
	const body = { content: call.json!.content as string };
	// A card's change is answered with nothing.
	const data = isCard ? {} : { ...sent, update_time: now, updated: true, body };
	return {
		...feishuOk(data),
		messageId: answer.messageId,
		text: readable.text,
	};
}

const edit = (call: Call, world: World) => {
	const type = call.json?.msg_type;
	return ['text', 'post'].includes(type)
		? change(call, world, type, false)
		: (badCall(call, world, 'json') ??
				feishuError(
					230001,
					'Your request contains an invalid request parameter, ext=msg_type must be text or post.',
				));
};

const patchCard = (call: Call, world: World) => change(call, world, 'interactive', true);

function recall(call: Call, world: World): ServiceReply {
	const refusal = badCall(call, world);
	if (refusal) return refusal;
	const answer = ownMessage(call, world);
	if ('body' in answer) return answer;
	answer.recalled = true;
	return { ...feishuOk({}), messageId: answer.messageId };
}

const MESSAGE = /^\/open-apis\/im\/v1\/messages\/([^/]+)$/;

export const messageRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/open-apis\/im\/v1\/messages$/, kind: 'send', handle: send },
	{
		method: 'POST',
		path: /^\/open-apis\/im\/v1\/messages\/([^/]+)\/reply$/,
		kind: 'reply',
		handle: reply,
	},
	{ method: 'PUT', path: MESSAGE, kind: 'edit', handle: edit },
	{ method: 'PATCH', path: MESSAGE, kind: 'edit', handle: patchCard },
	{ method: 'DELETE', path: MESSAGE, kind: 'recall', handle: recall },
];
