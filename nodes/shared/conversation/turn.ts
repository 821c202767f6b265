import type { IExecuteFunctions } from 'n8n-workflow';
import { conversationOf, type ReplyTo } from '../../../protocol/message';
import type { AnswerableMessage } from './incoming';
import type { Answering } from './lane';

/** How long sending may take: a long text goes out in many parts. */
export const SENDING_MS = 3 * 60_000;

/** Where a message stands among those that want an answer. */
export function turnOf(
	ctx: IExecuteFunctions,
	message: AnswerableMessage,
): Omit<Answering, 'claim' | 'collect' | 'slots' | 'maxMs' | 'answer'> {
	const { messageId, replyTo, text = '', sentAt, receivedAt } = message;
	const { platform } = replyTo;
	return {
		lane: laneOf(ctx, replyTo),
		platform,
		messageId,
		times: [Date.parse(sentAt), Date.parse(receivedAt)],
		text,
		// Its error output leads there, as in the bundled workflows.
		isKept: ctx.getNode().onError === 'continueErrorOutput',
		isRetry: 'retry' in message,
		signal: ctx.getExecutionCancelSignal(),
	};
}

/** The conversation that an answer belongs to, and the bot in it. */
export function laneOf(ctx: IExecuteFunctions, replyTo: ReplyTo): string {
	return JSON.stringify([replyTo.platform, botOf(ctx, replyTo), conversationOf(replyTo)]);
}

/** A conversation's id tells the bot, too, but WeCom's: it is the person, whichever bot was written to. */
function botOf(ctx: IExecuteFunctions, replyTo: ReplyTo): string {
	if (replyTo.platform !== 'wecom') return '';
	return replyTo.bot === 'app' ? `app ${ctx.getNode().credentials?.weComAppApi?.id}` : replyTo.bot;
}
