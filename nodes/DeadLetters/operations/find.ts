import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryStatus } from '../../../core/delivery/delivery';
import { ALL_STATUSES, OPEN_STATUSES } from '../../../core/deadLetters/rows';
import { asFields, asText } from '../../../protocol/fields';
import { userOf } from '../../shared/node/browser';
import type { NodeOperation } from '../../shared/node/operations';
import {
	operationsGroupsField,
	requestsOfOperations,
	type Request,
} from '../../shared/node/operators';
import { asItems } from '../../shared/node/requests';

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
		operationsGroupsField(
			'The conversations whose members may see and replay dead letters. Nobody may while the list is empty; anybody else gets no answer.',
			{ operation: ['find'], rowsFor: ['commands'] },
		),
	],
	execute(ctx) {
		const rowsFor = ctx.getNodeParameter('rowsFor', 0) as string;
		if (rowsFor === 'alerts') {
			const others = ALL_STATUSES.filter((status) => !OPEN_STATUSES.includes(status));
			const announced = others.map((status) => ({ status, announced: 'open' }));
			return [asItems([...everyRow(OPEN_STATUSES), ...announced])];
		}
		if (rowsFor === 'purge') return [asItems(everyRow(OPEN_STATUSES))];
		const requests = rowsFor === 'commands' ? requestsOfOperations(ctx) : fromBrowser(ctx);
		if (requests.length === 0) return [[]];
		return [asItems(everyRow(ALL_STATUSES).map((query) => ({ ...query, requests })))];
	},
};

/** What a browser sent. The Webhook node has checked the password, which goes no further than this. */
function fromBrowser(ctx: IExecuteFunctions): Request[] {
	return ctx.getInputData().map(({ json }) => ({
		admitted: true,
		query: asFields(json.query),
		body: asFields(json.body),
		user: userOf(asText(asFields(json.headers).authorization)),
	}));
}
