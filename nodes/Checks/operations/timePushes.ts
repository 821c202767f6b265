import { pushesOf } from '../../../core/checks/pushes';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf } from '../items';

export const timePushes: Operation = {
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
