import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { DeliveryRow, Unsent } from '../../core/delivery/delivery';
import { PRIORITIES } from '../../core/delivery/row';
import type { OutgoingMessage, Platform, ReplyTo } from '../../protocol/message';
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
	const { unsent, retry } = ctx.getInputData()[itemIndex]?.json ?? {};
	if (!isWhole(unsent)) {
		throw new NodeOperationError(ctx.getNode(), 'This item holds no message to send', {
			itemIndex,
			description:
				'This node sends the field unsent, which a ClawBot Delivery Queue node puts there.',
		});
	}
	const { content, longText, seed, sentParts, messageIds } = unsent;
	const priority =
		PRIORITIES[(retry as Partial<DeliveryRow> | undefined)?.priority ?? 1] ?? 'answer';
	const progress = { seed, priority, sentParts, messageIds: [...messageIds] };
	const sending: Sending = { outgoing: content, longText, origin: 'queue', ...progress };
	const sender = SENDERS[unsent.platform];
	switch (unsent.via) {
		case 'reply':
			return await replyInTurn(ctx, unsent.replyTo, sending, itemIndex);
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

type Whole = Unsent & { content: OutgoingMessage } & (
		| { via: 'reply'; replyTo: NonNullable<Unsent['replyTo']> }
		| { via: 'app' | 'groupRobot' }
	);

/** Rows come from a store that people can edit. */
function isWhole(value: unknown): value is Whole {
	const unsent = value as Partial<Unsent> | undefined;
	return (
		typeof unsent?.content?.text === 'string' &&
		unsent.content.text.trim() !== '' &&
		typeof unsent.seed === 'string' &&
		Number.isInteger(unsent.sentParts) &&
		Array.isArray(unsent.messageIds) &&
		Object.hasOwn(SENDERS, String(unsent.platform)) &&
		(unsent.via === 'reply'
			? unsent.replyTo?.platform === unsent.platform
			: unsent.via === 'app' || unsent.via === 'groupRobot')
	);
}
