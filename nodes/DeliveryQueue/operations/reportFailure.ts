import { reportFailure as report } from '../../../core/delivery/failureReport';
import type { Operation } from '../../shared/node/operations';
import { rowsOfItems } from '../items';

export const reportFailure: Operation = {
	option: {
		name: 'Report Failures',
		value: 'reportFailure',
		action: 'Report failed workflows',
		description:
			'What an Error Trigger gives becomes rows to save, for people to look at; crashed executions that are run again anyway are left out',
	},
	outputs: ['Rows'],
	execute: (ctx) => rowsOfItems(ctx, report),
};
