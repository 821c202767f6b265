import { isHttpCode } from '../../../protocol/errors';
import type { OutgoingMessage } from '../../../protocol/outgoing';
import { asPlainText, mentioningNobody } from '../../../protocol/written';
import { failureOf } from '../errors';
import type { Part, Route, Sent, SendContext } from './adapter';
import { messagesOf } from './checks';
import { mergeRefused, type Delivery, type RefusedRecipients } from './delivery';

/* The last step on the way of a message: a long text leaves as several messages, in order. */

/**
 * Sends one message; where the platform refuses its form (a picture, a table, a card), its words as plain
 * text. Nothing of a refused message has gone out, and the idempotency key is the same: it is shown once.
 * @param source the message before it was written for the route; of a part, what was written
 */
async function sendPart(
	context: SendContext,
	route: Route,
	{ source, ...part }: Part & { source: OutgoingMessage },
): Promise<Sent> {
	return await route.send(context, part).catch(async (error) => {
		const message = part.message.type === 'text' ? undefined : asPlainText(source);
		if (!message || !refusesForm(error)) throw error;
		const { max, sizeOf } = route.textLimit(message);
		if (sizeOf(message.text) > max) throw error;
		return await route.send(context, { ...part, message });
	});
}

/** Whether a platform says that a message is not as it should be; a proxy says nothing of it. */
function refusesForm(error: unknown): boolean {
	const failure = failureOf(error);
	return failure?.class === 'badRequest' && !isHttpCode(failure.code);
}

/** Parts that are out already are not sent again. People are mentioned once, by the first one. */
export async function sendParts(
	context: SendContext,
	route: Route,
	ids: readonly string[],
): Promise<Delivery> {
	const { messages, cut } = messagesOf(context, route);
	let refused: RefusedRecipients | undefined;
	while (context.sentParts < messages.length) {
		const index = context.sentParts;
		const whole = messages[index]!;
		const message = index === 0 ? whole : mentioningNobody(whole);
		const source = messages.length > 1 || cut ? message : context.message;
		const sent = await sendPart(context, route, { message, index, ids, source });
		context.sentParts++;
		if (sent.messageId) context.messageIds.push(sent.messageId);
		refused = mergeRefused(refused, sent.refused);
	}
	return {
		platform: context.adapter.platform,
		via: route.name,
		messageIds: context.messageIds,
		parts: messages.length,
		...(cut && { cut }),
		...(refused && { refused }),
		at: new Date().toISOString(),
	};
}
