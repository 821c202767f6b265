import { NodeOperationError } from 'n8n-workflow';
import { readPage } from '../../shared/http/readPage';
import { perItem, type Operation } from '../../shared/node/operations';

/** A page that takes longer is none that a check every minute can use. */
const TIMEOUT_MS = 10_000;
/** n8n with every metric switched on says about 1 MB. */
const MAX_BYTES = 8_000_000;
const CONCURRENCY = 20;

export const read: Operation = {
	option: {
		name: 'Read Pages',
		value: 'read',
		action: 'Read metrics pages',
		description:
			'Reads the text at an address, at most 8 MB within 10 s: a source that never ends holds up no other one',
	},
	outputs: ['Pages'],
	properties: [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			required: true,
			default: '={{ $json.url }}',
			placeholder: 'http://10.0.0.5:9100/metrics',
		},
	],
	execute: perItem(async (ctx, itemIndex) => {
		const url = String(ctx.getNodeParameter('url', itemIndex));
		const page = await readPage(ctx, url, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
		if ('text' in page) return { data: page.text };
		throw new NodeOperationError(ctx.getNode(), page.failure, { itemIndex });
	}, CONCURRENCY),
};
