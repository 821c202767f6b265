import { randomUUID } from 'node:crypto';
import { leaseDue as chooseDue } from '../../../core/delivery/lease';
import { nextRetryAt } from '../../../core/delivery/nextLook';
import { saw } from '../../DeliveryTrigger/looks';
import type { Operation } from '../../shared/node/operations';
import { beginSaving, heldBack, isSavingLeases, ownLeases, PROCESS_TOKEN, rowItem } from '../items';

/** A look that came while another one was saving is repeated after this. */
const SAVING_STILL_MS = 1_000;

export const leaseDue: Operation = {
	option: {
		name: 'Lease Due',
		value: 'claimDue',
		action: 'Lease what is due',
		description:
			'Of the waiting rows, those that are tried now, leased: whoever saves one may carry it out',
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
		const now = Date.now();
		// Beside one that is still saving, this one would lease the same rows in vain, and slow it down.
		if (isSavingLeases()) {
			saw('retry', now + SAVING_STILL_MS);
			return [[]];
		}
		const items = ctx.getInputData();
		const stored = items.map(({ json }) => json);
		const rows = chooseDue(stored, {
			processToken: PROCESS_TOKEN,
			newId: randomUUID,
			singleProcess: stored.some(({ singleProcess }) => singleProcess === true),
			questionsAtOnce: ctx.getNodeParameter('questionsAtOnce', 0) as number,
			heldBack,
			isHeld: ownLeases.holds,
			now,
		});
		saw('retry', nextRetryAt(stored, rows, now));
		for (const { claim, dueAt } of rows) if (claim !== '') ownLeases.take(claim, dueAt - now);
		if (rows.length > 0) beginSaving(ctx);
		const places = new Map(items.map(({ json }, index) => [json.key, index]));
		return [rows.map((row) => rowItem(row, places.get(row.key) ?? 0))];
	},
};
