import type { IDataObject } from 'n8n-workflow';
import { asFields } from '../../../protocol/fields';
import { follow as decide, type Job } from '../../../core/maintenance/job';
import type { Operation } from '../../shared/node/operations';
import { asItem, runIn } from '../items';

export const follow: Operation = {
	option: {
		name: 'Follow Job',
		value: 'follow',
		action: 'Follow a job on its host',
		description: 'Reads what the SSH node gave: the job goes on, or has ended in some way',
	},
	outputs: ['Under Way', 'Ended'],
	properties: [
		{
			displayName: 'Job',
			name: 'job',
			type: 'json',
			required: true,
			default: '',
			placeholder: "{{ $('Wait a little').item.json }}",
			description: 'The item that went into the SSH node',
		},
	],
	execute(ctx) {
		const before = asFields(ctx.getNodeParameter('job', 0));
		const answer = ctx.getInputData()[0]?.json ?? {};
		const now = decide(before.job as Job, answer, Date.now());
		if ('job' in now) return [[asItem({ ...before, command: now.job.ask, job: now.job })], []];
		return [[], [asItem({ ...runIn(before as IDataObject), outcome: now.outcome })]];
	},
};
