import { evaluate as decide } from '../../../core/alerts/evaluate';
import { logDefect } from '../../shared/node/defects';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, tablesIn } from '../items';
import { asList } from '../../../protocol/fields';

export const evaluate: Operation = {
	option: {
		name: 'Evaluate',
		value: 'evaluate',
		action: 'Evaluate alert rules',
		description:
			'Holds measured values against the rules: what to save first, and whom to tell where it was saved. What a bug kept from being measured or evaluated leaves by Defects, after everything else.',
	},
	outputs: ['State', 'Notifications', 'New Rules', 'Defects'],
	properties: [
		inputField({
			displayName: 'Samples',
			name: 'samples',
			placeholder: "{{ $('Measure').all().map(({ json }) => json) }}",
			description: 'What was measured, as ClawBot 3 operations: collect metrics returns it',
		}),
	],
	execute(ctx) {
		const samples = asList(ctx.getNodeParameter('samples', 0));
		const { saved, notifications, newRules, defects } = decide(
			{ ...tablesIn(ctx), samples },
			{ now: Date.now(), timezone: ctx.getTimezone() },
		);
		for (const defect of defects) if (defect.stack) logDefect(ctx, defect);
		const shown = defects.map(({ where, message }) => ({ where, message }));
		return [[saved], notifications, newRules, shown].map(asItems);
	},
};
