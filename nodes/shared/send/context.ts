import type { IExecuteFunctions } from 'n8n-workflow';
import { conversationOf, isAnswerable, type ReplyTo } from '../../../protocol/message';
import { idempotencyKey } from '../../../protocol/text';
import type { SendContext } from './adapter';

type Given = 'ctx' | 'itemIndex' | 'adapter' | 'via' | 'message' | 'longText' | 'seed';

/** A message that nothing is out of yet. */
export function sendContext(given: Pick<SendContext, Given> & Partial<SendContext>): SendContext {
	return {
		origin: 'text',
		priority: 'answer',
		collected: [],
		mayBeOut: false,
		sentParts: 0,
		messageIds: [],
		...given,
	};
}

/**
 * The seed of a node's message that answers nothing: the same when n8n tries the node again, and, where a
 * message to the bot set it off, in the execution that does again what a crash left behind.
 */
export function sendSeed(ctx: IExecuteFunctions, itemIndex: number): string {
	const { $runIndex } = ctx.getWorkflowDataProxy(itemIndex);
	const { id } = ctx.getNode();
	const json = ctx.getInputData()[itemIndex]?.json;
	const cause = isAnswerable(json) ? answerKey(ctx, json.replyTo) : ctx.getExecutionId();
	return idempotencyKey(cause, id, String($runIndex), String(itemIndex));
}

/**
 * The answer key: tells a node's answer to a message from all others, and is the same when the message comes
 * again. A run by hand has keys of its own: with pinned data the answer is to be seen each time.
 * @param text tells several answers of one node to one message apart. Left out for a model's: it says the
 * same in other words when it is asked again, and that is the same answer
 */
export function answerKey(ctx: IExecuteFunctions, replyTo: ReplyTo, text = ''): string {
	const action = ('actionId' in replyTo && replyTo.actionId) || '';
	const { id } = ctx.getNode();
	const byHand = ctx.getMode() === 'manual' ? [ctx.getExecutionId()] : [];
	return idempotencyKey(conversationOf(replyTo), replyTo.messageId, action, id, text, ...byHand);
}
