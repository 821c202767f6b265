import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';
import type { FailureClass } from '../../../protocol/errors';
import { MAX_ROBOT_BYTES, maxBytes, robotBody } from '../../../protocol/feishu/encode';
import type { OutgoingMessage } from '../../../protocol/message';
import { idempotencyKey } from '../../../protocol/text';
import { sendContent } from '../../shared/fields';
import { inParts, readOutgoing, sendSeed, splitList, type Delivery } from '../../shared/outgoing';
import { failureOf } from '../../shared/transport';
import { callGroupRobot } from '../api';
import { sendTo, type ReceiveIdType } from '../reply';

const showForApp = {
	show: { resource: ['message'], operation: ['send'], authentication: ['app'] },
};
const showForUsers = { show: { ...showForApp.show, sendTo: ['users'] } };

export const sendProperties: INodeProperties[] = [
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
	...sendContent,
];

export async function send(ctx: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const byApp = ctx.getNodeParameter('authentication', itemIndex) === 'app';
	const delivery = byApp ? await sendByApp(ctx, itemIndex) : await sendByRobot(ctx, itemIndex);
	return { delivery: delivery as unknown as IDataObject };
}

async function sendByRobot(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const message = readOutgoing(ctx, itemIndex);
	const sent = await inParts(ctx, itemIndex, message, MAX_ROBOT_BYTES, async (part) => {
		await callGroupRobot(ctx, robotBody(part), itemIndex);
		return undefined;
	});
	return { platform: 'feishu', via: 'groupRobot', ...sent, at: new Date().toISOString() };
}

async function sendByApp(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const message = readOutgoing(ctx, itemIndex);
	const { type, ids } = readReceivers(ctx, itemIndex);
	const limit = maxBytes(message.outgoing.format);
	const seed = sendSeed(ctx, itemIndex);
	const sent = { messageIds: [] as string[], parts: 0 };
	const failures: Failed[] = [];
	for (const id of ids) {
		const work = async (part: OutgoingMessage, index: number): Promise<string> => {
			const uuid = idempotencyKey(seed, type, id, String(index));
			return await sendTo(ctx, { type, id }, part, uuid, itemIndex);
		};
		try {
			const { messageIds, parts } = await inParts(ctx, itemIndex, message, limit, work);
			sent.messageIds.push(...messageIds);
			sent.parts = parts;
		} catch (error) {
			failures.push({ id, error });
			if (!concernsOnePerson(error)) break;
		}
	}
	const refused = refusedPeople(failures, ids.length);
	const at = new Date().toISOString();
	return { platform: 'feishu', via: 'app', ...sent, ...(refused && { refused }), at };
}

interface Failed {
	id: string;
	error: unknown;
}

const PERSONAL: ReadonlySet<FailureClass> = new Set<FailureClass>([
	'targetGone',
	'permissionDenied',
]);

/** Whether the others may still be reached: anything else would hit each of them. */
function concernsOnePerson(error: unknown): boolean {
	const failure = failureOf(error);
	return failure !== undefined && PERSONAL.has(failure.class);
}

/** Who was left out. Throws where nobody was reached or the failure is not about single people. */
function refusedPeople(failures: Failed[], people: number): Delivery['refused'] {
	const last = failures.at(-1);
	if (!last) return undefined;
	if (failures.length === people || !concernsOnePerson(last.error)) throw last.error;
	const reasons = failures.map(({ id, error }) => `${id}: ${(error as Error).message}`);
	return { users: failures.map(({ id }) => id), reason: reasons.join('; ') };
}

function readReceivers(
	ctx: IExecuteFunctions,
	itemIndex: number,
): { type: ReceiveIdType; ids: string[] } {
	if (ctx.getNodeParameter('sendTo', itemIndex) === 'group') {
		const id = (ctx.getNodeParameter('conversationId', itemIndex) as string).trim();
		if (id) return { type: 'chat_id', ids: [id] };
		throw new NodeOperationError(ctx.getNode(), 'Conversation ID is empty', { itemIndex });
	}
	const type = ctx.getNodeParameter('userIdType', itemIndex) as ReceiveIdType;
	const ids = splitList(ctx.getNodeParameter('userIds', itemIndex) as string);
	if (ids.length > 0) return { type, ids };
	throw new NodeOperationError(ctx.getNode(), 'User IDs is empty', { itemIndex });
}
