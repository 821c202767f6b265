import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Target } from '../../../core/delivery/delivery';
import { withoutMentions } from '../../../protocol/outgoing';
import { idempotencyKey, splitList } from '../../../protocol/text';
import {
	appBody,
	appTextLimit,
	robotBody,
	robotTextLimit,
	type Recipients,
} from '../../../protocol/wecom/encode';
import { credentialOf } from '../../shared/http/credentials';
import { deliveryOf, mergeRefused, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { callGroupRobot, postByApp } from '../api';

/* Messages that answer nothing: by a group robot, or by the app to people, departments and tags. */

/** How WeCom names the three kinds of recipients, and how many it takes at once. */
const RECIPIENTS = {
	users: { field: 'touser', max: 1000, what: 'people' },
	departments: { field: 'toparty', max: 100, what: 'departments' },
	tags: { field: 'totag', max: 100, what: 'tags' },
} as const;

/** Writes to the group robot's group. WeCom knows no idempotency key here. */
export async function sendByRobot(
	ctx: IExecuteFunctions,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'wecom', via: 'groupRobot', repeatable: false };
	return await keepUnsent(route, sending, async () => {
		const { outgoing } = sending;
		if (outgoing.type === 'markdown' && outgoing.mentionAll) {
			throw new NodeOperationError(
				ctx.getNode(),
				'WeCom cannot mention everybody in a Markdown message',
				{ itemIndex, description: 'Set Format to Text, or switch Mention Everybody off.' },
			);
		}
		const limit = robotTextLimit(outgoing);
		const sent = await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
			// People are mentioned once, however many parts the text takes.
			const body = robotBody(index === 0 ? part : withoutMentions(part));
			await callGroupRobot(ctx, body, sending.priority, itemIndex);
			return undefined;
		});
		return deliveryOf('wecom', 'groupRobot', sent);
	});
}

/** Writes by the app. WeCom may leave people out and take the rest. */
export async function sendByApp(
	ctx: IExecuteFunctions,
	target: Target,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'wecom', via: 'app', target, repeatable: true };
	return await keepUnsent(
		route,
		sending,
		async () => await appMessage(ctx, recipientsOf(ctx, target, itemIndex), sending, itemIndex),
	);
}

/** Sends the app's message, in parts where the text is long. */
export async function appMessage(
	ctx: IExecuteFunctions,
	recipients: Recipients,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const agentId = Number((await credentialOf(ctx, 'weComAppApi')).agentId);
	const to = { priority: sending.priority, users: splitList(recipients.touser ?? '') };
	let refused: Delivery['refused'];
	const limit = appTextLimit(sending.outgoing);
	const sent = await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
		const key = idempotencyKey(sending.seed, String(index));
		const body = appBody(part, recipients, agentId, key);
		const answer = await postByApp(ctx, body, to, itemIndex);
		refused = mergeRefused(refused, refusedOf(answer));
		return String(answer.msgid ?? '');
	});
	return deliveryOf('wecom', 'app', { ...sent, refused });
}

function recipientsOf(ctx: IExecuteFunctions, target: Target, itemIndex: number): Recipients {
	const { type = 'users', ids = [] } = target;
	if (type === 'chat') {
		throw new NodeOperationError(ctx.getNode(), 'WeCom’s app does not write to groups', {
			itemIndex,
			description: 'Use a group robot.',
		});
	}
	const { field, max, what } = RECIPIENTS[type];
	if (ids.length >= 1 && ids.length <= max) return { [field]: ids.join('|') };
	throw new NodeOperationError(
		ctx.getNode(),
		`WeCom sends to 1 to ${max} ${what} at once; there are ${ids.length}`,
		{ itemIndex },
	);
}

/** WeCom says `ok` also where it left some of the recipients out. */
function refusedOf(answer: IDataObject): Delivery['refused'] {
	const fields = [
		['invaliduser', 'unknown or out of the app’s range'],
		['invalidparty', 'unknown department'],
		['invalidtag', 'unknown tag'],
		['unlicenseduser', 'without a licence'],
	] as const;
	const found = fields
		.map(([field, why]) => ({ why, ids: splitList(String(answer[field] ?? '')) }))
		.filter(({ ids }) => ids.length > 0);
	if (found.length === 0) return undefined;
	return {
		users: found.flatMap(({ ids }) => ids),
		reason: found.map(({ why, ids }) => `${why}: ${ids.join(', ')}`).join('; '),
	};
}
