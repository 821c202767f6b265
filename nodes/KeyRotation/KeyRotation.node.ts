import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { describeOperations, runOperation, type Operation } from '../shared/node/operations';
import { page } from './operations/page';
import { remind } from './operations/remind';
import { request } from './operations/request';
import { settle } from './operations/settle';
import { split } from './operations/split';

/** In the order of the panel. */
const operations: Operation[] = [page, request, remind, settle, split];

/** Says when keys have to be changed, and changes those of the Robot API. */
export class KeyRotation implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Key Rotation',
		name: 'keyRotation',
		icon: { light: 'file:keyRotation.svg', dark: 'file:keyRotation.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter.operation }}',
		description: 'Remind people of keys that have to be changed, and change Robot API keys',
		defaults: { name: 'ClawBot Key Rotation' },
		hidden: true,
		usableAsTool: undefined,
		...describeOperations(operations, remind),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this, operations);
	}
}
