import type {
	DisplayCondition,
	IExecuteFunctions,
	INodeProperties,
	NodeParameterValue,
} from 'n8n-workflow';
import { asFields, asText, type Fields } from '../../../protocol/fields';
import { platformOptions } from './fields';
import { inputField } from './operations';

/* Commands that operators write in a chat, or send from a page: who may, and what was asked. */

/** What an operation is asked, as the check of who asks passed it on. */
export interface Request {
	/** Set by the check alone: a message that came another way was not checked. */
	admitted?: boolean;
	[field: string]: unknown;
}

interface Group {
	platform?: string;
	conversationId?: string;
}

/**
 * The list of conversations whose members may.
 * @param description what they may, and that nobody else gets an answer
 */
export function operationsGroupsField(
	description: string,
	show: Record<string, Array<NodeParameterValue | DisplayCondition>>,
): INodeProperties {
	return {
		displayName: 'Operations Groups',
		name: 'operationsGroups',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		noDataExpression: true,
		placeholder: 'Add group',
		default: {},
		description,
		displayOptions: { show },
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

/** The messages that were written in one of the operations groups. Nobody may while the list is empty. */
export function requestsOfOperations(ctx: IExecuteFunctions): Request[] {
	const { groups = [] } = ctx.getNodeParameter('operationsGroups', 0, {}) as { groups?: Group[] };
	const allowed = groups.filter(
		({ platform, conversationId }) => platform && conversationId?.trim(),
	);
	return ctx
		.getInputData()
		.filter(({ json }) =>
			allowed.some(
				({ platform, conversationId }) =>
					json.platform === platform && json.conversationId === conversationId?.trim(),
			),
		)
		.map(({ json }) => ({ admitted: true, message: json }));
}

/** What was asked, from the field Requests. Anything that was not admitted is left out. */
export function requestsIn(ctx: IExecuteFunctions): Request[] {
	const requests: unknown = ctx.getNodeParameter('requests', 0);
	return (Array.isArray(requests) ? (requests as Request[]) : []).filter(
		(request) => request?.admitted === true,
	);
}

/**
 * The field that takes them.
 * @param checked what the node may be called that checks who asks
 */
export function requestsField(operation: string, checked: string): INodeProperties {
	return inputField(operation, {
		displayName: 'Requests',
		name: 'requests',
		placeholder: `{{ $('${checked}').first().json.requests }}`,
		description: 'The field requests of the operation that checked who asks',
	});
}

/** Who wrote a message, for the audit: the id tells people of one name apart. */
export function nameOf({ platform, sender }: Fields): string {
	const { id, name } = asFields(sender);
	return [asText(name), `${asText(platform)}:${asText(id)}`]
		.filter((part) => part !== '')
		.join(' ');
}
