import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { readUnsent } from '../../core/delivery/payload';
import { PRIORITIES } from '../../core/delivery/row';
import { adapterOf } from '../platforms/registry';
import { conversationKey } from '../shared/conversation/turn';
import { turnsOf } from '../shared/conversation/turns';
import type { SendContext } from '../shared/send/adapter';
import { sendContext } from '../shared/send/context';
import { deliver } from '../shared/send/deliver';
import type { Delivery } from '../shared/send/delivery';

/**
 * Sends an item's `unsent` message. The conversation of an answer may be waiting for it, and is told.
 * @throws SendError, whose `unsent` says how far it came
 * @throws NodeOperationError where the item holds no message
 */
export async function deliverUnsent(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const context = readContext(ctx, itemIndex);
	const { adapter, replyTo, seed } = context;
	if (!replyTo) return await deliver(context);
	const turns = turnsOf(ctx);
	const key = conversationKey(ctx, adapter, replyTo);
	const sent = deliver(context);
	await sent.then(
		() => turns.retried(key, seed),
		(error) => turns.retried(key, seed, error),
	);
	return await sent;
}

function readContext(ctx: IExecuteFunctions, itemIndex: number): SendContext {
	const { unsent: stored, retry } = ctx.getInputData()[itemIndex]?.json ?? {};
	const unsent = readUnsent(stored);
	if (!unsent) {
		throw new NodeOperationError(ctx.getNode(), 'This item holds no message to send', {
			itemIndex,
			description:
				'This node sends the field unsent, which a ClawBot Delivery Queue node puts there.',
		});
	}
	const { platform, via, replyTo, target, content, longText, seed } = unsent;
	const { sentParts, messageIds } = unsent;
	const { priority = 1 } = (retry ?? {}) as Partial<DeliveryRow>;
	return sendContext({
		ctx,
		itemIndex,
		adapter: adapterOf(platform),
		via,
		replyTo,
		target,
		message: content,
		longText,
		origin: 'queue',
		seed,
		priority: PRIORITIES[priority] ?? 'answer',
		sentParts,
		messageIds,
	});
}
