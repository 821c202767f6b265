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
import { replyOnWeCom } from './send/reply';

const operations = {
	message: { send, reply: replyOperation('wecom', 'WeCom', replyOnWeCom) },
};

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
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// `hide`, not `show`: of the fields that a credential names under `show`, n8n’s editor leaves those
		// out of the panel that their own visibility depends on, and `authentication` itself.
		credentials: [
			{
				name: 'weComGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: { hide: { authentication: ['app'], operation: ['reply'] } },
			},
			{
				// Not required: an AI bot’s message brings its own URL to answer at.
				// One entry for Send and Reply, because n8n looks at the first one of a name only; a reply
				// has no `authentication`.
				name: 'weComAppApi',
				displayOptions: { hide: { authentication: ['groupRobot'] } },
			},
		],
		properties: [
			authenticationField({
				app: 'A self-built app (自建应用)',
				groupRobot: 'A robot of one group (群机器人, 消息推送)',
			}),
			...messageOperations,
			...sendProperties,
			...replyContent(showForReply),
		],
	};

	methods = {
		credentialTest: { testGroupRobot: testGroupRobot(/[?&]key=\w/, 'key') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
