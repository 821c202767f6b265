import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { testGroupRobot } from '../shared/http/robotAddress';
import {
	authenticationField,
	messageOperations,
	replyContent,
	showForReply,
} from '../shared/node/fields';
import { replyOperation } from '../shared/send/replyOperation';
import { runOperation } from '../shared/node/router';
import { send, sendProperties } from './operations/message/send';
import { replyOnFeishu } from './send/reply';

const operations = {
	message: { send, reply: replyOperation('feishu', 'Feishu', replyOnFeishu) },
};

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
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// `hide`, not `show`: of the fields that a credential names under `show`, n8n’s editor leaves those
		// out of the panel that their own visibility depends on, and `authentication` itself.
		credentials: [
			{
				name: 'feishuGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: { hide: { authentication: ['app'], operation: ['reply'] } },
			},
			{
				// n8n looks at the first entry of a name only, therefore one serves Send by the app and Reply,
				// which has no `authentication`.
				name: 'feishuAppApi',
				required: true,
				displayOptions: { hide: { authentication: ['groupRobot'] } },
			},
		],
		properties: [
			authenticationField({
				app: 'The bot of an app (企业自建应用)',
				groupRobot: 'A custom robot of one group (自定义机器人)',
			}),
			...messageOperations,
			...sendProperties,
			...replyContent(showForReply),
		],
	};

	methods = {
		credentialTest: { testGroupRobot: testGroupRobot(/\/hook\/[\w-]+/, 'token') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
