import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { collect } from './operations/collect';
import { connections } from './operations/connections';
import { heartbeats } from './operations/heartbeats';
import { read } from './operations/read';

/** In the order of the panel. */
const operations: Operation[] = [heartbeats, connections, read, collect];

/** Turns what hosts, n8n, the heartbeats and the long connections say into the values that alert rules are held against. */
export class Metrics implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Metrics',
		name: 'metrics',
		icon: { light: 'file:metrics.svg', dark: 'file:metrics.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description:
			'Turn Prometheus metrics pages, heartbeats and long connections into samples for alert rules',
		defaults: { name: 'ClawBot Metrics' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, collect),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
