import { nextTask } from '../../../core/maintenance/tasks';
import type { Operation } from '../../shared/node/operations';
import { asItem, settledRunIn } from '../items';

export const next: Operation = {
	option: {
		name: 'Take Next Task',
		value: 'next',
		action: 'Take the next task of a run',
		description: 'Keeps what became of the task before, and gives the next one, or ends the run',
	},
	outputs: ['Next', 'Over'],
	properties: [
		{
			displayName: 'After a Failure',
			name: 'afterFailure',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Go On With the Others',
					value: 'goOn',
				},
				{
					name: 'Stop',
					value: 'stop',
					description: 'What has not begun is not touched',
				},
			],
			default: 'stop',
		},
	],
	execute(ctx) {
		const stop = ctx.getNodeParameter('afterFailure', 0) === 'stop';
		const runs = ctx.getInputData().map(({ json }) => settledRunIn(json));
		const going = runs.map((run) => ({ run, then: nextTask(run, stop) }));
		return [
			going.flatMap(({ then }) => (then ? [asItem(then)] : [])),
			going.flatMap(({ run, then }) => (then ? [] : [asItem(run)])),
		];
	},
};
