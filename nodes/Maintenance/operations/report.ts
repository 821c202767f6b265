import { reportOf } from '../../../core/maintenance/report';
import type { Operation } from '../../shared/node/operations';
import { asItem, settledRunIn } from '../items';

export const report: Operation = {
	option: {
		name: 'Report',
		value: 'report',
		action: 'Report what became of a run',
		description: 'A message to operations: what was done, what failed where, what was not touched',
	},
	outputs: ['Notification'],
	properties: [
		{
			displayName: 'Name',
			name: 'runName',
			type: 'string',
			noDataExpression: true,
			required: true,
			default: '',
			placeholder: '日志归档 Log archive',
			description: 'Title of the message',
		},
	],
	execute(ctx) {
		const name = ctx.getNodeParameter('runName', 0) as string;
		const key = `maintenance:${ctx.getWorkflow().id}:${ctx.getExecutionId()}`;
		return [
			ctx.getInputData().flatMap(({ json }) => {
				const report = reportOf(settledRunIn(json), name);
				if (!report) return [];
				const { ok, title, text } = report;
				return [asItem({ title, text, key, priority: ok ? 'broadcast' : 'alert' })];
			}),
		];
	},
};
