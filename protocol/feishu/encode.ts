import { asText, jsonText } from '../fields';
import { mentions, withoutMentions, withoutTags } from '../markdown/mentions';
import { bodyFor, inWords, type OutgoingMessage, type TextMessage } from '../outgoing';
import { asItIs, limitFor, type Written } from '../written';
import { capabilities } from './capabilities';
import { toCard, toFeishu } from './markdown';

const { app, groupRobot } = capabilities.routes;

/** How long a text may be for the app. */
export const textLimit = limitFor('feishu', app.maxText);

/** How long a text may be for a group robot. */
export const robotTextLimit = limitFor('feishu', groupRobot.maxText);

/** A message with its Markdown as Feishu shows it. */
export function written(message: OutgoingMessage): Written {
	if (message.type !== 'markdown') return asItIs(message);
	const { type, text } = toFeishu(message.text, idsOf(message));
	return { ...message, text, writtenAs: type };
}

/**
 * The same for a group robot. Markdown goes into a card: robots are not documented to take a post's `md`
 * element.
 */
export function robotWritten(message: OutgoingMessage): Written {
	if (message.type !== 'markdown') return asItIs(message);
	return { ...message, text: toCard(message.text, idsOf(message)), writtenAs: 'interactive' };
}

/** Type and content of an app's message; the content is JSON as text. */
export function appMessage(message: Written): { msg_type: string; content: string } {
	const raw = bodyFor('feishu', message);
	if (raw) return { msg_type: asText(raw.msg_type), content: jsonText(raw.content) };
	const words = inWords(message);
	if (words.type === 'text') {
		return { msg_type: 'text', content: JSON.stringify({ text: withMentions(words) }) };
	}
	return message.writtenAs === 'interactive'
		? { msg_type: 'interactive', content: JSON.stringify(card(words)) }
		: { msg_type: 'post', content: JSON.stringify(post(words)) };
}

/** The body of a group robot's message, not yet signed. */
export function robotBody(message: Written): object {
	const raw = bodyFor('feishu', message);
	if (raw) return raw;
	const words = inWords(message);
	return words.type === 'markdown'
		? { msg_type: 'interactive', card: card(words) }
		: { msg_type: 'text', content: { text: withMentions(words) } };
}

/** Whom a message's own fields mention. */
function idsOf({ mentionIds = [], mentionAll }: TextMessage): string[] {
	return mentionAll ? ['all'] : mentionIds;
}

/** Those that the text does not mention where they belong. */
const missingIn = (words: TextMessage): string[] =>
	idsOf(words).filter((id) => !mentions(words.text, id));

/** A mention is an element in the text; one that stands there already is not repeated. */
function withMentions(words: TextMessage): string {
	const missing = missingIn(words).map(
		(id) => `<at user_id="${id}">${id === 'all' ? '所有人' : ''}</at>`,
	);
	const text = withoutMentions(words.text, idsOf(words));
	return missing.length > 0 ? `${text}\n${missing.join(' ')}` : text;
}

const shownTitle = ({ title = '' }: TextMessage): string => withoutMentions(title.trim());

/** Of a text in parts each mentions its own people alone. */
const shownText = (words: TextMessage): string => withoutTags(words.text, idsOf(words));

/** A post whose Markdown (`md`) must stand alone in its line; mentions follow in the next. */
function post(words: TextMessage): object {
	const title = shownTitle(words);
	const mentioned = missingIn(words).map((id) => ({ tag: 'at', user_id: id }));
	const content = [
		[{ tag: 'md', text: shownText(words) }],
		...(mentioned.length > 0 ? [mentioned] : []),
	];
	return { zh_cn: { ...(title && { title }), content } };
}

/** A card (JSON 2.0), whose Markdown knows headings and tables. */
function card(words: TextMessage): object {
	const title = shownTitle(words);
	const mentioned = missingIn(words).map((id) => `<at id=${id}></at>`);
	const content = [shownText(words), ...mentioned].join('\n');
	return {
		schema: '2.0',
		...(title && { header: { title: { tag: 'plain_text', content: title } } }),
		body: { elements: [{ tag: 'markdown', content }] },
	};
}
