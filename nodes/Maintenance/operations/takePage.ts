import { NodeOperationError } from 'n8n-workflow';
import { BadPage, takePage as take, type MessageRun } from '../../../core/maintenance/messages';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItem } from '../items';
import { expected } from '../../../core/common/defects';

export const takePage: Operation = {
	option: {
		name: 'Take Page of Executions',
		value: 'takePage',
		action: 'Take the messages of a page of executions',
		description: 'The commands that put the messages of a page on the host, in parts',
	},
	outputs: ['Parts', 'Empty'],
	properties: [
		inputField({
			displayName: 'Archive',
			name: 'archive',
			placeholder: "{{ $('Plan the archive').first().json }}",
			description: 'The archive that the page is for',
		}),
	],
	execute(ctx) {
		const archive = ctx.getNodeParameter('archive', 0) as unknown as MessageRun;
		try {
			const { run, commands } = take(archive, ctx.getInputData()[0]?.json);
			if (commands.length === 0) return [[], [asItem(run)]];
			const { address, port, user } = run.task.host;
			return [commands.map((command) => asItem({ address, port, user, command, run })), []];
		} catch (error) {
			throw new NodeOperationError(ctx.getNode(), expected(error, BadPage));
		}
	},
};
