import { randomBytes } from 'node:crypto';
import { NodeOperationError } from 'n8n-workflow';
import { asFields, asText } from '../../../protocol/fields';
import { BadJob, makeJob as make } from '../../../core/maintenance/job';
import type { Operation } from '../../shared/node/operations';
import { asItem, hasTask, runIn } from '../items';
import { expected } from '../../../core/common/defects';

export const makeJob: Operation = {
	option: {
		name: 'Make Job',
		value: 'makeJob',
		action: 'Make a job of the commands',
		description:
			'Puts the commands in the field steps of the item into a form that runs on the host by itself, with the variables of its task',
	},
	outputs: ['Job'],
	execute(ctx) {
		const [item] = ctx.getInputData();
		const json = item?.json ?? {};
		const run = runIn(json);
		const steps = Object.entries(asFields(json.steps)).map(([name, text]) => [name, asText(text)]);
		if (!hasTask(run) || steps.length === 0) {
			throw new NodeOperationError(ctx.getNode(), 'The item has no task or no steps', {
				description: 'Task is what Take Next Task gives; steps is an object of shell commands.',
			});
		}
		const { host, variables } = run.task;
		const request = {
			variables,
			steps: Object.fromEntries(steps) as Record<string, string>,
			limitMinutes: Number(json.limitMinutes),
		};
		try {
			const { job, command } = make(request, randomBytes(8).toString('hex'), Date.now());
			const { address, port, user } = host;
			return [[asItem({ ...run, address, port, user, command, job })]];
		} catch (error) {
			throw new NodeOperationError(ctx.getNode(), expected(error, BadJob));
		}
	},
};
