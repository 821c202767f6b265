import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { ReplyTo } from '../../../protocol/message';
import { inWords } from '../../../protocol/outgoing';
import { aiBotBody, aiBotTextLimit, cutText } from '../../../protocol/wecom/encode';
import { deliveryOf, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { sendOnce } from '../../shared/send/sentRecord';
import { callResponseUrl } from '../api';
import { appMessage } from './send';

type WeComReplyTo = Extract<ReplyTo, { platform: 'wecom' }>;
type AiBotReplyTo = Extract<WeComReplyTo, { bot: 'aiBot' }>;

/** Answers where the message was written: an app's by a message to the person, an AI bot's through its URL. */
export async function replyOnWeCom(
	ctx: IExecuteFunctions,
	replyTo: WeComReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const repeatable = replyTo.bot === 'app';
	const route: Route = { platform: 'wecom', via: 'reply', replyTo, repeatable };
	return await keepUnsent(route, sending, async () => {
		if (replyTo.bot === 'aiBot') return await replyAsAiBot(ctx, replyTo, sending, itemIndex);
		const send = async () => await appMessage(ctx, { touser: replyTo.userId }, sending, itemIndex);
		// WeCom knows a repetition by its words, and a model finds others.
		return sending.origin === 'model' ? await sendOnce(ctx, route, sending, send) : await send();
	});
}

/**
 * An AI bot's message takes one answer, within an hour. A text that is too long for one is refused or cut,
 * as Long Text says: there is no second message to put the rest into.
 */
async function replyAsAiBot(
	ctx: IExecuteFunctions,
	replyTo: AiBotReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	if (Date.now() > replyTo.expiresAt) {
		throw new NodeOperationError(
			ctx.getNode(),
			'WeCom takes the answer of an AI bot for an hour; this message is older',
			{ itemIndex },
		);
	}
	const { outgoing, longText } = sending;
	const limit = aiBotTextLimit(outgoing);
	const words = inWords(outgoing);
	const cut = longText === 'split' && limit.sizeOf(words.text) > limit.max;
	const shown = cut ? { ...words, text: cutText(words.text, limit.max) } : outgoing;
	const only: Sending = { ...sending, outgoing: shown, longText: 'refuse' };
	const sent = await inParts(ctx, itemIndex, only, limit, async (part) => {
		await callResponseUrl(ctx, replyTo.responseUrl, aiBotBody(part), itemIndex);
		return undefined;
	});
	return deliveryOf('wecom', 'aiBot', { ...sent, ...(cut && { cut }) });
}
