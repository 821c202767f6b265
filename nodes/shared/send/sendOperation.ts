import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Target } from '../../../core/delivery/delivery';
import { readOutgoing, type Delivery } from './outgoing';
import type { Operation } from '../node/router';
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
 * The Send operation of a platform's node; of its fields `sendContent` says what.
 * @param readTarget reads from the other fields whom the app writes to
 */
export function sendOperation(
	{ sendByRobot, sendByApp }: Sender,
	readTarget: (ctx: IExecuteFunctions, itemIndex: number) => Target,
): Operation {
	return async (ctx, itemIndex) => {
		const byApp = ctx.getNodeParameter('authentication', itemIndex) === 'app';
		const sending = newSending(readOutgoing(ctx, itemIndex), sendSeed(ctx, itemIndex));
		const delivery = byApp
			? await sendByApp(ctx, readTarget(ctx, itemIndex), sending, itemIndex)
			: await sendByRobot(ctx, sending, itemIndex);
		return { delivery: delivery as unknown as IDataObject };
	};
}
