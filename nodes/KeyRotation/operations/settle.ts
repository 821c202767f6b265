import { NodeOperationError } from 'n8n-workflow';
import type { Proposal } from '../../../core/keyRotation/change';
import { afterTrial } from '../../../core/keyRotation/page';
import { readTrial } from '../../../core/keyRotation/trial';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems } from '../items';

export const settle: Operation = {
	option: {
		name: 'Settle a New Key',
		value: 'settle',
		action: 'Settle a new key after its trial',
		description:
			'From what the token endpoint answered: the new key becomes the active one, or everything stays as it was',
	},
	outputs: ['Decision', 'Page'],
	properties: [
		inputField({
			displayName: 'New Key',
			name: 'newKey',
			placeholder: "{{ $('What is to be done').first().json }}",
			description: 'What Answer the Page gave as New Key',
		}),
	],
	execute(ctx) {
		const counting = { now: Date.now(), timezone: ctx.getTimezone() };
		const proposal = ctx.getNodeParameter('newKey', 0) as Proposal | undefined;
		if (!proposal?.trial?.keyId) {
			throw new NodeOperationError(ctx.getNode(), 'The field New Key holds no new key', {
				description: 'Fill it with the item of the output New Key of Answer the Page',
			});
		}
		const trial = readTrial(ctx.getInputData()[0]?.json);
		const { decision, page } = afterTrial(proposal, trial, counting);
		return [asItems([decision]), asItems([page])];
	},
};
