import { NodeOperationError } from 'n8n-workflow';
import { capabilities } from '../../../protocol/dingtalk/capabilities';
import { robotBody, textLimit, written } from '../../../protocol/dingtalk/encode';
import { idempotencyKey } from '../../../protocol/text';
import type { ReplyToOf, Route } from '../../shared/send/adapter';
import { callSession } from '../api';
import { app, sendToGroup, sendToUsers } from './app';

type DingTalkReplyTo = ReplyToOf<'dingtalk'>;

/** A session webhook that ends within this time is not used: the message could arrive after its end. */
const SESSION_MARGIN_MS = 60_000;
/** As long as a message of unknown outcome may be sent again, by the same session: the app knows no key. */
const REPEAT_MS = 30 * 60_000;

/**
 * An answer goes where the message was written: through its session webhook while that lives (90 minutes, no
 * credential needed), after that by the app.
 */
export function replyRoute(replyTo: DingTalkReplyTo): Route {
	return leftOf(replyTo) > SESSION_MARGIN_MS ? throughSession(replyTo) : byApp(replyTo);
}

function leftOf({ sessionWebhook, sessionExpiresAt = 0 }: DingTalkReplyTo): number {
	return sessionWebhook ? sessionExpiresAt - Date.now() : 0;
}

function throughSession(replyTo: DingTalkReplyTo): Route {
	const { sessionWebhook = '', conversationId } = replyTo;
	return {
		name: 'session',
		capabilities: capabilities.routes.session,
		written,
		textLimit,
		isRepeatable: () => leftOf(replyTo) > REPEAT_MS,
		async send(context, { message, index }) {
			const body = robotBody(message, idempotencyKey(context.seed, String(index)));
			await callSession(context, { sessionWebhook, conversationId }, body);
			return {};
		},
	};
}

function byApp({ conversationType, conversationId, userId }: DingTalkReplyTo): Route {
	return {
		...app,
		async send(context, { message }) {
			if (conversationType === 'group') return await sendToGroup(context, message, conversationId);
			if (userId) return await sendToUsers(context, message, [userId]);
			throw new NodeOperationError(
				context.ctx.getNode(),
				'The conversation with a person outside the company can only be answered for 90 minutes',
				{ itemIndex: context.itemIndex },
			);
		},
	};
}
