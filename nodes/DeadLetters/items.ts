import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import type { DeliveryRow } from '../../protocol/delivery/delivery';
import { readRows } from '../../protocol/deadLetters/rows';

/** What an operation is asked, as Find Rows passed it on. */
export interface Request {
	/** Set by Find Rows alone: a message that came another way was not checked. */
	admitted?: boolean;
	[field: string]: unknown;
}

/** The rows that came in; an empty result of the store is an item without a row. */
export function rowsIn(ctx: IExecuteFunctions): DeliveryRow[] {
	return readRows(ctx.getInputData().map(({ json }) => json));
}

/** Items that have nothing else in common with those that came in. */
export function asItems(values: object[]): INodeExecutionData[] {
	return values.map((json) => ({ json: json as IDataObject, pairedItem: { item: 0 } }));
}

/** Address of a row's execution; empty where its workflow or execution is not known. */
export function linkTo(ctx: IExecuteFunctions): (row: DeliveryRow) => string {
	const base = ctx.getInstanceBaseUrl().replace(/\/*$/, '/');
	return ({ workflowId, executionId }) =>
		workflowId && executionId
			? `${base}workflow/${encodeURIComponent(workflowId)}/executions/${encodeURIComponent(executionId)}`
			: '';
}

/** What was asked, from the field Requests. Anything that Find Rows did not admit is left out. */
export function requestsIn(ctx: IExecuteFunctions): Request[] {
	const requests: unknown = ctx.getNodeParameter('requests', 0);
	return (Array.isArray(requests) ? (requests as Request[]) : []).filter(
		(request) => request?.admitted === true,
	);
}

/** The field that takes them. */
export function requestsField(operation: string): INodeProperties {
	return {
		displayName: 'Requests',
		name: 'requests',
		type: 'json',
		required: true,
		default: '',
		placeholder: "{{ $('Find the rows').first().json.requests }}",
		description: 'The field requests of the Find Rows operation, which checked who asks',
		displayOptions: { show: { operation: [operation] } },
	};
}
