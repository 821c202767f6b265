import { remind as decide } from '../../../core/keyRotation/remind';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, rowsIn, rowsOf } from '../items';

export const remind: Operation = {
	option: {
		name: 'Remind',
		value: 'remind',
		action: 'Say which keys are due',
		description:
			'From the rows of the table of keys: who has to hear 14, 7 and 1 day before a key is due, and every day after',
	},
	outputs: ['Decision'],
	properties: [
		inputField({
			displayName: 'Audit Rows',
			name: 'audit',
			placeholder: "{{ $('Read the audit').all().map((item) => item.json) }}",
			description: 'The rows of the audit that say who was told what so far',
		}),
	],
	execute(ctx) {
		const counting = { now: Date.now(), timezone: ctx.getTimezone() };
		const decision = decide(rowsIn(ctx), rowsOf(ctx, 'audit'), counting);
		return [decision.notices.length > 0 ? asItems([decision]) : []];
	},
};
