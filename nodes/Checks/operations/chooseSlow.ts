import { readList, toRead } from '../../../core/checks/slowExecutions';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf, slowerThan, slowerThanField } from '../items';

export const chooseSlow: Operation = {
	option: {
		name: 'Choose Slow Executions',
		value: 'chooseSlow',
		action: 'Choose the slow executions',
		description:
			'Gets pages of n8n’s list of executions. Gives the slow ones of the last day, at most the 50 slowest.',
	},
	outputs: ['Executions'],
	properties: [slowerThanField],
	execute: (ctx) => [asItems(toRead(readList(inputOf(ctx), slowerThan(ctx), Date.now())))],
};
