import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { asFields, asText } from '../../../protocol/fields';
import { saidIn } from '../../../protocol/model/message';
import { splitReasoning } from '../../../protocol/model/reasoning';
import { spokenAnswer } from '../../../protocol/model/request';
import type { OutgoingMessage } from '../../../protocol/outgoing';
import { readOutgoing } from '../../../protocol/readOutgoing';
import { splitList } from '../../../protocol/text';
import type { Content, SendContext } from './adapter';
import { answerKey, sendContext } from './context';

/** An expression may give a number for any text. */
interface ContentOptions {
	longText?: Content['longText'];
	title?: string | number;
	keepMarkdown?: boolean;
	mentionIds?: string | number;
	mentionAll?: boolean;
}

/**
 * What an item says, from the fields of Send, Reply and Bot Reply.
 * @throws NodeOperationError where that is nothing, or what the queue could not read back if it failed
 */
export function readContent(ctx: IExecuteFunctions, itemIndex: number): Content {
	const options = ctx.getNodeParameter('options', itemIndex, {}) as ContentOptions;
	return { message: readMessage(ctx, itemIndex, options), longText: options.longText ?? 'split' };
}

function readMessage(
	ctx: IExecuteFunctions,
	itemIndex: number,
	{ title, keepMarkdown, mentionAll, mentionIds }: ContentOptions,
): OutgoingMessage {
	const text = textOf(ctx, itemIndex);
	const message = readOutgoing({
		type: ctx.getNodeParameter('format', itemIndex),
		text,
		...(title && { title: String(title) }),
		...(keepMarkdown && { keepMarkdown }),
		...(mentionAll && { mentionAll: true }),
		...(mentionIds && { mentionIds: splitList(String(mentionIds)) }),
	});
	if (message) return message;
	if (typeof text === 'string' && !text.trim()) {
		throw new NodeOperationError(ctx.getNode(), 'There is nothing to send: the text is empty', {
			itemIndex,
			description: 'Fill in Text, or put a Model API or AI Agent node before this one.',
		});
	}
	throw new NodeOperationError(ctx.getNode(), 'This is no message that can be sent', {
		itemIndex,
		description:
			'Text must be a text of at most 1,000,000 bytes, Format text or markdown, and Mention User IDs a list of at most 10,000 IDs.',
	});
}

/** The node's own text, else the item's answer. What an expression gives may be what a model said. */
function textOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const given = ctx.getNodeParameter('text', itemIndex, '') as string | number;
	const text = typeof given === 'number' ? String(given) : given;
	if (!text) return answerOf(ctx, itemIndex);
	const isExpression = String(ctx.getNode().parameters.text).startsWith('=');
	return isExpression && typeof text === 'string' ? withoutReasoning(text) : text;
}

/** A text in which nothing is thought stays as it is, to its last blank. */
function withoutReasoning(said: string): string {
	const { text } = splitReasoning(said, false);
	return text === said.trim() ? said : text;
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

/** What a Model API node has put into the item, else what n8n's AI Agent has, without its reasoning. */
function answerOf(ctx: IExecuteFunctions, itemIndex: number): string {
	const { answer, output } = ctx.getInputData()[itemIndex]?.json ?? {};
	const { text, finishReason } = asFields(answer);
	if (!asText(text)) return withoutReasoning(saidIn({ content: output }));
	const said = withoutReasoning(asText(text));
	return spokenAnswer({ text: said, finishReason: asText(finishReason) });
}
