import {
	NodeConnectionTypes,
	UnexpectedError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { claimCrashed } from './operations/claimCrashed';
import { claimDue } from './operations/claimDue';
import { findCrashed } from './operations/findCrashed';
import { keepFailures } from './operations/keepFailures';
import { markDelivered } from './operations/markDelivered';
import { open } from './operations/open';
import { reportCrash } from './operations/reportCrash';
import { reportFailure } from './operations/reportFailure';
import { settleRetries } from './operations/settleRetries';
import { takeRequests } from './operations/takeRequests';
import type { QueueOperation } from './operation';

/** In the order of the panel. */
const operations: QueueOperation[] = [
	claimCrashed,
	claimDue,
	findCrashed,
	keepFailures,
	markDelivered,
	open,
	reportCrash,
	reportFailure,
	settleRetries,
	takeRequests,
];

/** n8n draws the outputs of the chosen operation. */
const outputs = Object.fromEntries(
	operations.map(({ option, outputs: names }) => [
		option.value,
		names.map((displayName) => ({ type: 'main', displayName })),
	]),
);

/** Decides what becomes of messages that could not be sent; the store and the sending are other nodes' work. */
export class DeliveryQueue implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Delivery Queue',
		name: 'deliveryQueue',
		icon: { light: 'file:deliveryQueue.svg', dark: 'file:deliveryQueue.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Keep messages that could not be sent, and decide when each is tried again',
		defaults: { name: 'Delivery Queue' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ (${JSON.stringify(outputs)})[$parameter.operation] }}`,
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operations.map(({ option }) => option),
				default: 'keepFailures',
			},
			...operations.flatMap(({ properties = [] }) => properties),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const name = this.getNodeParameter('operation', 0) as string;
		const operation = operations.find(({ option }) => option.value === name);
		if (!operation) throw new UnexpectedError(`There is no operation ${name}`);
		return operation.execute(this);
	}
}
