import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryRow } from '../../../core/delivery/delivery';

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
