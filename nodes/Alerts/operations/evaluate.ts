import { evaluate as decide } from '../../../core/alerts/evaluate';
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
			'Holds measured values against the rules: what to save first, and whom to tell where it was saved',
	},
	outputs: ['State', 'Notices', 'New Rules'],
	properties: [
		inputField({
			displayName: 'Samples',
			name: 'samples',
			placeholder: "{{ $('Measure').all().map(({ json }) => json) }}",
			description: 'What was measured, as ClawBot: collect metrics returns it',
		}),
	],
	execute(ctx) {
		const samples = asList(ctx.getNodeParameter('samples', 0));
		const { saved, notices, newRules } = decide(
			{ ...tablesIn(ctx), samples },
			{ now: Date.now(), timezone: ctx.getTimezone() },
		);
		return [[saved], notices, newRules].map(asItems);
	},
};
