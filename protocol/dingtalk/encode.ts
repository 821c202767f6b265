import { asText, jsonText } from '../fields';
import { withoutMentions } from '../markdown/mentions';
import { bodyFor, inWords, type OutgoingMessage, type TextMessage } from '../outgoing';
import { byteLength, isInAddress, limitBeside } from '../text';
import { asItIs, limitFor, type TextLimit, type Written } from '../written';
import { capabilities } from './capabilities';
import { toDingTalk } from './markdown';

/** What a text counts in a body: escaped as JSON. */
function sizeInBody(text: string): number {
	return byteLength(JSON.stringify(text)) - byteLength('""');
}

const limit = limitFor('dingtalk', capabilities.routes.app.maxText);

/** What a message of the app or through a session webhook takes. */
export function textLimit(message: OutgoingMessage): TextLimit {
	return { ...limit(message), sizeOf: sizeInBody };
}

/**
 * What a group robot's message takes: the first part names the people to mention, in Markdown twice, in its
 * text and beside it.
 * @throws Error where mentions leave no room for a text
 */
export function robotTextLimit(message: OutgoingMessage): TextLimit {
	const { max, sizeOf } = textLimit(message);
	const words = inWords(message);
	const inText = words.type === 'text' ? 0 : sizeInBody(withMentions({ ...words, text: '' }));
	const beside = byteLength(JSON.stringify(message.mentionIds ?? [])) - byteLength('[]');
	return { max: limitBeside(inText + beside, max), sizeOf };
}

/** A message with its Markdown as DingTalk shows it, and with a title: one for all parts of a long text. */
export function written(message: OutgoingMessage): Written {
	if (message.type !== 'markdown') return asItIs(message);
	const { title, text } = toDingTalk(message.text);
	return asItIs({ ...message, title: message.title?.trim() || title, text });
}

/** The body of a group robot (自定义机器人) or session webhook message. */
export function robotBody(message: Written, idempotencyKey: string): object {
	const raw = bodyFor('dingtalk', message);
	if (raw) return { ...raw, msgUuid: idempotencyKey };
	const words = inWords(message);
	const { mentionIds = [], mentionAll = false } = words;
	const at = { atUserIds: mentionIds, isAtAll: mentionAll };
	return words.type === 'markdown'
		? { msgtype: 'markdown', markdown: markdownOf(words), at, msgUuid: idempotencyKey }
		: { msgtype: 'text', text: { content: plain(words) }, at, msgUuid: idempotencyKey };
}

/** The template and its parameters of an app robot's message; the parameters are JSON as text. */
export function appMessage(message: Written): { msgKey: string; msgParam: string } {
	const raw = bodyFor('dingtalk', message);
	if (raw) return { msgKey: asText(raw.msgKey), msgParam: jsonText(raw.msgParam) };
	const words = inWords(message);
	if (words.type === 'text') {
		return { msgKey: 'sampleText', msgParam: JSON.stringify({ content: plain(words) }) };
	}
	const { text, title } = words;
	const param = markdownOf({ type: 'markdown', text, title });
	return { msgKey: 'sampleMarkdown', msgParam: JSON.stringify(param) };
}

const plain = ({ text }: TextMessage): string => withoutMentions(text);

/** The title shows in the conversation list only, and must not be empty. */
function markdownOf(words: TextMessage): { title: string; text: string } {
	return { title: withoutMentions(words.title || 'Message'), text: withMentions(words) };
}

/** In Markdown a mention lights up only where the text holds it, too; below a text DingTalk shows it itself. */
function withMentions({ text, mentionIds = [], mentionAll }: TextMessage): string {
	const names = mentionAll ? ['所有人'] : mentionIds;
	const missing = names.filter((name) => !holdsMention(text, name)).map((name) => `@${name}`);
	return missing.length > 0 ? `${text}\n${missing.join(' ')}` : text;
}

/** As a whole word: `@1` is neither in `@10` nor in `a@1.com`. */
function holdsMention(text: string, name: string): boolean {
	const mention = `@${name}`;
	for (let at = text.indexOf(mention); at >= 0; at = text.indexOf(mention, at + 1)) {
		const end = at + mention.length;
		const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(end, end + 2)];
		const isWord = !/[\p{L}\p{N}_.@-]$/u.test(before) && !/^(?:[\p{L}\p{N}_@-]|\.\w)/u.test(after);
		if (isWord && !isInAddress(text, at, end)) return true;
	}
	return false;
}
