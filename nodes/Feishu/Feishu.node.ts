import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { testGroupRobot } from '../shared/http/robotAddress';
import { authenticationField, usedBy, type BotOperation } from '../shared/node/authentication';
import { describeOperations, runOperation } from '../shared/node/operations';
import { testApp } from './credentialTest';
import { addReaction } from './operations/message/addReaction';
import { reply } from './operations/message/reply';
import { send } from './operations/message/send';

/** In the order of the panel. */
const operations: BotOperation[] = [addReaction, reply, send];
const { inputs, outputs, properties } = describeOperations(operations, send);

export class Feishu implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Feishu',
		name: 'feishu',
		icon: { light: 'file:feishu.svg', dark: 'file:feishu.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description: 'Send and answer messages on Feishu (飞书) or Lark',
		defaults: { name: 'Feishu' },
		usableAsTool: true,
		inputs,
		outputs,
		credentials: [
			{
				name: 'feishuGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: usedBy('groupRobot', operations),
			},
			{
				// n8n looks at the first entry of a name only, therefore one serves Send by the app and Reply,
				// which has no `authentication`.
				name: 'feishuAppApi',
				testedBy: 'testApp',
				required: true,
				displayOptions: usedBy('app', operations),
			},
		],
		properties: [
			authenticationField(operations, {
				app: 'The bot of an app (企业自建应用)',
				groupRobot: 'A custom robot of one group (自定义机器人)',
			}),
			...properties,
		],
	};

	methods = {
		credentialTest: { testApp, testGroupRobot: testGroupRobot(/\/hook\/[\w-]+/, 'token') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
