import { NodeOperationError } from 'n8n-workflow';
import { asText } from '../../../protocol/fields';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItem } from '../items';

export const checkParts: Operation = {
	option: {
		name: 'Check Parts',
		value: 'checkParts',
		action: 'Check whether parts arrived on the host',
		description: 'Fails unless each part that was put on the host arrived as it was sent',
	},
	outputs: ['Archive'],
	properties: [
		inputField({
			displayName: 'Archive',
			name: 'arrived',
			placeholder: "{{ $('Take their messages').first().json.run }}",
			description: 'The archive with these parts',
		}),
	],
	execute(ctx) {
		const failed = ctx.getInputData().find(({ json }) => json.code !== 0);
		if (failed) {
			throw new NodeOperationError(ctx.getNode(), 'A part did not arrive on the host', {
				description: asText(failed.json.stderr) || asText(failed.json.error),
			});
		}
		return [[asItem(ctx.getNodeParameter('arrived', 0) as object)]];
	},
};
