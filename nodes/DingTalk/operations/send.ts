import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';
import { TEXT_LIMIT, robotBody, robotTextLimit } from '../../../protocol/dingtalk/encode';
import { idempotencyKey } from '../../../protocol/text';
import { sendContent } from '../../shared/fields';
import {
	inParts,
	mergeRefused,
	readOutgoing,
	sendSeed,
	splitList,
	type Delivery,
} from '../../shared/outgoing';
import { callGroupRobot } from '../api';
import { sendToGroup, sendToUsers } from '../reply';

const showForApp = {
	show: { resource: ['message'], operation: ['send'], authentication: ['app'] },
};

/** DingTalk sends one message to at most 20 people. */
const MAX_USERS = 20;

export const sendProperties: INodeProperties[] = [
	{
		displayName: 'Send To',
		name: 'sendTo',
		type: 'options',
		options: [
			{ name: 'Group', value: 'group', description: 'A group that the robot is a member of' },
			{ name: 'People', value: 'users', description: 'Each in a conversation with the robot' },
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
		description: 'At most 20 user IDs (userId, 员工 UserID), separated by commas',
		displayOptions: { show: { ...showForApp.show, sendTo: ['users'] } },
	},
	{
		displayName: 'Conversation ID',
		name: 'conversationId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'cid…',
		description:
			'Open conversation ID (openConversationId) of the group; messages from the trigger carry it',
		displayOptions: { show: { ...showForApp.show, sendTo: ['group'] } },
	},
	...sendContent,
];

export async function send(ctx: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const byApp = ctx.getNodeParameter('authentication', itemIndex) === 'app';
	const delivery = byApp ? await sendByApp(ctx, itemIndex) : await sendByRobot(ctx, itemIndex);
	return { delivery: delivery as unknown as IDataObject };
}

async function sendByRobot(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const seed = sendSeed(ctx, itemIndex);
	const message = readOutgoing(ctx, itemIndex);
	const limit = robotTextLimit(message.outgoing);
	const sent = await inParts(ctx, itemIndex, message, limit, async (part, index) => {
		// People are mentioned once, however many parts the text takes.
		const { format, text, title } = part;
		const key = idempotencyKey(seed, String(index));
		const body = robotBody(index === 0 ? part : { format, text, title }, key);
		await callGroupRobot(ctx, body, itemIndex);
		return undefined;
	});
	return { platform: 'dingtalk', via: 'groupRobot', ...sent, at: new Date().toISOString() };
}

async function sendByApp(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const message = readOutgoing(ctx, itemIndex);
	const toGroup = ctx.getNodeParameter('sendTo', itemIndex) === 'group';
	let refused: Delivery['refused'];
	const sent = await inParts(ctx, itemIndex, message, TEXT_LIMIT, async (part) => {
		if (toGroup) {
			const conversationId = ctx.getNodeParameter('conversationId', itemIndex) as string;
			return await sendToGroup(ctx, conversationId, part, itemIndex);
		}
		const result = await sendToUsers(ctx, readUsers(ctx, itemIndex), part, itemIndex);
		refused = mergeRefused(refused, result.refused);
		return result.messageId;
	});
	return {
		platform: 'dingtalk',
		via: 'app',
		...sent,
		...(refused && { refused }),
		at: new Date().toISOString(),
	};
}

function readUsers(ctx: IExecuteFunctions, itemIndex: number): string[] {
	const users = splitList(ctx.getNodeParameter('userIds', itemIndex) as string);
	if (users.length >= 1 && users.length <= MAX_USERS) return users;
	throw new NodeOperationError(
		ctx.getNode(),
		`DingTalk sends to 1 to ${MAX_USERS} people at once; User IDs has ${users.length}`,
		{ itemIndex },
	);
}
