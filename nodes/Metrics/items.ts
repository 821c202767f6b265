import type { Sample } from '../../core/common/sample';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { asFields, asText } from '../../protocol/fields';

/** Samples as items, each belonging to the item that it was made from. */
export function sampleItems(samples: Sample[], item: number): INodeExecutionData[] {
	return samples.map((sample) => ({ json: { ...sample } as IDataObject, pairedItem: { item } }));
}

/** Why n8n's HTTP Request node got no page, where it went on regardless; empty where it got one. */
export function failureOf({ json }: INodeExecutionData): string {
	const { error } = json;
	if (error === undefined || error === null) return '';
	const { message, description, httpCode } = asFields(error);
	const words = asText(error) || asText(message) || asText(description);
	const status = asText(httpCode);
	if (words === '') return status ? `HTTP ${status}` : 'No answer';
	return status && !words.includes(status) ? `HTTP ${status}: ${words}` : words;
}
