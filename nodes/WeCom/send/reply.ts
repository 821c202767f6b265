import type { ReplyToOf, Route } from '../../shared/send/adapter';
import { aiBotRoute } from './aiBot';
import { app, sendTo } from './app';

/** An answer goes where the message was written: an app's to the person, an AI bot's through its URL. */
export function replyRoute(replyTo: ReplyToOf<'wecom'>): Route {
	if (replyTo.bot === 'aiBot') return aiBotRoute(replyTo);
	return {
		...app,
		send: async (context, part) => await sendTo(context, part, { touser: replyTo.userId }),
	};
}
