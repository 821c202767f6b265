import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { TextMessage } from '../../../protocol/outgoing';
import { splitList } from '../../../protocol/text';
import type { Content, SendContext } from './adapter';
import { answerKey, sendContext } from './context';

interface ContentOptions {
	longText?: Content['longText'];
	title?: string;
	mentionIds?: string;
	mentionAll?: boolean;
}

/** What an item says, from the fields of Send, Reply and Bot Reply. */
export function readContent(ctx: IExecuteFunctions, itemIndex: number): Content {
	const options = ctx.getNodeParameter('options', itemIndex, {}) as ContentOptions;
	const text = (ctx.getNodeParameter('text', itemIndex, '') as string) || answerOf(ctx, itemIndex);
	if (!text.trim()) {
		throw new NodeOperationError(ctx.getNode(), 'There is nothing to send: the text is empty', {
			itemIndex,
			description: 'Fill in Text, or put a Model API node before this one.',
		});
	}
	return {
		message: {
			type: ctx.getNodeParameter('format', itemIndex) as TextMessage['type'],
			text,
			...(options.title && { title: options.title }),
			...(options.mentionAll && { mentionAll: true }),
			...(options.mentionIds && { mentionIds: splitList(options.mentionIds) }),
		},
		longText: options.longText ?? 'split',
	};
}

/** An item's answer to a message, from the fields of Reply and Bot Reply. */
export function readReply(
	ctx: IExecuteFunctions,
	itemIndex: number,
	{ adapter, replyTo }: Required<Pick<SendContext, 'adapter' | 'replyTo'>>,
): SendContext {
	const content = readContent(ctx, itemIndex);
	const seed = answerKey(ctx, replyTo, content.message.text);
	return sendContext({ ctx, itemIndex, adapter, via: 'reply', replyTo, seed, ...content });
}

function answerOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const answer = ctx.getInputData()[itemIndex]?.json.answer as IDataObject | undefined;
	return typeof answer?.text === 'string' ? answer.text : '';
}
