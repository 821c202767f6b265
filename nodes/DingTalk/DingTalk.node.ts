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
import { reply } from './operations/message/reply';
import { send } from './operations/message/send';

/** In the order of the panel. */
const operations: BotOperation[] = [reply, send];
const { inputs, outputs, properties } = describeOperations(operations, send);

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
		inputs,
		outputs,
		credentials: [
			{
				name: 'dingTalkGroupRobotApi',
				required: true,
				testedBy: 'testGroupRobot',
				displayOptions: usedBy('groupRobot', operations),
			},
			{
				// Not required: a reply goes through the message’s own session for 90 minutes.
				// One entry for Send and Reply, because n8n looks at the first one of a name only; a reply
				// has no `authentication`.
				name: 'dingTalkAppApi',
				testedBy: 'testApp',
				displayOptions: usedBy('app', operations),
			},
		],
		properties: [
			authenticationField(operations, {
				app: 'The robot of an app (企业内部应用)',
				groupRobot: 'A custom robot of one group (自定义机器人)',
			}),
			...properties,
		],
	};

	methods = {
		credentialTest: {
			testApp,
			testGroupRobot: testGroupRobot(/access_token=\w/, 'access_token', 'SEC'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
