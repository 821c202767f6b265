import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { asText, type Fields } from '../../../protocol/fields';

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

/** Last part of the address that the Webhook node was called at. */
export function routeOf({ webhookUrl }: Fields): string {
	return asText(webhookUrl).split(/[?#]/)[0]!.split('/').at(-1)!;
}
