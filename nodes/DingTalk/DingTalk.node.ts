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
import { replyOnDingTalk } from './send/reply';

const operations = {
	message: { send, reply: replyOperation('dingtalk', 'DingTalk', replyOnDingTalk) },
};

export class DingTalk implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DingTalk',
		name: 'dingTalk',
		icon: { light: 'file:dingTalk.svg', dark: 'file:dingTalk.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description: 'Send and answer messages on DingTalk (钉钉)',
		defaults: { name: 'DingTalk' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// `hide`, not `show`: of the fields that a credential names under `show`, n8n’s editor leaves those
		// out of the panel that their own visibility depends on, and `authentication` itself.
		credentials: [
			{
				name: 'dingTalkGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: { hide: { authentication: ['app'], operation: ['reply'] } },
			},
			{
				// Not required: a reply goes through the message’s own session for 90 minutes.
				// One entry for Send and Reply, because n8n looks at the first one of a name only; a reply
				// has no `authentication`.
				name: 'dingTalkAppApi',
				displayOptions: { hide: { authentication: ['groupRobot'] } },
			},
		],
		properties: [
			authenticationField({
				app: 'The robot of an app (企业内部应用)',
				groupRobot: 'A custom robot of one group (自定义机器人)',
			}),
			...messageOperations,
			...sendProperties,
			...replyContent(showForReply),
		],
	};

	methods = {
		credentialTest: { testGroupRobot: testGroupRobot(/access_token=\w/, 'access_token') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
