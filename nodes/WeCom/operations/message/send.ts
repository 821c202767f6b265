import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Target } from '../../../../core/delivery/delivery';
import { showForApp } from '../../../shared/node/fields';
import { sendOperation } from '../../../shared/send/sendOperation';
import { weCom } from '../../platform';
import { splitList } from '../../../../protocol/text';

/** The field that names each kind of recipients. */
const PARAMETERS = { users: 'userIds', departments: 'departmentIds', tags: 'tagIds' } as const;

const targetFields: INodeProperties[] = [
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
];

export const send = sendOperation(weCom, targetFields, readTarget);

function readTarget(ctx: IExecuteFunctions, itemIndex: number): Target {
	const type = ctx.getNodeParameter('sendTo', itemIndex) as keyof typeof PARAMETERS;
	const ids = splitList(String(ctx.getNodeParameter(PARAMETERS[type], itemIndex)));
	return { type, ids };
}
