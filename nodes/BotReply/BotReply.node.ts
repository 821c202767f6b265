import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { replyContent } from '../shared/fields';
import { incomingMessage } from '../shared/incoming';
import { eachItem } from '../shared/items';
import { readOutgoing } from '../shared/outgoing';
import { newSending, replySeed } from '../shared/sending';
import { replyCredentials, replyOnPlatform } from './platforms';

/** Replies of one run that are under way at once. */
const CONCURRENCY = 50;

export class BotReply implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bot Reply',
		name: 'botReply',
		icon: { light: 'file:botReply.svg', dark: 'file:botReply.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.text ? "fixed text" : "answer of the model" }}',
		description: 'Answer a message on the platform that it came from: DingTalk, Feishu or WeCom',
		defaults: { name: 'Bot Reply' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: replyCredentials,
		properties: replyContent(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await eachItem(this, CONCURRENCY, async (_, index) => {
			const { replyTo } = incomingMessage(this, index);
			const message = readOutgoing(this, index);
			const sending = newSending(message, replySeed(this, replyTo, message.outgoing.text));
			const delivery = await replyOnPlatform(this, replyTo, sending, index);
			return { delivery: delivery as unknown as IDataObject };
		});
		return [results];
	}
}
