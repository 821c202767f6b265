import type { IExecuteFunctions, INodeType, ITriggerFunctions } from 'n8n-workflow';
import { triggerProperties, webhooks } from '../../../../nodes/shared/receive/fields';
import { passOn, startStream } from '../../../../nodes/shared/receive/streamTrigger';
import { fakeProtocol } from './connection/fakeConnection';

/** A trigger as the platforms' are, for a protocol that nobody speaks. */
export function triggerNode(): INodeType {
	const setup = {
		service: 'Fake',
		where: 'somewhere',
		streamSteps: ['nowhere'],
		cardActions: true,
	};
	return {
		description: {
			displayName: 'Test Trigger',
			name: 'streamTrigger',
			group: ['trigger'],
			version: [2, 3],
			description: '',
			defaults: { name: 'Test Trigger' },
			inputs: [],
			outputs: ['main'],
			credentials: [{ name: 'dingTalkAppApi', required: true }],
			webhooks,
			properties: triggerProperties(setup),
		},
		async trigger(this: ITriggerFunctions) {
			return await startStream(this, fakeProtocol);
		},
		async execute(this: IExecuteFunctions) {
			return await passOn(this, fakeProtocol);
		},
	};
}
