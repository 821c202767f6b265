import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Target } from '../../../../core/delivery/delivery';
import { showForApp } from '../../../shared/node/fields';
import { sendOperation } from '../../../shared/send/sendOperation';
import { feishu } from '../../platform';
import { splitList } from '../../../../protocol/text';

const showForUsers = { show: { ...showForApp.show, sendTo: ['users'] } };

const targetFields: INodeProperties[] = [
	{
		displayName: 'Send To',
		name: 'sendTo',
		type: 'options',
		options: [
			{ name: 'Group', value: 'group', description: 'A group that the bot is a member of' },
			{ name: 'People', value: 'users', description: 'Each in a conversation with the bot' },
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
		placeholder: 'ou_1, ou_2',
		description: 'Whom to write to, separated by commas; messages from the trigger carry Open IDs',
		displayOptions: showForUsers,
	},
	{
		displayName: 'User ID Type',
		name: 'userIdType',
		type: 'options',
		options: [
			{ name: 'Email', value: 'email', description: 'The business email address (企业邮箱)' },
			{ name: 'Open ID', value: 'open_id', description: 'The ID for this app, begins with ou_' },
			{
				name: 'Union ID',
				value: 'union_id',
				description: 'The ID for one developer, begins with on_',
			},
			{ name: 'User ID', value: 'user_id', description: 'The ID in the company (用户 ID)' },
		],
		default: 'open_id',
		description: 'What the user IDs are',
		displayOptions: showForUsers,
	},
	{
		displayName: 'Conversation ID',
		name: 'conversationId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'oc_…',
		description: 'Chat ID (chat_id) of the group; messages from the trigger carry it',
		displayOptions: { show: { ...showForApp.show, sendTo: ['group'] } },
	},
];

export const send = sendOperation(feishu, targetFields, readTarget);

function readTarget(ctx: IExecuteFunctions, itemIndex: number): Target {
	if (ctx.getNodeParameter('sendTo', itemIndex) === 'group') {
		const id = (ctx.getNodeParameter('conversationId', itemIndex) as string).trim();
		return { type: 'chat', ids: id ? [id] : [] };
	}
	const idType = ctx.getNodeParameter('userIdType', itemIndex) as Target['idType'];
	const ids = splitList(ctx.getNodeParameter('userIds', itemIndex) as string);
	return { type: 'users', ids, idType };
}
