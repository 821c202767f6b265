import {
	UnexpectedError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** One operation of a node, in a file of its own. */
export interface NodeOperation {
	option: INodePropertyOptions;
	/** Names of the inputs, as the canvas shows them, where there is more than one. */
	inputs?: string[];
	/** Names of the outputs, as the canvas shows them. */
	outputs: string[];
	properties?: INodeProperties[];
	execute: (ctx: IExecuteFunctions) => INodeExecutionData[][] | Promise<INodeExecutionData[][]>;
}

/**
 * What a node's description takes from its operations: n8n draws the outputs of the chosen one.
 * @param operations in the order of the panel
 * @param chosen value of the operation that a new node starts with
 */
export function describeOperations(
	operations: NodeOperation[],
	chosen: string,
): Pick<INodeTypeDescription, 'outputs' | 'properties'> {
	return {
		outputs: endsOf(operations, ({ outputs }) => outputs),
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: operations.map(({ option }) => option),
				default: chosen,
			},
			...operations.flatMap(({ properties = [] }) => properties),
		],
	};
}

/** The inputs of a node, some of whose operations have several. */
export const inputsOf = (operations: NodeOperation[]): INodeTypeDescription['inputs'] =>
	endsOf(operations, ({ inputs = [''] }) => inputs);

function endsOf(
	operations: NodeOperation[],
	namesOf: (operation: NodeOperation) => string[],
): `={{${string}}}` {
	const ends = Object.fromEntries(
		operations.map((operation) => [
			operation.option.value,
			namesOf(operation).map((displayName) => ({
				type: 'main',
				...(displayName && { displayName }),
			})),
		]),
	);
	return `={{ (${JSON.stringify(ends)})[$parameter.operation] }}`;
}

/** A field of an operation, which an expression fills with what an earlier node gave. */
export function inputField(
	operation: string,
	field: Pick<INodeProperties, 'displayName' | 'name' | 'placeholder' | 'description'>,
): INodeProperties {
	return {
		...field,
		type: 'json',
		required: true,
		default: '',
		displayOptions: { show: { operation: [operation] } },
	};
}

/** Carries out the operation that was chosen in the panel. */
export async function runOperation(
	ctx: IExecuteFunctions,
	operations: NodeOperation[],
): Promise<INodeExecutionData[][]> {
	const name = ctx.getNodeParameter('operation', 0) as string;
	const operation = operations.find(({ option }) => option.value === name);
	if (!operation) throw new UnexpectedError(`There is no operation ${name}`);
	return await operation.execute(ctx);
}
