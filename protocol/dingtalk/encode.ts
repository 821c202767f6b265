import { asText, jsonText } from '../fields';
import {
	bodyFor,
	inWords,
	limitFor,
	type OutgoingMessage,
	type TextLimit,
	type TextMessage,
} from '../outgoing';
import { byteLength, limitBeside } from '../text';
import { capabilities } from './capabilities';

/** What a text counts in a body: escaped as JSON, and with the two blanks that a line end may get. */
function sizeInBody(text: string): number {
	const lineEnds = text.split('\n').length - 1;
	return byteLength(JSON.stringify(text)) - byteLength('""') + 2 * lineEnds;
}

const limit = limitFor('dingtalk', capabilities.routes.app.maxText);

/** What a message of the app or through a session webhook takes. */
export function textLimit(message: OutgoingMessage): TextLimit {
	return { ...limit(message), sizeOf: sizeInBody };
}

/**
 * What a group robot's message takes: the first part names the people to mention twice, in its text and
 * beside it.
 * @throws Error where mentions leave no room for a text
 */
export function robotTextLimit(message: OutgoingMessage): TextLimit {
	const { max, sizeOf } = textLimit(message);
	const inText = sizeInBody(withMentions({ ...inWords(message), text: '' }));
	const beside = byteLength(JSON.stringify(message.mentionIds ?? [])) - byteLength('[]');
	return { max: limitBeside(inText + beside, max), sizeOf };
}

/** The body of a group robot (自定义机器人) or session webhook message. */
export function robotBody(message: OutgoingMessage, idempotencyKey: string): object {
	const raw = bodyFor('dingtalk', message);
	if (raw) return { ...raw, msgUuid: idempotencyKey };
	const words = inWords(message);
	const { mentionIds = [], mentionAll = false } = words;
	const at = { atUserIds: mentionIds, isAtAll: mentionAll };
	const content = withMentions(words);
	return words.type === 'markdown'
		? {
				msgtype: 'markdown',
				markdown: { title: titleOf(words), text: hardLineBreaks(content) },
				at,
				msgUuid: idempotencyKey,
			}
		: { msgtype: 'text', text: { content }, at, msgUuid: idempotencyKey };
}

/** The template and its parameters of an app robot's message; the parameters are JSON as text. */
export function appMessage(message: OutgoingMessage): { msgKey: string; msgParam: string } {
	const raw = bodyFor('dingtalk', message);
	if (raw) return { msgKey: asText(raw.msgKey), msgParam: jsonText(raw.msgParam) };
	const words = inWords(message);
	return words.type === 'markdown'
		? {
				msgKey: 'sampleMarkdown',
				msgParam: JSON.stringify({
					title: titleOf(words),
					text: hardLineBreaks(words.text),
				}),
			}
		: { msgKey: 'sampleText', msgParam: JSON.stringify({ content: words.text }) };
}

/** A mention lights up only where the text holds it too. */
function withMentions({ text, mentionIds = [], mentionAll }: TextMessage): string {
	const names = mentionAll ? ['所有人'] : mentionIds;
	const missing = names.map((name) => `@${name}`).filter((mention) => !text.includes(mention));
	return missing.length > 0 ? `${text}\n${missing.join(' ')}` : text;
}

/** The title shows in the conversation list only, and must not be empty. */
function titleOf({ title, text }: TextMessage): string {
	const firstLine = text.split('\n').find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
	return title?.trim() || firstLine.replace(/^[\s#>*-]+/, '').slice(0, 40) || 'Message';
}

/** DingTalk's Markdown swallows single line ends: two blanks keep them. Code blocks are left alone. */
function hardLineBreaks(text: string): string {
	let inCode = false;
	const lines = text.split('\n');
	return lines
		.map((line, index) => {
			const isFence = /^\s*(```|~~~)/.test(line);
			if (isFence) inCode = !inCode;
			const next = lines[index + 1]?.trim();
			const breaks = !inCode && !isFence && line.trim() && next && !/^(```|~~~)/.test(next);
			return breaks ? `${line.trimEnd()}  ` : line;
		})
		.join('\n');
}
