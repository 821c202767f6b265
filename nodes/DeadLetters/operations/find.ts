import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryStatus } from '../../../core/delivery/delivery';
import { ALL_STATUSES, OPEN_STATUSES } from '../../../core/deadLetters/rows';
import type { Operation } from '../../shared/node/operations';
import { commandsOfGroups, operationsGroupsField } from '../../shared/node/operationsGroups';
import { pageRequestOf, type OperatorRequest } from '../../shared/node/operators';
import { asItems } from '../../shared/node/items';

const everyRow = (statuses: readonly DeliveryStatus[]): IDataObject[] =>
	statuses.map((status) => ({ status, announced: '%' }));

export const find: Operation = {
	option: {
		name: 'Find Rows',
		value: 'find',
		action: 'Say which rows are needed',
		description:
			'What the store is to look for, one item per status. Checks who asks: nothing is looked up for anybody else. A conversation that may not ask is told so, once a day.',
	},
	outputs: ['To Find', 'Refusals'],
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
		},
		{
			...operationsGroupsField(
				'The conversations whose members may see and replay dead letters. Nobody may while the list is empty; any other conversation is told its ID, once a day.',
			),
			displayOptions: { show: { rowsFor: ['commands'] } },
		},
	],
	execute(ctx) {
		const rowsFor = ctx.getNodeParameter('rowsFor', 0) as string;
		if (rowsFor === 'alerts') {
			const others = ALL_STATUSES.filter((status) => !OPEN_STATUSES.includes(status));
			const announced = others.map((status) => ({ status, announced: 'open' }));
			return [asItems([...everyRow(OPEN_STATUSES), ...announced]), []];
		}
		if (rowsFor === 'purge') return [asItems(everyRow(OPEN_STATUSES)), []];
		const { requests, refusals } =
			rowsFor === 'commands' ? commandsOfGroups(ctx) : { requests: fromBrowser(ctx), refusals: [] };
		const queries = requests.length > 0 ? everyRow(ALL_STATUSES) : [];
		return [asItems(queries.map((query) => ({ ...query, requests }))), asItems(refusals)];
	},
};

const fromBrowser = (ctx: IExecuteFunctions): OperatorRequest[] =>
	ctx.getInputData().map(({ json }) => ({ admitted: true, ...pageRequestOf(ctx, json) }));
