import { NodeOperationError } from 'n8n-workflow';
import type { Unsent } from '../../../core/delivery/delivery';
import { isRepeatable } from '../../../protocol/capabilities';
import { httpCode, type FailureClass } from '../../../protocol/errors';
import { OutcomeUnknown, SendError, failureOf } from '../errors';
import type { Route, SendContext } from './adapter';
import { receiversOf } from './checks';
import { outAlready, type Delivery, type RefusedRecipients } from './delivery';
import { sendParts } from './parts';
import { openNote, type SentNote } from './sentNotes';

/*
 * How every message leaves. Each step calls the next one, the last one the platform's route:
 *
 * 1. `deliver` takes the route of the moment; what fails leaves with the message that is unsent.
 * 2. `sendOnce` keeps an answer that no key of the platform protects from being shown twice.
 * 3. `sendToReceivers` writes to several people one after the other where a message takes one.
 * 4. `sendParts` (parts.ts) sends a long text as several messages, in order.
 */

/**
 * Sends a message, and goes on behind the parts of it that are out.
 * @throws SendError, whose `unsent` is what is needed to send the rest as the same message
 */
export async function deliver(context: SendContext): Promise<Delivery> {
	const route = routeOf(context);
	const isSafe = route.isRepeatable?.(context) ?? isRepeatable(route.capabilities);
	return await sendOnce(context, route).catch((error: Error) => {
		throw new SendError(error, unsentOf(context, isSafe && !context.mayBeOut));
	});
}

/** @throws NodeOperationError where the platform has no such bot */
function routeOf({ ctx, itemIndex, adapter, via, replyTo }: SendContext): Route {
	const route = via === 'reply' ? adapter.replyRoute(replyTo!) : adapter[via];
	if (route) return route;
	const bot = via === 'app' ? 'app' : 'group robot';
	const message = `${adapter.capabilities.name} has no ${bot} that a message could be sent by`;
	throw new NodeOperationError(ctx.getNode(), message, { itemIndex });
}

function unsentOf(context: SendContext, repeatable: boolean): Unsent {
	const { adapter, via, replyTo, target, message, longText, seed } = context;
	const { sentParts, messageIds } = context;
	return {
		platform: adapter.platform,
		via,
		...(replyTo && { replyTo }),
		...(target && { target }),
		content: message,
		longText,
		seed,
		sentParts,
		messageIds: [...messageIds],
		repeatable,
	};
}

/** What is noted before and after, and why: docs/life-of-a-message.md, "Answered once". */
async function sendOnce(context: SendContext, route: Route): Promise<Delivery> {
	if (context.mayBeOut) throw OutcomeUnknown.interrupted();
	const note = await openNote(context, isUnprotected(context, route));
	if (!note) return await sendToReceivers(context, route);
	return await sendNoted(context, route, note)
		.catch(async (error) => {
			if (!maybeOut(error) && context.sentParts === 0) await note.forget();
			throw error;
		})
		.finally(note.release);
}

/** Also where somebody else said 200: the platform may have got the message before. */
function maybeOut(error: unknown): boolean {
	const failure = failureOf(error);
	const isForeign = failure?.class === 'unclassified' && failure.code === httpCode(200);
	return isForeign || failure?.class === 'unknownOutcome';
}

async function sendNoted(context: SendContext, route: Route, note: SentNote): Promise<Delivery> {
	context.mayBeOut = note.found === 'unknown';
	if (context.mayBeOut) throw OutcomeUnknown.interrupted();
	const delivery =
		note.found === 'sent'
			? outAlready(context.adapter.platform)
			: await sendToReceivers(context, route);
	await note.close();
	return delivery;
}

/**
 * Whether the platform would show this answer a second time if it were sent again. A platform that compares
 * contents would show a model's answer, because a model that is asked again finds other words. A message
 * from the queue needs no note: its row says whether it may be out.
 */
function isUnprotected({ via, origin }: SendContext, { capabilities }: Route): boolean {
	const { repetition } = capabilities;
	if (via !== 'reply' || origin === 'queue') return false;
	if (typeof repetition === 'string') return repetition === 'shownAgain';
	return repetition.knownBy === 'content' && origin === 'model';
}

async function sendToReceivers(context: SendContext, route: Route): Promise<Delivery> {
	const ids = receiversOf(context, route);
	const { type = 'users' } = context.target ?? {};
	if (ids.length > 1 && route.capabilities.targets[type]?.oneByOne) {
		return await sendOneByOne(context, route, ids);
	}
	return await sendParts(context, route, ids);
}

/**
 * A person who cannot be reached is left out. Any other failure would hit the others, too: it ends the
 * delivery, and what is unsent begins with this person's next part.
 */
async function sendOneByOne(
	context: SendContext,
	route: Route,
	ids: readonly string[],
): Promise<Delivery> {
	const { target } = context;
	const sentIds: string[] = [];
	const failed = new Map<string, Error>();
	let delivery: Delivery | undefined;
	for (const [index, id] of ids.entries()) {
		const sent = await sendParts(context, route, [id]).catch((error: Error) => {
			if (!concernsOnePerson(error)) {
				context.target = { ...target, ids: [id, ...ids.slice(index + 1), ...failed.keys()] };
				context.messageIds = [...sentIds, ...context.messageIds];
				throw error;
			}
			failed.set(id, error);
		});
		if (sent) {
			delivery = sent;
			sentIds.push(...sent.messageIds);
		}
		context.sentParts = 0;
		context.messageIds = [];
	}
	if (!delivery) throw [...failed.values()].at(-1);
	const refused = refusedOf(failed);
	return { ...delivery, messageIds: sentIds, ...(refused && { refused }) };
}

const PERSONAL: ReadonlySet<FailureClass | undefined> = new Set<FailureClass>([
	'targetGone',
	'permissionDenied',
]);

const concernsOnePerson = (error: unknown): boolean => PERSONAL.has(failureOf(error)?.class);

function refusedOf(failed: ReadonlyMap<string, Error>): RefusedRecipients | undefined {
	if (failed.size === 0) return undefined;
	const reasons = [...failed].map(([id, { message }]) => `${id}: ${message}`);
	return { users: [...failed.keys()], reason: reasons.join('; ') };
}
