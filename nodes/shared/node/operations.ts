import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { eachItem } from './items';

/** One operation of a node, in a file of its own: everything that the node knows about it. */
export interface Operation {
	/** What it works with. Left out on nodes whose operations all work with the same. */
	resource?: INodePropertyOptions;
	/** How the panel lists it; n8n's list of actions shows `action`. */
	option: INodePropertyOptions & { action: string; description: string };
	/** Names of the inputs on the canvas, where there is more than one. */
	inputs?: string[];
	/** Names of the outputs on the canvas; one without a name, where it is left out. */
	outputs?: string[];
	/** Its fields. The node shows them for this operation only, therefore they do not name it. */
	properties?: INodeProperties[];
	/** Works the whole input. `perItem` makes one that works item by item. */
	execute(ctx: IExecuteFunctions): INodeExecutionData[][] | Promise<INodeExecutionData[][]>;
}

/** Works one item and returns what is added to it. */
export type ItemOperation = (ctx: IExecuteFunctions, itemIndex: number) => Promise<IDataObject>;

/** Requests of one run that are under way at once: enough to be quick, few enough to be polite. */
const CONCURRENCY = 10;

/** The `execute` of an operation that works item by item; each item succeeds or fails by itself. */
export function perItem(work: ItemOperation, concurrency = CONCURRENCY): Operation['execute'] {
	return async (ctx) => [
		await eachItem(ctx, concurrency, async (_, index) => await work(ctx, index)),
	];
}

/**
 * What a node's description takes from its operations.
 * @param operations in the order of the panel, at least one
 * @param first the one that a new node starts with, and an old one that names none
 */
export function describeOperations(
	operations: Operation[],
	first: Operation,
): Pick<INodeTypeDescription, 'inputs' | 'outputs' | 'properties'> {
	const resources = [...new Set(operations.map(({ resource }) => resource))];
	return {
		inputs: endsOf(operations, ({ inputs }) => inputs),
		outputs: endsOf(operations, ({ outputs }) => outputs),
		properties: [
			...resourceFields(resources, first),
			...resources.map((resource) =>
				operationField(
					operations.filter((operation) => operation.resource === resource),
					first,
				),
			),
			...operations.flatMap(fieldsOf),
		],
	};
}

/** Carries out the operation that was chosen in the panel. */
export async function runOperation(
	ctx: IExecuteFunctions,
	operations: Operation[],
): Promise<INodeExecutionData[][]> {
	const name = ctx.getNodeParameter('operation', 0) as string;
	const resourceName = ctx.getNodeParameter('resource', 0, '') as string;
	const chosen = operations.find(
		({ resource, option }) =>
			option.value === name && (!resource || resource.value === resourceName),
	);
	if (chosen) return await chosen.execute(ctx);
	const path = [resourceName, name].filter(Boolean).join('.');
	throw new NodeOperationError(ctx.getNode(), `This node has no operation ${path}`, {
		// n8n offers "Custom API Call" in the list, and means its own node.
		description: 'For any other API take n8n’s HTTP Request node with the same credential.',
	});
}

function resourceFields(
	resources: Array<Operation['resource']>,
	{ resource }: Operation,
): INodeProperties[] {
	if (!resource) return [];
	// A name of its own: n8n's scan takes a default that is read from an object for a missing one.
	const { value: initial } = resource;
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.filter((one) => one !== undefined),
			default: initial,
		},
	];
}

/** The list of operations of one resource. */
function operationField(operations: Operation[], first: Operation): INodeProperties {
	const [{ resource, option }] = operations as [Operation];
	const { value: initial } = operations.includes(first) ? first.option : option;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		...(resource && { displayOptions: { show: { resource: [resource.value] } } }),
		options: operations.map((operation) => operation.option),
		default: initial,
	};
}

function fieldsOf({ resource, option, properties = [] }: Operation): INodeProperties[] {
	const chosen = { ...(resource && { resource: [resource.value] }), operation: [option.value] };
	return properties.map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...chosen, ...field.displayOptions?.show },
		},
	}));
}

/**
 * The inputs or outputs of the chosen operation. n8n evaluates an expression for them in every execution,
 * so there is one only where operations differ from a plain node.
 */
function endsOf(
	operations: Operation[],
	namesOf: (operation: Operation) => string[] | undefined,
): INodeTypeDescription['outputs'] {
	if (operations.every((operation) => !namesOf(operation))) return [NodeConnectionTypes.Main];
	const ends = operations.map((operation) => [
		operation.option.value,
		(namesOf(operation) ?? ['']).map((displayName) => ({
			type: NodeConnectionTypes.Main,
			...(displayName && { displayName }),
		})),
	]);
	return `={{ (${JSON.stringify(Object.fromEntries(ends))})[$parameter.operation] }}`;
}
