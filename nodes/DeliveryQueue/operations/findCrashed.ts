import { nextRecoveryAt } from '../../../core/delivery/nextLook';
import { findCrashed as choose } from '../../../core/delivery/recovery';
import { saw } from '../../DeliveryTrigger/looks';
import type { Operation } from '../../shared/node/operations';
import { lookedAt, ownLeases, PROCESS_TOKEN } from '../items';

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
		const options = { processToken: PROCESS_TOKEN, now: Date.now() };
		const singleProcess = items.some((item) => item.singleProcess === true);
		const candidates = choose(items, lookedAt, {
			...options,
			singleProcess,
			isHeld: ownLeases.holds,
		});
		saw('recover', nextRecoveryAt(items, candidates, options));
		return [candidates.map((candidate) => ({ json: { ...candidate }, pairedItem: { item: 0 } }))];
	},
};
