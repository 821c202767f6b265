import type { IExecuteFunctions } from 'n8n-workflow';
import { asFields, type Fields } from '../../protocol/fields';

export { asItems } from '../shared/node/items';

/** The rows that came in; an empty table is an item without a row. */
export const rowsIn = (ctx: IExecuteFunctions): Fields[] =>
	ctx.getInputData().map(({ json }) => json);

/** The rows of a field that an expression fills. */
export function rowsOf(ctx: IExecuteFunctions, name: string): Fields[] {
	const rows: unknown = ctx.getNodeParameter(name, 0);
	return Array.isArray(rows) ? rows.map(asFields) : [];
}
