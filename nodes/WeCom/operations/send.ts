import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';
import { robotBody, robotTextLimit, type Recipients } from '../../../protocol/wecom/encode';
import { sendContent } from '../../shared/fields';
import { inParts, readOutgoing, sendSeed, splitList, type Delivery } from '../../shared/outgoing';
import { callGroupRobot } from '../api';
import { sendByApp } from '../reply';

const showForApp = {
	show: { resource: ['message'], operation: ['send'], authentication: ['app'] },
};

/** How the three kinds of recipients are named, and how many WeCom takes at once. */
const RECIPIENTS = {
	users: { parameter: 'userIds', field: 'touser', max: 1000, what: 'people' },
	departments: { parameter: 'departmentIds', field: 'toparty', max: 100, what: 'departments' },
	tags: { parameter: 'tagIds', field: 'totag', max: 100, what: 'tags' },
} as const;

export const sendProperties: INodeProperties[] = [
	{
		displayName: 'Send To',
		name: 'sendTo',
		type: 'options',
		options: [
			{ name: 'Departments', value: 'departments', description: 'Everybody in them (部门)' },
			{ name: 'People', value: 'users', description: 'Each in a conversation with the app' },
			{ name: 'Tags', value: 'tags', description: 'Everybody who has them (标签)' },
		],
		default: 'users',
		displayOptions: showForApp,
	},
	{
		displayName: 'User IDs',
		name: 'userIds',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'user1, user2',
		description:
			'At most 1000 user IDs (UserId, 账号), separated by commas; @all for everybody in the app’s range',
		displayOptions: { show: { ...showForApp.show, sendTo: ['users'] } },
	},
	{
		displayName: 'Department IDs',
		name: 'departmentIds',
		type: 'string',
		default: '',
		required: true,
		placeholder: '2, 3',
		description: 'At most 100 department IDs (部门 ID), separated by commas',
		displayOptions: { show: { ...showForApp.show, sendTo: ['departments'] } },
	},
	{
		displayName: 'Tag IDs',
		name: 'tagIds',
		type: 'string',
		default: '',
		required: true,
		placeholder: '1, 2',
		description: 'At most 100 tag IDs (标签 ID), separated by commas',
		displayOptions: { show: { ...showForApp.show, sendTo: ['tags'] } },
	},
	...sendContent,
];

export async function send(ctx: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const byApp = ctx.getNodeParameter('authentication', itemIndex) === 'app';
	const delivery = byApp
		? await sendByApp(
				ctx,
				readRecipients(ctx, itemIndex),
				readOutgoing(ctx, itemIndex),
				sendSeed(ctx, itemIndex),
				itemIndex,
			)
		: await sendByRobot(ctx, itemIndex);
	return { delivery: delivery as unknown as IDataObject };
}

async function sendByRobot(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const message = readOutgoing(ctx, itemIndex);
	const { outgoing } = message;
	if (outgoing.format === 'markdown' && outgoing.mentionAll) {
		throw new NodeOperationError(
			ctx.getNode(),
			'WeCom cannot mention everybody in a Markdown message',
			{ itemIndex, description: 'Set Format to Text, or switch Mention Everybody off.' },
		);
	}
	const limit = robotTextLimit(outgoing);
	const sent = await inParts(ctx, itemIndex, message, limit, async (part, index) => {
		// People are mentioned once, however many parts the text takes.
		const { format, text } = part;
		await callGroupRobot(ctx, robotBody(index === 0 ? part : { format, text }), itemIndex);
		return undefined;
	});
	return { platform: 'wecom', via: 'groupRobot', ...sent, at: new Date().toISOString() };
}

function readRecipients(ctx: IExecuteFunctions, itemIndex: number): Recipients {
	const sendTo = ctx.getNodeParameter('sendTo', itemIndex) as keyof typeof RECIPIENTS;
	const { parameter, field, max, what } = RECIPIENTS[sendTo];
	const ids = splitList(String(ctx.getNodeParameter(parameter, itemIndex)));
	if (ids.length >= 1 && ids.length <= max) return { [field]: ids.join('|') };
	throw new NodeOperationError(
		ctx.getNode(),
		`WeCom sends to 1 to ${max} ${what} at once; there are ${ids.length}`,
		{ itemIndex },
	);
}
