import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { inputField } from '../shared/node/fields';

export { linkTo } from '../shared/node/operators';
export { asItems } from '../shared/node/items';

/** What came in; n8n stands in an item without fields where there was nothing. */
export function inputOf(ctx: IExecuteFunctions): IDataObject[] {
	return ctx
		.getInputData()
		.map(({ json }) => json)
		.filter((json) => Object.keys(json).length > 0);
}

/** A field that takes the items of another node, as an expression. */
export function listField({
	node,
	...field
}: {
	displayName: string;
	name: string;
	description: string;
	node: string;
}): INodeProperties {
	const placeholder = `{{ $('${node}').all().map((item) => item.json) }}`;
	return inputField({ ...field, placeholder });
}

/** Its value; whatever is no list of objects is left out. */
export function listIn(ctx: IExecuteFunctions, name: string): IDataObject[] {
	const value: unknown = ctx.getNodeParameter(name, 0);
	const list = Array.isArray(value) ? (value as unknown[]) : [];
	return list.filter(
		(entry): entry is IDataObject =>
			typeof entry === 'object' && entry !== null && Object.keys(entry).length > 0,
	);
}

/** From when on a message is slow. */
export const slowerThanField: INodeProperties = {
	displayName: 'Slower Than (Seconds)',
	name: 'slowerThan',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 1 },
	default: 2,
};

/** Its value in ms. */
export const slowerThan = (ctx: IExecuteFunctions): number =>
	(ctx.getNodeParameter('slowerThan', 0) as number) * 1000;
