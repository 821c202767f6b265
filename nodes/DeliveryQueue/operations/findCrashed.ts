import { findCrashed as choose } from '../../../core/delivery/recovery';
import type { Operation } from '../../shared/node/operations';
import { lookedAt, PROCESS_TOKEN } from '../items';

export const findCrashed: Operation = {
	option: {
		name: 'Find Crashed Executions',
		value: 'findCrashed',
		action: 'Find crashed executions',
		description:
			'Of the executions that n8n lists as crashed and the waiting rows, those to look at and retry now',
	},
	outputs: ['Executions'],
	execute(ctx) {
		const items = ctx.getInputData().map(({ json }) => json);
		const candidates = choose(items, lookedAt, {
			processToken: PROCESS_TOKEN,
			singleProcess: items.some(({ singleProcess }) => singleProcess === true),
			now: Date.now(),
		});
		return [candidates.map((candidate) => ({ json: { ...candidate }, pairedItem: { item: 0 } }))];
	},
};
