import { appMessage } from '../../../protocol/feishu/encode';
import { idempotencyKey } from '../../../protocol/text';
import type { ReplyToOf, Route } from '../../shared/send/adapter';
import { postByApp } from '../api';
import { app } from './app';

/** Answers a message, or the card whose button was pressed, as a quote in the same chat and topic. */
export function replyRoute({ messageId, conversationId, threadId }: ReplyToOf<'feishu'>): Route {
	return {
		...app,
		async send(context, { message, index }) {
			const path = `/open-apis/im/v1/messages/${encodeURIComponent(messageId)}/reply`;
			const uuid = idempotencyKey(context.seed, String(index));
			const inThread = threadId && { reply_in_thread: true };
			const body = { ...appMessage(message), ...inThread, uuid };
			return { messageId: await postByApp(context, { path, body, receiver: conversationId }) };
		},
	};
}
