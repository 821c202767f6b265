import type { Fields } from './fields';
import type { Attachment, MediaKind, Platform } from './message';

/* What a bot says, before it is put into a platform's form. */

export interface Saying {
	/** Never empty. Where a route does not take the message itself, this is sent in its place. */
	text: string;
	/** User ids to mention. */
	mentionIds?: string[];
	mentionAll?: boolean;
}

export interface TextMessage extends Saying {
	type: 'text' | 'markdown';
	/** Shown in the conversation list where the platform has that. */
	title?: string;
	/** Sent as Markdown where the route would send plain text, because it shows only a part of Markdown. */
	keepMarkdown?: boolean;
}

export interface MediaMessage extends Saying {
	type: MediaKind;
	/** The file as the platform knows it: `key` comes from the platform's upload. */
	media: Omit<Attachment, 'kind'>;
}

/** A button of a card. */
export interface LinkButton {
	text: string;
	/** `http:` or `https:`. */
	url: string;
}

/** `text` is what the card says between its title and its buttons. */
export interface CardMessage extends Saying {
	type: 'card';
	title: string;
	buttons: LinkButton[];
}

/** A message in a platform's own form, for whatever the other types cannot say. */
export interface RawMessage extends Saying {
	type: 'raw';
	platform: Platform;
	/** The fields that say what the message is; those that say whom it goes to are left to the route. */
	body: Fields;
}

/**
 * What a bot says. Every type is plain JSON, and is stored as it is: `readOutgoing` reads it back.
 * `type` has the platforms' own words (`msgtype`, `msg_type`).
 */
export type OutgoingMessage = TextMessage | MediaMessage | CardMessage | RawMessage;

export function isText(message: OutgoingMessage): message is TextMessage {
	return message.type === 'text' || message.type === 'markdown';
}

/** The message as text, for a route that does not take its type. A card's links are part of the text. */
export function inWords(message: OutgoingMessage): TextMessage {
	if (isText(message)) return message;
	const { mentionIds, mentionAll } = message;
	return {
		type: 'text',
		text: message.type === 'card' ? cardInWords(message) : message.text,
		...(mentionIds && { mentionIds }),
		...(mentionAll && { mentionAll }),
	};
}

function cardInWords({ title, text, buttons }: CardMessage): string {
	const links = buttons.map((button) => `${button.text}: ${button.url}`);
	return [title, text, ...links].join('\n');
}

/** The body of a raw message of this platform; undefined for anything else, which is sent in words. */
export function bodyFor(platform: Platform, message: OutgoingMessage): Fields | undefined {
	return message.type === 'raw' && message.platform === platform ? message.body : undefined;
}
