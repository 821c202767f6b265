import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { asFields, type Fields } from '../../protocol/fields';

export { asItems } from '../shared/requests';

/** The rows that came in; an empty table is an item without a row. */
export const rowsIn = (ctx: IExecuteFunctions): Fields[] =>
	ctx.getInputData().map(({ json }) => json);

/** The rows of a field that an expression fills. */
export function rowsOf(ctx: IExecuteFunctions, name: string): Fields[] {
	const rows: unknown = ctx.getNodeParameter(name, 0);
	return Array.isArray(rows) ? rows.map(asFields) : [];
}

/** A field that takes what an earlier node gave. */
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
