import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeCredentialDescription,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { AnswerableMessage } from '../../protocol/message';
import { spokenAnswer } from '../../protocol/model/request';
import type { TextMessage } from '../../protocol/outgoing';
import { adapterOf, botCredentials } from '../platforms/registry';
import { inRun, type Run } from '../shared/conversation/run';
import { SENDING_MS, turnRequest, type AnswerFields } from '../shared/conversation/turn';
import { turnsOf } from '../shared/conversation/turns';
import { modelOptions, modelProperties } from '../shared/model/fields';
import { ask, concurrencyOf, searchModels, timeoutOf } from '../shared/model/model';
import { formatField, keepMarkdownField, longTextField } from '../shared/node/fields';
import { incomingMessage, isFromBefore, questionOf } from '../shared/node/incoming';
import { eachItem } from '../shared/node/items';
import type { Content } from '../shared/send/adapter';
import { answerKey, sendContext } from '../shared/send/context';
import { deliver } from '../shared/send/deliver';
import { outAlready } from '../shared/send/delivery';
import { wasCollected } from '../shared/send/sentNotes';

const credentials: INodeCredentialDescription[] = [
	{ name: 'clawBotModelApi', displayName: 'Model API', required: true },
	...botCredentials,
];

const meanwhileField: INodeProperties = {
	displayName: 'Messages That Arrive Meanwhile',
	name: 'meanwhile',
	type: 'options',
	options: [
		{
			name: 'Collect',
			value: 'collect',
			description:
				'What one person writes while the answer before is under way becomes one question, up to 20 messages, answered as a reply to the newest',
		},
		{
			name: 'Answer One by One',
			value: 'oneByOne',
			description: 'Each gets an answer of its own, in order',
		},
	],
	default: 'collect',
	description:
		'A conversation gets one answer at a time: what to do with messages that wait for it',
};

interface Options {
	longText?: Content['longText'];
	keepMarkdown?: boolean;
	meanwhile?: 'collect' | 'oneByOne';
}

/**
 * Asks the model and replies, message by message: a slow answer holds back no other message of the
 * batch, as it would with one node that asks and a second one that replies.
 */
export class AiReply implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'AI Reply',
		name: 'aiReply',
		icon: { light: 'file:aiReply.svg', dark: 'file:aiReply.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.model || "recommended model" }}',
		description: 'Let a large model answer messages, each on the platform that it came from',
		defaults: { name: 'AI Reply' },
		// No AI tool: an agent’s tools have no message before them that could be answered.
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		properties: [
			...modelProperties,
			{ ...formatField, default: 'markdown' },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [longTextField, keepMarkdownField, meanwhileField, ...modelOptions],
			},
		],
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await inRun(this, concurrencyOf(this), async (run) => {
			// All at once: what waits for its turn must not keep others from the model.
			return await eachItem(this, Infinity, async (_, itemIndex) => {
				return await takeTurn(this, run, itemIndex);
			});
		});
		return [results];
	}
}

async function takeTurn(ctx: IExecuteFunctions, run: Run, itemIndex: number): Promise<IDataObject> {
	const message = incomingMessage(ctx, itemIndex);
	const { replyTo } = message;
	const text = questionOf(ctx, itemIndex, message);
	const question: Question = { ctx, itemIndex, message, text };
	const fields = await turnsOf(ctx).take({
		...turnRequest(ctx, adapterOf(replyTo.platform), message),
		text,
		answerKey: answerKey(ctx, replyTo),
		collectKey: collectKeyOf(question),
		run,
		maxMs: timeoutOf(ctx, itemIndex) + SENDING_MS,
		answer: async (asked, collected) => await answer(question, asked, collected),
	});
	return fields as unknown as IDataObject;
}

/** A message that the model is asked about. */
interface Question {
	ctx: IExecuteFunctions;
	itemIndex: number;
	message: AnswerableMessage;
	/** What the model is asked about it. */
	text: string;
}

/** Asks the model, and sends what it says, unless that is out already. */
async function answer(
	{ ctx, itemIndex, message }: Question,
	text: string,
	collected: string[],
): Promise<AnswerFields> {
	const { replyTo } = message;
	const { platform } = replyTo;
	const seed = answerKey(ctx, replyTo);
	const before = isFromBefore(ctx, message) ? await wasCollected(ctx, seed) : 'nothing';
	if (before === 'sent') return { delivery: outAlready(platform) };
	const answer = await ask(ctx, text, itemIndex);
	const type = ctx.getNodeParameter('format', itemIndex) as TextMessage['type'];
	const options = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	const { longText = 'split', keepMarkdown } = options;
	const context = sendContext({
		ctx,
		itemIndex,
		adapter: adapterOf(platform),
		via: 'reply',
		replyTo,
		message: { type, text: spokenAnswer(answer), ...(keepMarkdown && { keepMarkdown }) },
		longText,
		origin: 'model',
		seed,
		collected,
		mayBeOut: before === 'unknown',
	});
	return { answer, delivery: await deliver(context) };
}

/**
 * One person's messages to one node belong together. One that is tried again, from the queue, by n8n or by
 * the platform, may be answered already under its own key, and gets an answer of its own.
 */
function collectKeyOf({ ctx, itemIndex, message, text }: Question): string | undefined {
	const { meanwhile = 'collect' } = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	const { sender } = message as Partial<AnswerableMessage>;
	const isRepeated = 'retry' in message || isFromBefore(ctx, message);
	if (meanwhile !== 'collect' || !sender?.id || !text.trim() || isRepeated) return undefined;
	return JSON.stringify([ctx.getNode().id, sender.id]);
}
