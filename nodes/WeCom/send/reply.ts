import type { ReplyToOf, Route } from '../../shared/send/adapter';
import { aiBotRoute } from './aiBot';
import { app, sendTo } from './app';
import { connectionRoute } from './connection';

/** An answer goes where the message was written: an app's to the person, an AI bot's the way that it came. */
export function replyRoute(replyTo: ReplyToOf<'wecom'>): Route {
	if ('reqId' in replyTo) return connectionRoute(replyTo);
	if (replyTo.bot === 'aiBot') return aiBotRoute(replyTo);
	return {
		...app,
		send: async (context, part) => await sendTo(context, part, { touser: replyTo.userId }),
	};
}
