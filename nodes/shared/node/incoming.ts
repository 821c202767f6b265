import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { chatInputOf, isAnswerable, type AnswerableMessage } from '../../../protocol/message';

/**
 * The bot message that an item stands for: the item itself, or, where a node in between has replaced it,
 * the trigger item that it comes from.
 * @throws NodeOperationError where there is none
 */
export function incomingMessage(ctx: IExecuteFunctions, itemIndex: number): AnswerableMessage {
	const own = ctx.getInputData()[itemIndex]?.json;
	if (isAnswerable(own)) return own;

	const [origin] = originsOf(ctx, itemIndex);
	if (origin) return origin;
	throw new NodeOperationError(
		ctx.getNode(),
		'This item does not come from a bot message that can be answered',
		{
			itemIndex,
			description:
				'Reply needs a DingTalk, Feishu or WeCom Trigger before it, and nodes in between that keep item linking.',
		},
	);
}

/**
 * What a model is asked about a message: its `chatInput`, unless a node between the trigger and this one has
 * changed the `text` alone.
 */
export function questionOf(
	ctx: IExecuteFunctions,
	itemIndex: number,
	{ text = '', quote, chatInput }: Partial<AnswerableMessage>,
): string {
	const fromText = chatInputOf({ text: String(text), quote });
	if (chatInput === undefined || chatInput === fromText) return fromText;
	const origins = [...originsOf(ctx, itemIndex)];
	const isOld = origins.some((other) => other.chatInput === chatInput && other.text !== text);
	return isOld ? fromText : chatInput;
}

/** The bot messages of earlier nodes that an item comes from, the trigger's first. */
function* originsOf(ctx: IExecuteFunctions, itemIndex: number): Generator<AnswerableMessage> {
	const proxy = ctx.getWorkflowDataProxy(itemIndex);
	for (const { name, disabled } of ctx.getParentNodes(ctx.getNode().name)) {
		const origin = disabled ? undefined : itemOf(proxy, name);
		if (isAnswerable(origin)) yield origin;
	}
}

const PROCESS_STARTED_AT = Date.now() - performance.now();

/**
 * Whether a message may have been answered before: n8n runs its execution again, or it was written before
 * this process began. Then a process before may have stored it, and n8n began its execution at the start;
 * and the platform, which that process did not answer, may have delivered it again.
 */
export function isFromBefore(ctx: IExecuteFunctions, { sentAt }: AnswerableMessage): boolean {
	return ctx.getMode() === 'retry' || Date.parse(sentAt) < PROCESS_STARTED_AT;
}

/** The linked item of an earlier node; undefined where that node did not run or the link is lost. */
function itemOf(
	proxy: ReturnType<IExecuteFunctions['getWorkflowDataProxy']>,
	name: string,
): unknown {
	try {
		return proxy.$(name).item?.json;
	} catch {
		// n8n throws for nodes that have not run: those are simply not where the item comes from.
		return undefined;
	}
}
