import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { openClaims, type Opened } from '../../../protocol/delivery/open';
import type { QueueOperation } from '../operation';

export const open: QueueOperation = {
	option: {
		name: 'Open',
		value: 'open',
		action: 'Open what was claimed',
		description:
			'Rows whose claim was saved become messages to send, and questions to ask again. Rows without a claim go no further.',
	},
	outputs: ['Send', 'Ask Again'],
	execute(ctx) {
		const { send, ask } = openClaims(ctx.getInputData().map(({ json }) => json));
		return [send.map(asItem), ask.map(asItem)];
	},
};

function asItem({ json, place }: Opened<object>): INodeExecutionData {
	return { json: json as IDataObject, pairedItem: { item: place } };
}
