import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type NodeOperation } from '../shared/node/operations';
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

/** In the order of the panel. */
const operations: NodeOperation[] = [
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
		...describeOperations(operations, 'keepFailures'),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return runOperation(this, operations);
	}
}
