import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Target } from '../../../../core/delivery/delivery';
import { showForApp } from '../../../shared/node/fields';
import { sendOperation } from '../../../shared/send/sendOperation';
import { dingTalk } from '../../platform';
import { splitList } from '../../../../protocol/text';

const targetFields: INodeProperties[] = [
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
];

export const send = sendOperation(dingTalk, targetFields, readTarget);

function readTarget(ctx: IExecuteFunctions, itemIndex: number): Target {
	if (ctx.getNodeParameter('sendTo', itemIndex) === 'group') {
		const id = (ctx.getNodeParameter('conversationId', itemIndex) as string).trim();
		return { type: 'chat', ids: id ? [id] : [] };
	}
	const ids = splitList(ctx.getNodeParameter('userIds', itemIndex) as string);
	return { type: 'users', ids };
}
