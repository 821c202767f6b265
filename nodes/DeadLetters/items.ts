import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { DeliveryRow } from '../../protocol/delivery/delivery';
import { readRows } from '../../protocol/deadLetters/rows';

/** The rows that came in; an empty result of the store is an item without a row. */
export function rowsIn(ctx: IExecuteFunctions): DeliveryRow[] {
	return readRows(ctx.getInputData().map(({ json }) => json));
}

/** Items that have nothing else in common with those that came in. */
export function asItems(values: object[]): INodeExecutionData[] {
	return values.map((json) => ({ json: json as IDataObject, pairedItem: { item: 0 } }));
}

/** Address of a row's execution; empty where its workflow or execution is not known. */
export function linkTo(
	ctx: IExecuteFunctions,
): (row: Pick<DeliveryRow, 'workflowId' | 'executionId'>) => string {
	const base = ctx.getInstanceBaseUrl().replace(/\/*$/, '/');
	return ({ workflowId, executionId }) =>
		workflowId && executionId
			? `${base}workflow/${encodeURIComponent(workflowId)}/executions/${encodeURIComponent(executionId)}`
			: '';
}
