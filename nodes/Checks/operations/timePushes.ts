import { pushesOf } from '../../../core/checks/pushes';
import type { NodeOperation } from '../../shared/node/operations';
import { asItems, inputOf } from '../items';

export const timePushes: NodeOperation = {
	option: {
		name: 'Time Answers',
		value: 'timePushes',
		action: 'Time the answers of executions',
		description:
			'Gets executions with their data. Gives, for each answer in them, how long it took and where; none of its words.',
	},
	outputs: ['Answers'],
	execute: (ctx) => [asItems(inputOf(ctx).flatMap(pushesOf))],
};
