import { NodeOperationError, type IDataObject } from 'n8n-workflow';
import type { BotOperation } from '../node/authentication';
import { replyContent } from '../node/fields';
import { incomingMessage } from '../node/incoming';
import { perItem } from '../node/operations';
import { message } from '../node/resources';
import type { PlatformAdapter } from './adapter';
import { readReply } from './content';
import { deliver } from './deliver';

/** The Reply operation of a platform's node. */
export function replyOperation(adapter: PlatformAdapter): BotOperation {
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
			if (replyTo.platform !== adapter.platform) {
				const problem = `This message is not from ${adapter.capabilities.name}`;
				throw new NodeOperationError(ctx.getNode(), problem, {
					itemIndex,
					description: 'Use the Bot Reply node to answer on every platform.',
				});
			}
			const delivery = await deliver(readReply(ctx, itemIndex, { adapter, replyTo }));
			return { delivery: delivery as unknown as IDataObject };
		}),
	};
}
