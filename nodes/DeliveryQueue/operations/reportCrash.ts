import { reportCrash as report } from '../../../protocol/delivery/failureReport';
import { rowItem, type QueueOperation } from '../operation';

export const reportCrash: QueueOperation = {
	option: {
		name: 'Report Crashes',
		value: 'reportCrash',
		action: 'Report crashed executions',
		description:
			'Crashed executions of bots, as an Error Trigger gives them, become rows to save, by which they are run again: for queue mode',
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
