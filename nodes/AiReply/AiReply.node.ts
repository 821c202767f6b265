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
import { formatField, longTextField } from '../shared/node/fields';
import {
	incomingMessage,
	isFromBefore,
	type AnswerableMessage,
} from '../shared/conversation/incoming';
import { eachItem } from '../shared/node/items';
import { Slots, type Answered } from '../shared/conversation/lane';
import {
	ask,
	concurrencyOf,
	modelOptions,
	modelProperties,
	searchModels,
	timeoutOf,
} from '../shared/model/model';
import { outAlready } from '../shared/send/outgoing';
import { newSending, replySeed, type LongText } from '../shared/send/sending';
import { sendForAll, wasCollected } from '../shared/send/sentRecord';
import { turnsOf } from '../shared/conversation/turns';
import type { TextMessage } from '../../protocol/outgoing';
import { replyCredentials, replyOnPlatform } from '../platforms/registry';
import { SENDING_MS, turnOf } from '../shared/conversation/turn';

const credentials: INodeCredentialDescription[] = [
	{ name: 'clawBotModelApi', displayName: 'Model API', required: true },
	...replyCredentials,
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
	longText?: LongText;
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
		subtitle: '={{ $parameter.model.value || "recommended model" }}',
		description: 'Let a large model answer messages, each on the platform that it came from',
		defaults: { name: 'AI Reply' },
		usableAsTool: true,
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
				options: [longTextField, meanwhileField, ...modelOptions],
			},
		],
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const turns = turnsOf(this);
		const slots = new Slots(concurrencyOf(this));
		// All at once: what waits for its turn must not keep others from the model.
		const results = await eachItem(this, Infinity, async (_, index) => {
			const message = incomingMessage(this, index);
			const answered = await turns.take({
				...turnOf(this, message),
				claim: replySeed(this, message.replyTo),
				collect: collectOf(this, message, index),
				slots,
				maxMs: timeoutOf(this, index) + SENDING_MS,
				answer: async (...question) => await answer(this, message, question, index),
			});
			return answered as unknown as IDataObject;
		});
		return [results];
	}
}

async function answer(
	ctx: IExecuteFunctions,
	message: AnswerableMessage,
	[question, earlier]: [text: string, earlier: string[]],
	itemIndex: number,
): Promise<Answered> {
	const { replyTo } = message;
	const seed = replySeed(ctx, replyTo);
	const before = isFromBefore(ctx, message) ? await wasCollected(ctx, seed) : 'nothing';
	if (before === 'sent') return { delivery: outAlready(replyTo.platform) };
	const answer = await ask(ctx, question, itemIndex);
	const type = ctx.getNodeParameter('format', itemIndex) as TextMessage['type'];
	const { longText = 'split' } = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	const outgoing = { type, text: answer.text };
	const sending = newSending({ outgoing, longText }, seed, 'model');
	sending.mayBeOut = before === 'unknown';
	const delivery = await sendForAll(
		ctx,
		earlier,
		sending,
		async () => await replyOnPlatform(ctx, replyTo, sending, itemIndex),
	);
	return { answer, delivery };
}

/**
 * One person's messages to one node belong together. One that is tried again, from the queue, by n8n or by
 * the platform, may be answered already under its own key, and gets an answer of its own.
 */
function collectOf(
	ctx: IExecuteFunctions,
	message: AnswerableMessage,
	itemIndex: number,
): string | undefined {
	const { meanwhile = 'collect' } = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	const { sender, text } = message as Partial<AnswerableMessage>;
	const isRepeated = 'retry' in message || isFromBefore(ctx, message);
	if (meanwhile !== 'collect' || !sender?.id || !text?.trim() || isRepeated) return undefined;
	return JSON.stringify([ctx.getNode().id, sender.id]);
}
