import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { testGroupRobot } from '../shared/http/robotAddress';
import { authenticationField, usedBy, type BotOperation } from '../shared/node/authentication';
import { describeOperations, runOperation } from '../shared/node/operations';
import { testAiBot, testApp } from './credentialTest';
import { reply } from './operations/message/reply';
import { send } from './operations/message/send';

/** In the order of the panel. */
const operations: BotOperation[] = [reply, send];
const { inputs, outputs, properties } = describeOperations(operations, send);

export class WeCom implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WeCom',
		name: 'weCom',
		icon: { light: 'file:weCom.svg', dark: 'file:weCom.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description: 'Send and answer messages on WeCom (企业微信)',
		defaults: { name: 'WeCom' },
		usableAsTool: true,
		inputs,
		outputs,
		credentials: [
			{
				name: 'weComGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: usedBy('groupRobot', operations),
			},
			{
				// Not required: an AI bot’s message brings its own URL to answer at.
				// One entry for Send and Reply, because n8n looks at the first one of a name only; a reply
				// has no `authentication`.
				name: 'weComAppApi',
				testedBy: 'testApp',
				displayOptions: usedBy('app', operations),
			},
			{
				// Not required: only what came by a long connection is answered by one.
				name: 'weComAiBotApi',
				testedBy: 'testAiBot',
				displayOptions: { hide: { operation: [send.option.value] } },
			},
		],
		properties: [
			authenticationField(operations, {
				app: 'A self-built app (自建应用)',
				groupRobot: 'A robot of one group (群机器人, 消息推送)',
			}),
			...properties,
		],
	};

	methods = {
		credentialTest: {
			testAiBot,
			testApp,
			testGroupRobot: testGroupRobot(/[?&]key=\w/, 'key'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
