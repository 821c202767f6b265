import {
	NodeConnectionTypes,
	NodeOperationError,
	OperationalError,
	type IRun,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import type { LookSubject } from '../../core/delivery/nextLook';
import { watchFor } from './looks';

/** Starts a workflow when the delivery queue has something for it to do, instead of every few seconds. */
export class DeliveryTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Delivery Trigger',
		name: 'deliveryTrigger',
		icon: { light: 'file:deliveryTrigger.svg', dark: 'file:deliveryTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		hidden: true,
		subtitle: '={{ $parameter.lookFor }}',
		description: 'Starts when a message is due, n8n has come back, or a letter has died',
		eventTriggerDescription: '',
		activationMessage: 'From now on this workflow starts when there is something for it to do.',
		defaults: { name: 'ClawBot Delivery Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{
				displayName: 'Look For',
				name: 'lookFor',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Crashed Executions',
						value: 'recover',
						description: 'When n8n has come back, and when a retry of an execution is due',
					},
					{
						name: 'Dead Letters',
						value: 'announce',
						description: 'When a message was given up, or the last of a group is settled',
					},
					{
						name: 'Messages That Wait',
						value: 'retry',
						description: 'When the next message is due',
					},
				],
				default: 'retry',
			},
			{
				displayName: 'Safety Look (Seconds)',
				name: 'safetyLook',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 60,
				hint: 'Queue mode: 3 for messages that wait, 15 for crashed executions, 30 for dead letters',
				description:
					'Starts at least this often, for what this n8n process was not told: what another process has kept, and changes made by hand. In queue mode workers keep the messages, and this process is told nothing.',
			},
		],
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const subject = this.getNodeParameter('lookFor') as LookSubject;
		const items = (): INodeExecutionData[][] => [[{ json: { lookFor: subject } }]];
		if (this.getMode() === 'manual') {
			return { manualTriggerFunction: async () => this.emit(items()) };
		}
		const look = async (): Promise<void> => {
			const ended = this.helpers.createDeferredPromise<IRun>();
			this.emit(items(), undefined, ended);
			// n8n's type leaves out that a run that was cancelled may have no result.
			const run: IRun | undefined = await ended.promise;
			if (run?.status === 'error' || run?.status === 'crashed') {
				throw new OperationalError(`The look ended with the status ${run.status}`);
			}
		};
		const key = `${this.getWorkflow().id}:${this.getNode().id}`;
		const seconds = this.getNodeParameter('safetyLook') as number;
		if (!(seconds >= 1))
			throw new NodeOperationError(this.getNode(), 'Safety Look must be 1 s or more');
		const watch = watchFor(key, { subject, safetyMs: seconds * 1000, look });
		return { closeFunction: async () => watch.close() };
	}
}
