import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Platform, ReplyTo } from '../../../protocol/message';
import { incomingMessage } from '../conversation/incoming';
import { readOutgoing, type Delivery } from './outgoing';
import type { BotOperation } from '../node/authentication';
import { replyContent } from '../node/fields';
import { perItem } from '../node/operations';
import { message } from '../node/resources';
import { newSending, replySeed, type Sending } from './sending';

/** How one platform answers a message of its own. */
export type ReplyOn<P extends Platform> = (
	ctx: IExecuteFunctions,
	target: Extract<ReplyTo, { platform: P }>,
	sending: Sending,
	itemIndex: number,
) => Promise<Delivery>;

/** The Reply operation of a platform's node. */
export function replyOperation<P extends Platform>(
	platform: P,
	displayName: string,
	replyOn: ReplyOn<P>,
): BotOperation {
	return {
		resource: message,
		option: {
			name: 'Reply',
			value: 'reply',
			action: 'Reply to a message',
			description: 'Answer a message from the trigger where it was written',
		},
		bots: ['app'],
		properties: replyContent,
		execute: perItem(async (ctx, itemIndex) => {
			const { replyTo } = incomingMessage(ctx, itemIndex);
			if (!isOn(replyTo, platform)) {
				throw new NodeOperationError(ctx.getNode(), `This message is not from ${displayName}`, {
					itemIndex,
					description: 'Use the Bot Reply node to answer on every platform.',
				});
			}
			const outgoing = readOutgoing(ctx, itemIndex);
			const seed = replySeed(ctx, replyTo, outgoing.outgoing.text);
			const delivery = await replyOn(ctx, replyTo, newSending(outgoing, seed), itemIndex);
			return { delivery: delivery as unknown as IDataObject };
		}),
	};
}

function isOn<P extends Platform>(
	replyTo: ReplyTo,
	platform: P,
): replyTo is Extract<ReplyTo, { platform: P }> {
	return replyTo.platform === platform;
}
