import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { answer } from './operations/answer';
import { describe } from './operations/describe';
import { take } from './operations/take';

/** In the order of the panel. */
const operations: Operation[] = [answer, describe, take];

/** What other systems ask of the bot over HTTP, as tasks, and the answers to them. */
export class RobotApi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Robot API',
		name: 'robotApi',
		icon: { light: 'file:robotApi.svg', dark: 'file:robotApi.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Take the requests of other systems: send a message, ask, look up a delivery',
		defaults: { name: 'ClawBot Robot API' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, take),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
