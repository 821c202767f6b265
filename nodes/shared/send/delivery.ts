import type { RouteName } from '../../../protocol/capabilities';
import type { Platform } from '../../../protocol/message';

/** People that the platform left out though it took the message. */
export interface RefusedRecipients {
	users: string[];
	reason: string;
}

/** What was sent and how: the `delivery` that senders add to an item. */
export interface Delivery {
	platform: Platform;
	/** The route that it took; empty where nothing was sent now. */
	via: RouteName | '';
	/** In order; empty where the platform gives none. */
	messageIds: string[];
	/** Messages it took: more than one where the text was long. */
	parts: number;
	refused?: RefusedRecipients;
	/** The end of the text was left out: this route takes one message only. */
	cut?: true;
	/** Nothing was sent now: this message has been answered before, or is being answered elsewhere. */
	already?: true;
	/** The answer to this later message answers this one, too. */
	mergedInto?: string;
	/** ISO 8601. */
	at: string;
}

/** The delivery of what was sent before: which message it was is not kept, that there was one is. */
export function outAlready(platform: Platform): Delivery {
	const at = new Date().toISOString();
	return { platform, via: '', messageIds: [], parts: 0, already: true, at };
}

/** Who was left out of any part of a message. */
export function mergeRefused(
	before?: RefusedRecipients,
	now?: RefusedRecipients,
): RefusedRecipients | undefined {
	if (!before || !now) return before ?? now;
	return {
		users: [...new Set([...before.users, ...now.users])],
		reason: [...new Set([before.reason, now.reason])].join('; '),
	};
}
