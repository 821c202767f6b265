import {
	NodeConnectionTypes,
	UnexpectedError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { LetterOperation } from './operation';
import { announce } from './operations/announce';
import { command } from './operations/command';
import { expire } from './operations/expire';
import { find } from './operations/find';
import { page } from './operations/page';

/** In the order of the panel. */
const operations: LetterOperation[] = [announce, command, expire, find, page];

/** n8n draws the outputs of the chosen operation. */
const outputs = Object.fromEntries(
	operations.map(({ option, outputs: names }) => [
		option.value,
		names.map((displayName) => ({ type: 'main', displayName })),
	]),
);

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
		outputs: `={{ (${JSON.stringify(outputs)})[$parameter.operation] }}`,
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operations.map(({ option }) => option),
				default: 'announce',
			},
			...operations.flatMap(({ properties = [] }) => properties),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const name = this.getNodeParameter('operation', 0) as string;
		const operation = operations.find(({ option }) => option.value === name);
		if (!operation) throw new UnexpectedError(`There is no operation ${name}`);
		return operation.execute(this);
	}
}
