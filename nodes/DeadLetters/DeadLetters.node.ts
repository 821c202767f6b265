import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { announce } from './operations/announce';
import { command } from './operations/command';
import { expire } from './operations/expire';
import { find } from './operations/find';
import { page } from './operations/page';
import { whenSaved } from './operations/whenSaved';

/** In the order of the panel. */
const operations: Operation[] = [announce, command, expire, find, whenSaved, page];

/** Shows operators what could not be delivered, and does with it what they say. */
export class DeadLetters implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Dead Letters',
		name: 'deadLetters',
		icon: { light: 'file:deadLetters.svg', dark: 'file:deadLetters.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Announce messages that could not be delivered, show them, replay or discard them',
		defaults: { name: 'ClawBot Dead Letters' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, announce),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
