import { reportFailure as report } from '../../../protocol/delivery/failureReport';
import { rowItem, type QueueOperation } from '../operation';

export const reportFailure: QueueOperation = {
	option: {
		name: 'Report Failures',
		value: 'reportFailure',
		action: 'Report failed workflows',
		description:
			'What an Error Trigger gives becomes rows to save, for people to look at; crashed executions that are run again anyway are left out',
	},
	outputs: ['Rows'],
	execute(ctx) {
		const now = Date.now();
		const items = ctx.getInputData().flatMap(({ json }, index) => {
			const row = report(json, now);
			return row ? [rowItem(row, index)] : [];
		});
		return [items];
	},
};
