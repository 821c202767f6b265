import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Target } from '../../../core/delivery/delivery';
import { readOutgoing, type Delivery } from './outgoing';
import type { BotOperation } from '../node/authentication';
import { sendContent } from '../node/fields';
import { perItem } from '../node/operations';
import { message } from '../node/resources';
import { newSending, sendSeed, type Sending } from './sending';

/** How one platform sends what answers nothing. */
export interface Sender {
	/** Writes to the group robot's group. */
	sendByRobot(ctx: IExecuteFunctions, sending: Sending, itemIndex: number): Promise<Delivery>;
	/** Writes to people and groups by the app. */
	sendByApp(
		ctx: IExecuteFunctions,
		target: Target,
		sending: Sending,
		itemIndex: number,
	): Promise<Delivery>;
}

/**
 * The Send operation of a platform's node.
 * @param targetFields say whom the app writes to
 * @param readTarget reads them
 */
export function sendOperation(
	{ sendByRobot, sendByApp }: Sender,
	targetFields: INodeProperties[],
	readTarget: (ctx: IExecuteFunctions, itemIndex: number) => Target,
): BotOperation {
	return {
		resource: message,
		option: {
			name: 'Send',
			value: 'send',
			action: 'Send a message',
			description: 'Write to a group or to people',
		},
		bots: ['app', 'groupRobot'],
		properties: [...targetFields, ...sendContent],
		execute: perItem(async (ctx, itemIndex) => {
			const byApp = ctx.getNodeParameter('authentication', itemIndex) === 'app';
			const sending = newSending(readOutgoing(ctx, itemIndex), sendSeed(ctx, itemIndex));
			const delivery = byApp
				? await sendByApp(ctx, readTarget(ctx, itemIndex), sending, itemIndex)
				: await sendByRobot(ctx, sending, itemIndex);
			return { delivery: delivery as unknown as IDataObject };
		}),
	};
}
