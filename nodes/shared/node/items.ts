import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type NodeApiError,
} from 'n8n-workflow';
import { SendError, failureOf } from '../errors';
import { logDefects } from './defects';

export type ItemWork = (item: INodeExecutionData, index: number) => Promise<IDataObject>;

/**
 * Works the items of a batch concurrently, each by itself, and returns them in their order.
 *
 * What `work` returns is added to the item, so that a message keeps its envelope. An item that fails
 * leaves by the error output, or stays with its `error`, as the node's "On Error" says; where that says
 * to stop, the node fails after all items have been tried. A mistake in code takes the same way, so that no
 * message is lost, and is logged with its stack.
 * @param concurrency how many items are under way at once
 */
export async function eachItem(
	ctx: IExecuteFunctions,
	concurrency: number,
	work: ItemWork,
): Promise<INodeExecutionData[]> {
	const items = ctx.getInputData();
	const results = new Array<INodeExecutionData>(items.length);
	const failures = new Map<number, unknown>();
	// An item whose only field is `error` leaves by the error output, where n8n gives it its fields back.
	// n8n's own way, an `error` beside `json`, would leave it nothing but the message.
	const hasErrorOutput = ctx.getNode().onError === 'continueErrorOutput';
	let next = 0;

	const worker = async (): Promise<void> => {
		for (let index = next++; index < items.length; index = next++) {
			const item = items[index] as INodeExecutionData;
			const pairedItem = { item: index };
			try {
				const added = await work(item, index);
				results[index] = { ...item, json: { ...item.json, ...added }, pairedItem };
			} catch (error) {
				failures.set(index, error);
				const kept = hasErrorOutput ? {} : item.json;
				results[index] = { ...item, json: { ...kept, error: describe(ctx, error) }, pairedItem };
			}
		}
	};
	await Promise.all(
		Array.from({ length: Math.min(Math.max(1, concurrency || 1), items.length) }, worker),
	);

	logDefects(ctx, [...failures.values()]);
	if (failures.size > 0 && !ctx.continueOnFail()) {
		const first = Math.min(...failures.keys());
		throw asNodeError(ctx, failures.get(first), first);
	}
	return results;
}

/**
 * A failed item's `error`: what the next node or a person needs, and no secret; where a message existed,
 * what is needed to send it again. Where it failed is said here, because n8n does not tell a sub-workflow
 * which workflow has called it.
 */
function describe(ctx: IExecuteFunctions, error: unknown): IDataObject {
	const failure = failureOf(error);
	const unsent = error instanceof SendError ? error.unsent : undefined;
	return {
		message: error instanceof Error ? error.message : String(error),
		...(failure && {
			class: failure.class,
			code: failure.code,
			cure: failure.cure,
			...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
		}),
		...(unsent && { unsent: unsent as unknown as IDataObject }),
		origin: { workflowId: ctx.getWorkflow().id, executionId: ctx.getExecutionId() },
	};
}

function asNodeError(
	ctx: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	if (error instanceof SendError) return asNodeError(ctx, error.cause, itemIndex);
	if (failureOf(error)) return error as NodeApiError;
	if (error instanceof NodeOperationError) return error;
	return new NodeOperationError(ctx.getNode(), error as Error, { itemIndex });
}

/** The items of an output, all of the first one that came in; none where there is nothing to say. */
export function asItems(values: object | object[] | undefined): INodeExecutionData[] {
	return [values ?? []]
		.flat()
		.map((json) => ({ json: json as IDataObject, pairedItem: { item: 0 } }));
}

/** The `json` of the one item of an input: an execution of the Webhook node is about one request. */
export function firstItem(ctx: IExecuteFunctions, input = 0): IDataObject {
	return ctx.getInputData(input)[0]?.json ?? {};
}
