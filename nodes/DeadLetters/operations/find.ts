import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryStatus } from '../../../protocol/delivery/delivery';
import { ALL_STATUSES, OPEN_STATUSES } from '../../../protocol/deadLetters/rows';
import { asFields, asText } from '../../../protocol/fields';
import { userOf } from '../../shared/browser';
import type { NodeOperation } from '../../shared/operations';
import { asItems, type Request } from '../items';

interface Group {
	platform?: string;
	conversationId?: string;
}

const everyRow = (statuses: readonly DeliveryStatus[]): IDataObject[] =>
	statuses.map((status) => ({ status, announced: '%' }));

export const find: NodeOperation = {
	option: {
		name: 'Find Rows',
		value: 'find',
		action: 'Say which rows are needed',
		description:
			'What the store is to look for, one item per status. Checks who asks: nothing leaves for anybody else.',
	},
	outputs: ['To Find'],
	properties: [
		{
			displayName: 'Rows For',
			name: 'rowsFor',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Alerts', value: 'alerts' },
				{ name: 'Chat Commands', value: 'commands' },
				{ name: 'Page', value: 'page' },
				{ name: 'Purge', value: 'purge' },
			],
			default: 'alerts',
			displayOptions: { show: { operation: ['find'] } },
		},
		{
			displayName: 'Operations Groups',
			name: 'operationsGroups',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			noDataExpression: true,
			placeholder: 'Add group',
			default: {},
			description:
				'The conversations whose members may see and replay dead letters. Nobody may while the list is empty; anybody else gets no answer.',
			displayOptions: { show: { operation: ['find'], rowsFor: ['commands'] } },
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
							options: [
								{ name: 'DingTalk (钉钉)', value: 'dingtalk' },
								{ name: 'Feishu (飞书)', value: 'feishu' },
								{ name: 'WeCom (企业微信)', value: 'wecom' },
							],
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
		},
	],
	execute(ctx) {
		const rowsFor = ctx.getNodeParameter('rowsFor', 0) as string;
		if (rowsFor === 'alerts') {
			const others = ALL_STATUSES.filter((status) => !OPEN_STATUSES.includes(status));
			const announced = others.map((status) => ({ status, announced: 'open' }));
			return [asItems([...everyRow(OPEN_STATUSES), ...announced])];
		}
		if (rowsFor === 'purge') return [asItems(everyRow(OPEN_STATUSES))];
		const requests = rowsFor === 'commands' ? fromOperations(ctx) : fromBrowser(ctx);
		if (requests.length === 0) return [[]];
		return [asItems(everyRow(ALL_STATUSES).map((query) => ({ ...query, requests })))];
	},
};

/** Messages that were written in one of the operations groups. */
function fromOperations(ctx: IExecuteFunctions): Request[] {
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

/** What a browser sent. The Webhook node has checked the password, which goes no further than this. */
function fromBrowser(ctx: IExecuteFunctions): Request[] {
	return ctx.getInputData().map(({ json }) => ({
		admitted: true,
		query: asFields(json.query),
		body: asFields(json.body),
		user: userOf(asText(asFields(json.headers).authorization)),
	}));
}
