import { readRows } from '../../core/delivery/row';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryRow } from '../../core/delivery/delivery';

/** The rows that came in; an empty result of the store is an item without a row. */
export function rowsIn(ctx: IExecuteFunctions): DeliveryRow[] {
	return readRows(ctx.getInputData().map(({ json }) => json));
}
