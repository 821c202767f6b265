import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { readUnsent } from '../../core/delivery/payload';
import { PRIORITIES } from '../../core/delivery/row';
import type { Platform, ReplyTo } from '../../protocol/message';
import { replyOnPlatform } from '../platforms/registry';
import { laneOf } from '../shared/conversation/turn';
import * as dingTalk from '../DingTalk/send/send';
import * as feishu from '../Feishu/send/send';
import type { Delivery } from '../shared/send/outgoing';
import type { Sending } from '../shared/send/sending';
import type { Sender } from '../shared/send/sendOperation';
import { turnsOf } from '../shared/conversation/turns';
import * as weCom from '../WeCom/send/send';

const SENDERS: Readonly<Record<Platform, Sender>> = { dingtalk: dingTalk, feishu, wecom: weCom };

/**
 * Sends an item's `unsent` message.
 * @throws SendError, whose `unsent` says how far it came
 * @throws NodeOperationError where the item holds no message
 */
export async function deliver(ctx: IExecuteFunctions, itemIndex: number): Promise<Delivery> {
	const { unsent: stored, retry } = ctx.getInputData()[itemIndex]?.json ?? {};
	const unsent = readUnsent(stored);
	if (!unsent) {
		throw new NodeOperationError(ctx.getNode(), 'This item holds no message to send', {
			itemIndex,
			description:
				'This node sends the field unsent, which a ClawBot Delivery Queue node puts there.',
		});
	}
	const { content, longText, seed, sentParts, messageIds } = unsent;
	const priority =
		PRIORITIES[(retry as Partial<DeliveryRow> | undefined)?.priority ?? 1] ?? 'answer';
	const progress = { seed, priority, sentParts, messageIds };
	const sending: Sending = { outgoing: content, longText, origin: 'queue', ...progress };
	const sender = SENDERS[unsent.platform];
	switch (unsent.via) {
		case 'reply':
			return await replyInTurn(ctx, unsent.replyTo!, sending, itemIndex);
		case 'app':
			return await sender.sendByApp(ctx, unsent.target ?? {}, sending, itemIndex);
		case 'groupRobot':
			return await sender.sendByRobot(ctx, sending, itemIndex);
	}
}

/** Sends an answer that its conversation may be waiting for, and tells it. */
async function replyInTurn(
	ctx: IExecuteFunctions,
	replyTo: ReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const turns = turnsOf(ctx);
	const lane = laneOf(ctx, replyTo);
	const sent = replyOnPlatform(ctx, replyTo, sending, itemIndex);
	await sent.then(
		() => turns.retried(lane),
		(error) => turns.retried(lane, error),
	);
	return await sent;
}
