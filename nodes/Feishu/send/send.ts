import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import type { Target } from '../../../core/delivery/delivery';
import type { FailureClass } from '../../../protocol/errors';
import { appMessage, robotBody, robotTextLimit, textLimit } from '../../../protocol/feishu/encode';
import { idempotencyKey } from '../../../protocol/text';
import { deliveryOf, type Delivery } from '../../shared/send/outgoing';
import { inParts, keepUnsent, type Route, type Sending } from '../../shared/send/sending';
import { failureOf } from '../../shared/http/transport';
import { callGroupRobot, postByApp } from '../api';

/* Messages that answer nothing: by a group robot, or by the app to people and groups. */

/** Writes to the group robot's group. Feishu knows no idempotency key here. */
export async function sendByRobot(
	ctx: IExecuteFunctions,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'feishu', via: 'groupRobot', repeatable: false };
	return await keepUnsent(route, sending, async () => {
		const limit = robotTextLimit(sending.outgoing);
		const sent = await inParts(ctx, itemIndex, sending, limit, async (part) => {
			await callGroupRobot(ctx, robotBody(part), sending.priority, itemIndex);
			return undefined;
		});
		return deliveryOf('feishu', 'groupRobot', sent);
	});
}

/**
 * Writes to a group or to people by the app, one after the other: Feishu takes one receiver a message.
 * A person who cannot be reached is left out; any other failure would hit the others, too, and ends it.
 */
export async function sendByApp(
	ctx: IExecuteFunctions,
	target: Target,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	const route: Route = { platform: 'feishu', via: 'app', target, repeatable: true };
	return await keepUnsent(route, sending, async () => {
		const ids = idsOf(ctx, target, itemIndex);
		const sent = { messageIds: [] as string[], parts: 0 };
		const failures: Failed[] = [];
		for (const [index, id] of ids.entries()) {
			const toOne = index === 0 ? sending : { ...sending, sentParts: 0, messageIds: [] };
			try {
				const { messageIds, parts } = await sendToOne(ctx, target, id, toOne, itemIndex);
				sent.messageIds.push(...messageIds);
				sent.parts = parts;
			} catch (error) {
				failures.push({ id, error });
				if (concernsOnePerson(error)) continue;
				// What is unsent begins with this person's next part.
				const others = [...ids.slice(index + 1), ...failures.slice(0, -1).map((one) => one.id)];
				route.target = { ...target, ids: [id, ...others] };
				sending.sentParts = toOne.sentParts;
				sending.messageIds = [...sent.messageIds, ...toOne.messageIds];
				break;
			}
		}
		const refused = refusedPeople(failures, ids.length);
		return deliveryOf('feishu', 'app', { ...sent, refused });
	});
}

/** Feishu takes a message with the same `uuid` once within an hour. */
async function sendToOne(
	ctx: IExecuteFunctions,
	target: Target,
	id: string,
	sending: Sending,
	itemIndex: number,
): Promise<{ messageIds: string[]; parts: number }> {
	const idType = target.type === 'chat' ? 'chat_id' : (target.idType ?? idTypeOf(id));
	const path = `/open-apis/im/v1/messages?receive_id_type=${idType}`;
	const to = { priority: sending.priority, receiver: id };
	const limit = textLimit(sending.outgoing);
	return await inParts(ctx, itemIndex, sending, limit, async (part, index) => {
		const uuid = idempotencyKey(sending.seed, id, String(index));
		const body = { receive_id: id, ...appMessage(part), uuid };
		return messageIdOf(await postByApp(ctx, path, body, to, itemIndex));
	});
}

function idTypeOf(id: string): Target['idType'] {
	if (id.includes('@')) return 'email';
	if (id.startsWith('ou_')) return 'open_id';
	return id.startsWith('on_') ? 'union_id' : 'user_id';
}

export function messageIdOf(answer: IDataObject): string {
	return String((answer.data as IDataObject | undefined)?.message_id ?? '');
}

function idsOf(ctx: IExecuteFunctions, target: Target, itemIndex: number): string[] {
	const { type = 'users', ids = [] } = target;
	if (type !== 'chat' && type !== 'users') {
		throw new NodeOperationError(ctx.getNode(), `Feishu does not send to ${type}`, { itemIndex });
	}
	if (ids.length > 0) return ids;
	const field = type === 'chat' ? 'Conversation ID' : 'User IDs';
	throw new NodeOperationError(ctx.getNode(), `${field} is empty`, { itemIndex });
}

interface Failed {
	id: string;
	error: unknown;
}

const PERSONAL: ReadonlySet<FailureClass> = new Set<FailureClass>([
	'targetGone',
	'permissionDenied',
]);

/** Whether the others may still be reached: anything else would hit each of them. */
function concernsOnePerson(error: unknown): boolean {
	const failure = failureOf(error);
	return failure !== undefined && PERSONAL.has(failure.class);
}

/** Who was left out. Throws where nobody was reached or the failure is not about single people. */
function refusedPeople(failures: Failed[], people: number): Delivery['refused'] {
	const last = failures.at(-1);
	if (!last) return undefined;
	if (failures.length === people || !concernsOnePerson(last.error)) throw last.error;
	const reasons = failures.map(({ id, error }) => `${id}: ${(error as Error).message}`);
	return { users: failures.map(({ id }) => id), reason: reasons.join('; ') };
}
