import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type NodeOperation } from '../shared/node/operations';
import { admit } from './operations/admit';
import { command } from './operations/command';
import { evaluate } from './operations/evaluate';

/** In the order of the panel. */
const operations: NodeOperation[] = [admit, command, evaluate];

/** Decides from what was measured who has to be told, and does what operators say about it. */
export class Alerts implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alerts',
		name: 'alerts',
		icon: { light: 'file:alerts.svg', dark: 'file:alerts.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description:
			'Hold measured values against alert rules, and acknowledge or silence alerts from a chat',
		defaults: { name: 'Alerts' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		...describeOperations(operations, 'evaluate'),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return runOperation(this, operations);
	}
}
