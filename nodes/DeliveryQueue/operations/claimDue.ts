import { randomUUID } from 'node:crypto';
import { claimDue as chooseDue } from '../../../core/delivery/claim';
import type { Operation } from '../../shared/node/operations';
import { beginSaving, isSavingClaims, PROCESS_TOKEN, rowItem } from '../items';

export const claimDue: Operation = {
	option: {
		name: 'Claim Due',
		value: 'claimDue',
		action: 'Claim what is due',
		description:
			'Of the waiting rows, those that are tried now, claimed: whoever saves one may carry it out',
	},
	outputs: ['Rows'],
	properties: [
		{
			displayName: 'Questions at Once',
			name: 'questionsAtOnce',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 50,
			description: 'How many questions the model may be asked again at the same time',
		},
	],
	execute(ctx) {
		// Beside one that is saving still, this one would claim the same, in vain, and slow it down.
		if (isSavingClaims()) return [[]];
		const items = ctx.getInputData();
		const rows = chooseDue(
			items.map(({ json }) => json),
			{
				processToken: PROCESS_TOKEN,
				newId: randomUUID,
				singleProcess: items.some(({ json }) => json.singleProcess === true),
				questionsAtOnce: ctx.getNodeParameter('questionsAtOnce', 0) as number,
				now: Date.now(),
			},
		);
		if (rows.length > 0) beginSaving(ctx);
		const places = new Map(items.map(({ json }, index) => [json.key, index]));
		return [rows.map((row) => rowItem(row, places.get(row.key) ?? 0))];
	},
};
