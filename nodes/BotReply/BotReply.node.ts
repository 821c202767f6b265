import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { adapterOf, botCredentials } from '../platforms/registry';
import { inRun, type Run } from '../shared/conversation/run';
import { SENDING_MS, turnRequest } from '../shared/conversation/turn';
import { turnsOf } from '../shared/conversation/turns';
import { replyContent } from '../shared/node/fields';
import { incomingMessage } from '../shared/node/incoming';
import { eachItem } from '../shared/node/items';
import { readReply } from '../shared/send/content';
import { deliver } from '../shared/send/deliver';

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
		// No AI tool: an agent’s tools have no message before them that could be answered.
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: botCredentials,
		properties: replyContent,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await inRun(this, CONCURRENCY, async (run) => {
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
	const adapter = adapterOf(replyTo.platform);
	const context = readReply(ctx, itemIndex, { adapter, replyTo });
	const fields = await turnsOf(ctx).take({
		...turnRequest(ctx, adapter, message),
		answerKey: context.seed,
		run,
		maxMs: SENDING_MS,
		answer: async () => ({ delivery: await deliver(context) }),
	});
	return fields as unknown as IDataObject;
}
