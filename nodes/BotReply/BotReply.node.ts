import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { replyContent } from '../shared/node/fields';
import { incomingMessage } from '../shared/conversation/incoming';
import { eachItem } from '../shared/node/items';
import { Slots } from '../shared/conversation/lane';
import { readOutgoing } from '../shared/send/outgoing';
import { newSending, replySeed } from '../shared/send/sending';
import { turnsOf } from '../shared/conversation/turns';
import { replyCredentials, replyOnPlatform } from '../platforms/registry';
import { SENDING_MS, turnOf } from '../shared/conversation/turn';

/** Replies of one run that are under way at once. */
const CONCURRENCY = 50;

export class BotReply implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bot Reply',
		name: 'botReply',
		icon: { light: 'file:botReply.svg', dark: 'file:botReply.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.text ? "fixed text" : "the item’s answer" }}',
		description: 'Answer a message on the platform that it came from: DingTalk, Feishu or WeCom',
		defaults: { name: 'Bot Reply' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: replyCredentials,
		properties: replyContent,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const turns = turnsOf(this);
		const slots = new Slots(CONCURRENCY);
		const results = await eachItem(this, Infinity, async (_, index) => {
			const incoming = incomingMessage(this, index);
			const { replyTo } = incoming;
			const message = readOutgoing(this, index);
			const claim = replySeed(this, replyTo, message.outgoing.text);
			const answered = await turns.take({
				...turnOf(this, incoming),
				claim,
				slots,
				maxMs: SENDING_MS,
				answer: async () => ({
					delivery: await replyOnPlatform(this, replyTo, newSending(message, claim), index),
				}),
			});
			return answered as unknown as IDataObject;
		});
		return [results];
	}
}
