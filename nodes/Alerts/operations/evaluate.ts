import { evaluate as decide } from '../../../protocol/alerts/evaluate';
import { inputField, type NodeOperation } from '../../shared/operations';
import { asItems, listOf, tablesIn } from '../items';

export const evaluate: NodeOperation = {
	option: {
		name: 'Evaluate',
		value: 'evaluate',
		action: 'Evaluate alert rules',
		description:
			'Holds measured values against the rules: what to save first, and whom to tell where it was saved',
	},
	outputs: ['State', 'Notices', 'New Rules'],
	properties: [
		inputField('evaluate', {
			displayName: 'Samples',
			name: 'samples',
			placeholder: "{{ $('Measure').all().map(({ json }) => json) }}",
			description: 'What was measured, as ClawBot: collect metrics returns it',
		}),
	],
	execute(ctx) {
		const samples = listOf(ctx.getNodeParameter('samples', 0));
		const { saved, notices, newRules } = decide(
			{ ...tablesIn(ctx), samples },
			{ now: Date.now(), timezone: ctx.getTimezone() },
		);
		return [[saved], notices, newRules].map(asItems);
	},
};
