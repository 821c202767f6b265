import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type NodeOperation } from '../shared/node/operations';
import { collect } from './operations/collect';
import { heartbeats } from './operations/heartbeats';
import { read } from './operations/read';

/** In the order of the panel. */
const operations: NodeOperation[] = [heartbeats, read, collect];

/** Turns what hosts, n8n and the heartbeats say into the values that alert rules are held against. */
export class Metrics implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Metrics',
		name: 'metrics',
		icon: { light: 'file:metrics.svg', dark: 'file:metrics.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Turn Prometheus metrics pages and heartbeats into samples for alert rules',
		defaults: { name: 'Metrics' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		...describeOperations(operations, 'collect'),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return runOperation(this, operations);
	}
}
