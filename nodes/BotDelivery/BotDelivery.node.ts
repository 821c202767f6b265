import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { SENDS_AT_ONCE } from '../../core/delivery/lease';
import { botCredentials, groupRobotCredentials } from '../platforms/registry';
import { eachItem } from '../shared/node/items';
import { deliverUnsent } from './deliver';

// Outside the class: n8n's scan reads a list of credentials there only where each is written out.
const credentials = [...botCredentials, ...groupRobotCredentials];

/** Sends what another node could not send, and what a workflow hands in: the sender behind the queue. */
export class BotDelivery implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ClawBot Bot Delivery',
		name: 'botDelivery',
		icon: { light: 'file:botDelivery.svg', dark: 'file:botDelivery.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'the item’s message',
		description:
			'Send a waiting message on its platform, as the same message: parts that are out are not sent again',
		defaults: { name: 'ClawBot Bot Delivery' },
		hidden: true,
		usableAsTool: undefined,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		properties: [
			{
				displayName:
					'Each item’s field <code>unsent</code> says what is sent and where to: a ClawBot Delivery Queue node puts it there. Select a credential for each way in use.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results = await eachItem(this, SENDS_AT_ONCE, async (_, index) => ({
			delivery: (await deliverUnsent(this, index)) as unknown as IDataObject,
		}));
		return [results];
	}
}
