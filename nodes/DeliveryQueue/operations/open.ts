import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { openRows, type OpenedItem } from '../../../core/delivery/open';
import type { Operation } from '../../shared/node/operations';
import { endSaving } from '../items';

export const open: Operation = {
	option: {
		name: 'Open',
		value: 'open',
		action: 'Open rows that were saved',
		description:
			'Leased rows become messages to send and questions to ask again; of rows just given up, the messages that will get no answer',
	},
	outputs: ['Send', 'Ask Again', 'No Answer'],
	execute(ctx) {
		endSaving(ctx);
		const { send, ask, noAnswer } = openRows(ctx.getInputData().map(({ json }) => json));
		return [send.map(asItem), ask.map(asItem), noAnswer.map(asItem)];
	},
};

function asItem({ json, place }: OpenedItem<object>): INodeExecutionData {
	return { json: json as IDataObject, pairedItem: { item: place } };
}
