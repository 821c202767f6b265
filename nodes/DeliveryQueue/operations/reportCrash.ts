import { reportCrash as report } from '../../../core/delivery/failureReport';
import type { Operation } from '../../shared/node/operations';
import { rowsOfItems } from '../items';

export const reportCrash: Operation = {
	option: {
		name: 'Report Crashes',
		value: 'reportCrash',
		action: 'Report crashed executions',
		description:
			'Crashed executions of bots, as an Error Trigger gives them, become rows to save, by which they are run again: for queue mode',
	},
	outputs: ['Rows'],
	execute: (ctx) => rowsOfItems(ctx, report),
};
