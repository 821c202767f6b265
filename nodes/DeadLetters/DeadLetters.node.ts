import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type NodeOperation } from '../shared/node/operations';
import { announce } from './operations/announce';
import { command } from './operations/command';
import { expire } from './operations/expire';
import { find } from './operations/find';
import { page } from './operations/page';

/** In the order of the panel. */
const operations: NodeOperation[] = [announce, command, expire, find, page];

/** Shows operators what could not be delivered, and does with it what they say. */
export class DeadLetters implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dead Letters',
		name: 'deadLetters',
		icon: { light: 'file:deadLetters.svg', dark: 'file:deadLetters.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Announce messages that could not be delivered, show them, replay or discard them',
		defaults: { name: 'Dead Letters' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		...describeOperations(operations, 'announce'),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return runOperation(this, operations);
	}
}
