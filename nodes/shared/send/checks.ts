import { NodeOperationError } from 'n8n-workflow';
import type { TargetType } from '../../../protocol/capabilities';
import { inWords } from '../../../protocol/outgoing';
import { cutText } from '../../../protocol/splitText';
import { partsOf, withText, type Written } from '../../../protocol/written';
import type { Route, SendContext } from './adapter';

/* What a route cannot do is refused before anything is sent. */

const WHAT: Readonly<Record<TargetType, string>> = {
	chat: 'groups',
	users: 'people',
	departments: 'departments',
	tags: 'tags',
};

/**
 * Whom a message goes to; empty for an answer and for a group robot.
 * @throws NodeOperationError where the route does not write to them, or not to so many
 */
export function receiversOf(context: SendContext, { capabilities }: Route): readonly string[] {
	if (context.via !== 'app') return [];
	const { type = 'users', ids = [] } = context.target ?? {};
	const { name } = context.adapter.capabilities;
	const target = capabilities.targets[type];
	if (!target) throw refusal(context, `${name}’s app does not write to ${WHAT[type]}`);
	if (ids.length === 0) throw refusal(context, `The list of ${WHAT[type]} to write to is empty`);
	if (ids.length <= (target.maxIds ?? Infinity)) return ids;
	const most = `${name}’s app writes to at most ${target.maxIds} ${WHAT[type]} at once`;
	throw refusal(context, `${most}; there are ${ids.length} IDs`);
}

/** The messages that one is sent as; `cut` where the end of the text does not fit. */
export interface Parts {
	messages: readonly Written[];
	cut: boolean;
}

/** @throws NodeOperationError where the text is too long, or mentions whom it cannot */
export function messagesOf(context: SendContext, route: Route): Parts {
	const { longText } = context;
	const isShown = route.capabilities.shows.includes(context.message.type);
	const message = route.written(isShown ? context.message : inWords(context.message));
	const words = inWords(message);
	const mentions = route.capabilities.mentions[words.type];
	if (words.mentionAll && mentions.length > 0 && !mentions.includes('everybody')) {
		const { name } = context.adapter.capabilities;
		throw refusal(
			context,
			`${name} cannot mention everybody in a Markdown message`,
			'Set Format to Text, or switch Mention Everybody off.',
		);
	}
	const limit = route.textLimit(message);
	const length = limit.sizeOf(words.text);
	if (length > limit.max && longText === 'refuse') {
		throw refusal(
			context,
			`The text is ${length} bytes long; this platform takes ${limit.max} here`,
			'Shorten it, or set Long Text to split it.',
		);
	}
	if (length > limit.max && route.capabilities.oneMessage) {
		return { messages: [withText(message, cutText(words.text, limit.max))], cut: true };
	}
	return { messages: partsOf(message, limit), cut: false };
}

function refusal(
	{ ctx, itemIndex }: SendContext,
	message: string,
	description?: string,
): NodeOperationError {
	return new NodeOperationError(ctx.getNode(), message, { itemIndex, description });
}
