import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { leaseCrashed } from './operations/leaseCrashed';
import { leaseDue } from './operations/leaseDue';
import { findCrashed } from './operations/findCrashed';
import { keepFailures } from './operations/keepFailures';
import { markDelivered } from './operations/markDelivered';
import { open } from './operations/open';
import { reportCrash } from './operations/reportCrash';
import { reportFailure } from './operations/reportFailure';
import { settleRetries } from './operations/settleRetries';
import { takeRequests } from './operations/takeRequests';
import { wake } from './operations/wake';

/** In the order of the panel. */
const operations: Operation[] = [
	leaseCrashed,
	leaseDue,
	findCrashed,
	keepFailures,
	markDelivered,
	open,
	reportCrash,
	reportFailure,
	settleRetries,
	takeRequests,
	wake,
];

/** Decides what becomes of messages that could not be sent; the store and the sending are other nodes' work. */
export class DeliveryQueue implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Delivery Queue',
		name: 'deliveryQueue',
		icon: { light: 'file:deliveryQueue.svg', dark: 'file:deliveryQueue.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Keep messages that could not be sent, and decide when each is tried again',
		defaults: { name: 'ClawBot Delivery Queue' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, keepFailures),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
