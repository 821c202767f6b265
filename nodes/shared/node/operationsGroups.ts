import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { asFields, asText } from '../../../protocol/fields';
import { platformOptions } from './fields';
import type { OperatorRequest } from './operators';

/* The groups whose members may give commands. */

interface Group {
	platform?: string;
	conversationId?: string;
}

/**
 * The list of conversations whose members may give commands.
 * @param description what they may, and that nobody else gets an answer
 */
export function operationsGroupsField(description: string): INodeProperties {
	return {
		displayName: 'Operations Groups',
		name: 'operationsGroups',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		noDataExpression: true,
		placeholder: 'Add group',
		default: {},
		description,
		options: [
			{
				displayName: 'Group',
				name: 'groups',
				values: [
					{
						displayName: 'Platform',
						name: 'platform',
						type: 'options',
						noDataExpression: true,
						options: platformOptions,
						default: 'dingtalk',
					},
					{
						displayName: 'Conversation ID',
						name: 'conversationId',
						type: 'string',
						noDataExpression: true,
						default: '',
						description:
							'The conversationId of a message from this group, as an execution of its trigger shows it',
					},
				],
			},
		],
	};
}

/** A conversation that may not give commands is told so once in this time. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** More of them a day than this are strangers who try: they hear nothing. */
const MOST_STRANGERS = 200;
const told = new Map<string, number>();

function isFirstToday(conversation: string, now: number): boolean {
	for (const [other, at] of told) if (now - at >= DAY_MS) told.delete(other);
	if (told.has(conversation) || told.size >= MOST_STRANGERS) return false;
	told.set(conversation, now);
	return true;
}

/**
 * The messages that were written in one of the operations groups, none while the list is empty; and what is
 * answered to others, so that somebody who sets this up learns which id to enter.
 */
export function commandsOfGroups(ctx: IExecuteFunctions): {
	requests: OperatorRequest[];
	refusals: IDataObject[];
} {
	const { groups = [] } = ctx.getNodeParameter('operationsGroups', 0, {}) as { groups?: Group[] };
	const allowed = groups.filter(
		({ platform, conversationId }) => platform && conversationId?.trim(),
	);
	// Somebody's direct conversation can have the id of a group.
	const mayAsk = ({ platform, conversationId, conversationType }: IDataObject): boolean =>
		conversationType === 'group' &&
		allowed.some(
			(group) => platform === group.platform && conversationId === group.conversationId?.trim(),
		);
	const messages = ctx.getInputData().map(({ json }) => json);
	const { id, name } = ctx.getWorkflow();
	const refused = messages.filter(
		(message) => !mayAsk(message) && isFirstToday(`${id} ${whereOf(message)}`, Date.now()),
	);
	return {
		requests: messages.filter(mayAsk).map((message) => ({ admitted: true, message })),
		refusals: refused.map((message) => ({
			...message,
			answer: { text: refusalOf(message, name) },
		})),
	};
}

const whereOf = ({ platform, conversationId }: IDataObject): string =>
	`${asText(platform)} ${asText(conversationId)}`;

/** WeCom brings no group's messages to an app: whoever writes to one has no group to go to with it. */
const NO_GROUPS =
	'企业微信的自建应用收不到群消息：请在智能机器人所在的群，或其他平台的群中使用。 A WeCom app is in no group: write them in a group with an AI bot, or on another platform.';

const refusalOf = (
	{ platform, conversationId, conversationType, replyTo }: IDataObject,
	workflow = '',
): string => {
	const words = '此会话不能使用运维命令。 Commands of operators are not allowed here.';
	if (platform === 'wecom' && asFields(replyTo).bot === 'app') return `${words}\n${NO_GROUPS}`;
	if (conversationType !== 'group') return `${words}\n请在运维群中使用。 Write them in a group.`;
	return [
		words,
		`platform: ${asText(platform)}`,
		`conversationId: ${asText(conversationId)}`,
		`要允许：在 n8n 工作流「${workflow}」的 Operations Groups 中添加它。 To allow it, add it there.`,
	].join('\n');
};
