import { asFields, type Fields } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, rowsIn } from '../items';

/** In the order in which they are worked: what was done is written down before anything is said of it. */
const PARTS = ['changes', 'audit', 'ages', 'notices', 'told'] as const;

export const split: Operation = {
	option: {
		name: 'Split a Decision',
		value: 'split',
		action: 'Split a decision into its parts',
		description: 'What is to be saved and said, each kind at its output',
	},
	outputs: ['API Keys', 'Audit', 'Ages', 'Notices', 'Said'],
	execute(ctx) {
		const decisions = rowsIn(ctx);
		const part = (name: string): Fields[] =>
			decisions.flatMap((decision) => {
				const values = decision[name];
				return Array.isArray(values) ? values.map(asFields) : [];
			});
		return PARTS.map((name) => asItems(part(name)));
	},
};
