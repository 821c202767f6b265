import { randomUUID } from 'node:crypto';
import { failure, type Failure } from '../../../protocol/errors';
import { conversationOf } from '../../../protocol/message';
import { idempotencyKey } from '../../../protocol/text';
import { capabilities } from '../../../protocol/wecom/capabilities';
import {
	aiBotAnswerBody,
	aiBotBody,
	aiBotTextLimit,
	aiBotWelcomeBody,
	aiBotWritten,
} from '../../../protocol/wecom/encode';
import { classifyReply, isOver } from '../../../protocol/wecom/errors';
import { encodeFrame, type AiBotCommand } from '../../../protocol/wecom/stream';
import { credentialOf } from '../../shared/http/credentials';
import { errorOf } from '../../shared/http/transport';
import { connectionOf } from '../../shared/receive/connection/connections';
import {
	ConnectionFailure,
	EarlierUnanswered,
	NothingSaid,
} from '../../shared/receive/connection/stream';
import type { Part, ReplyToOf, Route, SendContext } from '../../shared/send/adapter';
import { credentials } from '../api';
import { stream } from '../receive/stream';

type ConnectionReplyTo = Extract<ReplyToOf<'wecom'>, { reqId: string }>;

/** The SDK of WeCom waits as long. */
const ANSWER_MS = 5000;

/**
 * An AI bot's answer on its long connection: the first part by the id of the callback, as long as WeCom takes
 * it, all others as messages of their own.
 */
export function connectionRoute(replyTo: ConnectionReplyTo): Route {
	return {
		name: 'connection',
		capabilities: capabilities.routes.connection,
		written: aiBotWritten,
		textLimit: aiBotTextLimit,
		async send(context, part) {
			const isTaken = part.index === 0 && (await answer(context, replyTo, part));
			if (!isTaken) await write(context, replyTo, part);
			return {};
		},
	};
}

/** @returns whether WeCom has taken it; not where the time for it is over, or its answer would prove nothing */
async function answer(
	context: SendContext,
	{ reqId, takes }: ConnectionReplyTo,
	{ message, index }: Part,
): Promise<boolean> {
	if (!takes) return false;
	const frame: Frame =
		takes === 'welcome'
			? { cmd: 'aibot_respond_welcome_msg', reqId, body: aiBotWelcomeBody(message) }
			: {
					cmd: 'aibot_respond_msg',
					reqId,
					body: aiBotAnswerBody(message, idempotencyKey(context.seed, String(index))),
				};
	const refusal = await exchange(context, frame);
	if (!refusal) return true;
	if (isOver(refusal) || refusal === EARLIER_UNANSWERED) return false;
	throw await errorFor(context, refusal);
}

async function write(
	context: SendContext,
	replyTo: ConnectionReplyTo,
	{ message }: Part,
): Promise<void> {
	// Whom it goes to is the route's matter: a raw body must not say otherwise.
	const body = { ...aiBotBody(message), chatid: conversationOf(replyTo) };
	const refusal = await exchange(context, { cmd: 'aibot_send_msg', reqId: randomUUID(), body });
	if (refusal) throw await errorFor(context, refusal);
}

interface Frame {
	cmd: AiBotCommand;
	reqId: string;
	body: object;
}

/** Sends a frame on the bot's present connection. @returns why WeCom has not taken it */
async function exchange(
	{ ctx }: SendContext,
	{ cmd, reqId, body }: Frame,
): Promise<Failure | undefined> {
	const connection = connectionOf(stream, await credentialOf(ctx, credentials.aiBot));
	if (!connection) return NOT_CONNECTED;
	const reply = await connection
		.ask(reqId, encodeFrame(cmd, reqId, body), ANSWER_MS)
		.catch(failureOfAsking);
	return 'class' in reply ? reply : classifyReply(String(reply.code), reply.text);
}

function failureOfAsking(error: unknown): Failure {
	if (error instanceof NothingSaid) return NOT_ANSWERED;
	if (error instanceof EarlierUnanswered) return EARLIER_UNANSWERED;
	if (error instanceof ConnectionFailure) return NOT_CONNECTED;
	throw error;
}

const NOT_CONNECTED = failure(
	[
		'temporary',
		'It can be sent when the connection is back, which the WeCom Trigger of this bot keeps; a delivery queue does it. In queue mode workers have no connection: set Connection of the trigger to HTTP Callback there.',
	],
	'notConnected',
	'The AI bot has no long connection in this process',
);

const NOT_ANSWERED = failure(
	['unknownOutcome', 'Look into the conversation: send it again only if no answer is there.'],
	'notAnswered',
	'The long connection ended, or was silent, before WeCom said that it had the message',
);

/** Nobody reads it: the answer goes out by another id. */
const EARLIER_UNANSWERED = failure(
	['temporary', 'Send it as a message of its own.'],
	'earlierUnanswered',
	'WeCom has not answered an earlier reply to this message',
);

async function errorFor({ ctx, itemIndex }: SendContext, refusal: Failure): Promise<Error> {
	const credential = await credentialOf(ctx, credentials.aiBot);
	return errorOf(ctx, { service: 'WeCom', credential, itemIndex }, refusal);
}
