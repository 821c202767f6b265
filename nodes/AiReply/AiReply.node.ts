import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeCredentialDescription,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { formatField, longTextField } from '../shared/fields';
import { incomingMessage } from '../shared/incoming';
import { eachItem } from '../shared/items';
import { ask, concurrencyOf, modelOptions, modelProperties, searchModels } from '../shared/model';
import { newSending, replySeed, type LongText } from '../shared/sending';
import { replyCredentials, replyOnPlatform } from '../BotReply/platforms';

const credentials: INodeCredentialDescription[] = [
	{ name: 'clawBotModelApi', displayName: 'Model API', required: true },
	...replyCredentials,
];

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
				options: [longTextField, ...modelOptions],
			},
		],
	};

	methods = { listSearch: { searchModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await eachItem(this, concurrencyOf(this), async (_, index) => {
			const { replyTo, text } = incomingMessage(this, index);
			const answer = await ask(this, text, index);
			const format = this.getNodeParameter('format', index) as 'text' | 'markdown';
			const { longText = 'split' } = this.getNodeParameter('options', index, {}) as {
				longText?: LongText;
			};
			const outgoing = { format, text: answer.text };
			const sending = newSending({ outgoing, longText }, replySeed(this, replyTo));
			const delivery = await replyOnPlatform(this, replyTo, sending, index);
			return {
				answer: answer as unknown as IDataObject,
				delivery: delivery as unknown as IDataObject,
			};
		});
		return [results];
	}
}
