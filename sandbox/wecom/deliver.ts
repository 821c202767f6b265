import { randomBytes } from '../aes.ts';
import { callbackSignature, type CallbackAccount, seal } from '../callback-crypto.ts';
import type { UserMessage } from '../messages.ts';
import type { CallbackProtocol, CallbackResponse, CallbackRequest } from '../callback-protocol.ts';
import type { World } from '../world.ts';
import { appAccount, cdata, elementText, openReply } from './crypto.ts';
import { newMessageId } from './webhook-api.ts';

export const DEADLINE_MS = 5000;
/** Three retries at most; the pauses are not published. */
export const REDELIVER_AFTER_MS = [1000, 1000, 1000];

export const seconds = (ms: number) => Math.floor(ms / 1000);

export function signedQuery(world: World, account: CallbackAccount, encrypt: string) {
	const timestamp = String(seconds(world.clock.now()));
	const nonce = String(randomBytes(4).readUInt32BE(0));
	return {
		msg_signature: callbackSignature(account.token, timestamp, nonce, encrypt),
		timestamp,
		nonce,
	};
}

/** The GET with `echostr` when a person saves the URL: the plain text back, nothing around it, within 1 s. */
export function echoProbe(world: World, account: CallbackAccount) {
	const echo = String(randomBytes(8).readBigUInt64BE(0));
	const echostr = seal(account, echo);
	const query = { ...signedQuery(world, account, echostr), echostr };
	return {
		request: { method: 'GET', query, headers: {}, body: Buffer.alloc(0) } as CallbackRequest,
		deadlineMs: 1000,
		judge({ status, body }: CallbackResponse) {
			if (status !== 200) return `HTTP ${status}`;
			return body === echo
				? undefined
				: 'the answer must be the decrypted echostr and nothing else';
		},
	};
}

function appFields(message: UserMessage): Record<string, string | number> {
	const media = message.file ?? '';
	switch (message.contentType) {
		case 'text':
			return { MsgType: 'text', Content: message.text };
		case 'image':
			return { MsgType: 'image', PicUrl: `https://sandbox.invalid/${media}`, MediaId: media };
		case 'audio':
			return { MsgType: 'voice', MediaId: media, Format: 'amr' };
		case 'video':
			return { MsgType: 'video', MediaId: media, ThumbMediaId: media };
		case 'location':
			return {
				MsgType: 'location',
				Location_X: '39.9',
				Location_Y: '116.4',
				Scale: 15,
				Label: message.text,
			};
		case 'event':
			return { MsgType: 'event', Event: message.eventType ?? 'enter_agent' };
		default:
			return { MsgType: message.contentType, Content: message.text };
	}
}

/** Nested values become nested elements, as in `SelectedItems`. */
function xmlOf(fields: Record<string, unknown>): string {
	return Object.entries(fields)
		.map(([name, value]) => {
			if (typeof value === 'number') return `<${name}>${value}</${name}>`;
			if (value && typeof value === 'object')
				return `<${name}>${xmlOf(value as Record<string, unknown>)}</${name}>`;
			return `<${name}>${cdata(String(value ?? ''))}</${name}>`;
		})
		.join('');
}

function appXml(message: UserMessage, world: World): string {
	const { corpId, agentId } = world.accounts.weComAppApi;
	const common = {
		ToUserName: corpId,
		FromUserName: message.from,
		CreateTime: seconds(message.at),
	};
	const head = xmlOf({ ...common, ...appFields(message), ...message.event });
	// Event callbacks have no MsgId; for messages it exceeds 2^53.
	const id = message.contentType === 'event' ? '' : `<MsgId>${message.id}</MsgId>`;
	return `<xml>${head}${id}<AgentID>${agentId}</AgentID></xml>`;
}

export function showPassive(message: UserMessage, world: World, text: string, format: string) {
	world.messages.answer(message, {
		messageId: newMessageId(),
		text,
		format,
		via: 'passive',
		linked: 'exact',
	});
}

/** Self-built app: encrypted XML. */
export const weComApp: CallbackProtocol = {
	isHttpOnly: true,
	deadlineMs: DEADLINE_MS,
	redeliverAfterMs: REDELIVER_AFTER_MS,
	build(message, world) {
		const { corpId, agentId } = world.accounts.weComAppApi;
		const account = appAccount(world.accounts);
		const encrypt = seal(account, appXml(message, world));
		const body = `<xml>${xmlOf({ ToUserName: corpId, Encrypt: encrypt, AgentID: agentId })}</xml>`;
		const query = signedQuery(world, account, encrypt);
		return {
			method: 'POST',
			query,
			headers: { 'content-type': 'text/xml' },
			body: Buffer.from(body),
		};
	},
	judge({ status, body }, _request, message, world) {
		if (status !== 200) return `HTTP ${status}`;
		// Other texts than a sealed XML are taken as "no reply".
		if (!body.startsWith('<xml>')) return undefined;
		try {
			const xml = openReply(appAccount(world.accounts), {
				encrypt: elementText(body, 'Encrypt'),
				signature: elementText(body, 'MsgSignature'),
				timestamp: elementText(body, 'TimeStamp'),
				nonce: elementText(body, 'Nonce'),
			});
			showPassive(
				message,
				world,
				elementText(xml, 'Content') ?? xml,
				elementText(xml, 'MsgType') ?? 'unknown',
			);
			return undefined;
		} catch (error) {
			return `the passive reply cannot be read: ${(error as Error).message}`;
		}
	},
	probe: (world) => echoProbe(world, appAccount(world.accounts)),
};
