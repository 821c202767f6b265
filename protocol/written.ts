import type { Platform } from './message';
import { mentionedIn } from './markdown/mentions';
import { toPlainText } from './markdown/plain';
import { bodyFor, inWords, type OutgoingMessage, type TextMessage } from './outgoing';
import { splitText } from './splitText';
import { byteLength } from './text';

/* What becomes of a message on its way out: it is written for a route, and split where it is too long. */

/**
 * A message as a route shows it: its Markdown is in the platform's dialect, and is never read as Markdown again.
 * `written` of a route makes it; what comes behind that splits it, and strikes mentions out.
 */
export type Written = OutgoingMessage & {
	/** The platform's own type of message that the Markdown is written for: `post`, `markdown_v2`. */
	writtenAs: string | undefined;
};

/** A message whose text goes out as it is. */
export const asItIs = (message: OutgoingMessage): Written => ({ ...message, writtenAs: undefined });

/** The words of a message with another text: a part of its own. */
export const withText = (message: Written, text: string): Written => ({
	...inWords(message),
	text,
	writtenAs: message.writtenAs,
});

/** What a message says without any form; undefined where it has none. Its body strikes mentions out. */
export function asPlainText(message: OutgoingMessage): Written | undefined {
	if (message.type === 'text') return undefined;
	const { type, text } = inWords(message);
	const words = type === 'text' ? text : toPlainText(text, mentionedIn(text));
	return asItIs({ ...inWords(message), type: 'text', text: words });
}

/** The message without its mentions: of a text in parts, the first one alone mentions people. */
export function mentioningNobody<M extends OutgoingMessage>(message: M): M {
	return { ...message, mentionIds: undefined, mentionAll: undefined };
}

/** How long the text of one message may be on a route: at most `max` of what `sizeOf` counts. */
export interface TextLimit {
	/** Infinity where the route takes the message itself, whatever its text. */
	max: number;
	sizeOf: (text: string) => number;
}

/** A limit in UTF-8 bytes, as most are. */
export const inBytes = (max: number): TextLimit => ({ max, sizeOf: byteLength });

/** How long a text may be on a route of a platform: its `maxText`, and none for the platform's own raw body. */
export const limitFor =
	(platform: Platform, maxText: Readonly<Record<TextMessage['type'], number>>) =>
	(message: OutgoingMessage): TextLimit =>
		inBytes(bodyFor(platform, message) ? Infinity : maxText[inWords(message).type]);

/** The messages that one message is sent as: a long text takes several. */
export function partsOf(message: Written, { max, sizeOf }: TextLimit): Written[] {
	if (max === Infinity) return [message];
	const { text } = inWords(message);
	return splitText(text, max, sizeOf).map((part) => withText(message, part));
}
