import {
	UnexpectedError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { eachItem } from './items';

/** One operation of a node: what it does with one item. Its fields stand in the same file. */
export type Operation = (ctx: IExecuteFunctions, itemIndex: number) => Promise<IDataObject>;

/** The operations of a node by resource and operation name. */
export type Operations = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Requests of one run that are under way at once: enough to be quick, few enough to be polite. */
const CONCURRENCY = 10;

/** Runs the chosen operation for every item. */
export async function runOperation(
	ctx: IExecuteFunctions,
	operations: Operations,
): Promise<INodeExecutionData[][]> {
	const resource = ctx.getNodeParameter('resource', 0) as string;
	const name = ctx.getNodeParameter('operation', 0) as string;
	const operation = operations[resource]?.[name];
	if (!operation) throw new UnexpectedError(`There is no operation ${resource}.${name}`);
	return [await eachItem(ctx, CONCURRENCY, async (_, index) => await operation(ctx, index))];
}
