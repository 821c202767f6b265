import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { admit } from './operations/admit';
import { command } from './operations/command';
import { evaluate } from './operations/evaluate';

/** In the order of the panel. */
const operations: Operation[] = [admit, command, evaluate];

/** Decides from what was measured who has to be told, and does what operators say about it. */
export class Alerts implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Alerts',
		name: 'alerts',
		icon: { light: 'file:alerts.svg', dark: 'file:alerts.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description:
			'Hold measured values against alert rules, and acknowledge or silence alerts from a chat',
		defaults: { name: 'ClawBot Alerts' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, evaluate),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
