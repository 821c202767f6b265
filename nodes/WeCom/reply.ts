import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { ReplyTo } from '../../protocol/message';
import { byteLength, idempotencyKey } from '../../protocol/text';
import {
	MAX_AI_BOT_BYTES,
	MAX_APP_BYTES,
	aiBotBody,
	appBody,
	cutText,
	type Recipients,
} from '../../protocol/wecom/encode';
import { credentialOf } from '../shared/credentials';
import {
	inParts,
	mergeRefused,
	splitList,
	type Delivery,
	type ReplyContent,
} from '../shared/outgoing';
import { callApp, callResponseUrl } from './api';

type Target = Extract<ReplyTo, { platform: 'wecom' }>;
type AiBotTarget = Extract<Target, { bot: 'aiBot' }>;
type Message = Pick<ReplyContent, 'outgoing' | 'longText'>;

/** Answers where the message was written: an app's by a message to the person, an AI bot's through its URL. */
export async function replyOnWeCom(
	ctx: IExecuteFunctions,
	target: Target,
	content: ReplyContent,
	itemIndex: number,
): Promise<Delivery> {
	if (target.bot === 'aiBot') return await replyAsAiBot(ctx, target, content, itemIndex);
	const seed = JSON.stringify([target.messageId, ctx.getNode().id]);
	return await sendByApp(ctx, { touser: target.userId }, content, seed, itemIndex);
}

/**
 * Sends through the app, in parts where the text is long. WeCom may leave people out and take the rest.
 * @param seed tells this sending from others, and is the same for its retry
 */
export async function sendByApp(
	ctx: IExecuteFunctions,
	recipients: Recipients,
	message: Message,
	seed: string,
	itemIndex: number,
): Promise<Delivery> {
	const agentId = Number((await credentialOf(ctx, 'weComAppApi')).agentId);
	let refused: Delivery['refused'];
	const sent = await inParts(ctx, itemIndex, message, MAX_APP_BYTES, async (part, index) => {
		const body = appBody(part, recipients, agentId, idempotencyKey(seed, String(index)));
		const answer = await callApp(ctx, '/cgi-bin/message/send', body, itemIndex);
		refused = mergeRefused(refused, refusedOf(answer));
		return String(answer.msgid ?? '');
	});
	return {
		platform: 'wecom',
		via: 'app',
		...sent,
		...(refused && { refused }),
		at: new Date().toISOString(),
	};
}

/** WeCom says `ok` also where it left some of the recipients out. */
function refusedOf(answer: IDataObject): Delivery['refused'] {
	const fields = [
		['invaliduser', 'unknown or out of the app’s range'],
		['invalidparty', 'unknown department'],
		['invalidtag', 'unknown tag'],
		['unlicenseduser', 'without a licence'],
	] as const;
	const found = fields
		.map(([field, why]) => ({ why, ids: splitList(String(answer[field] ?? '')) }))
		.filter(({ ids }) => ids.length > 0);
	if (found.length === 0) return undefined;
	return {
		users: found.flatMap(({ ids }) => ids),
		reason: found.map(({ why, ids }) => `${why}: ${ids.join(', ')}`).join('; '),
	};
}

/**
 * An AI bot's message takes one answer, within an hour. A text that is too long for one is refused or cut,
 * as Long Text says: there is no second message to put the rest into.
 */
async function replyAsAiBot(
	ctx: IExecuteFunctions,
	target: AiBotTarget,
	{ outgoing, longText }: Message,
	itemIndex: number,
): Promise<Delivery> {
	if (Date.now() > target.expiresAt) {
		throw new NodeOperationError(
			ctx.getNode(),
			'WeCom takes the answer of an AI bot for an hour; this message is older',
			{ itemIndex },
		);
	}
	const cut = longText === 'split' && byteLength(outgoing.text) > MAX_AI_BOT_BYTES;
	const text = cut ? cutText(outgoing.text, MAX_AI_BOT_BYTES) : outgoing.text;
	const message: Message = { outgoing: { ...outgoing, text }, longText: 'refuse' };
	const sent = await inParts(ctx, itemIndex, message, MAX_AI_BOT_BYTES, async (part) => {
		await callResponseUrl(ctx, target.responseUrl, aiBotBody(part), itemIndex);
		return undefined;
	});
	return {
		platform: 'wecom',
		via: 'aiBot',
		...sent,
		...(cut && { cut }),
		at: new Date().toISOString(),
	};
}
