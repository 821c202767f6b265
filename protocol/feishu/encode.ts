import { asText, jsonText } from '../fields';
import { bodyFor, inWords, limitFor, type OutgoingMessage, type TextMessage } from '../outgoing';
import { capabilities } from './capabilities';

const { app, groupRobot } = capabilities.routes;

/** Feishu refuses a card with more tables (230099, 11310). */
const MAX_TABLES = 5;

/** How long a text may be for the app. */
export const textLimit = limitFor('feishu', app.maxText);

/** How long a text may be for a group robot. */
export const robotTextLimit = limitFor('feishu', groupRobot.maxText);

/** Type and content of an app's message; the content is JSON as text. */
export function appMessage(message: OutgoingMessage): { msg_type: string; content: string } {
	const raw = bodyFor('feishu', message);
	if (raw) return { msg_type: asText(raw.msg_type), content: jsonText(raw.content) };
	const words = inWords(message);
	if (words.type === 'text') {
		return { msg_type: 'text', content: JSON.stringify({ text: withMentions(words) }) };
	}
	if (hasTable(words.text)) {
		return { msg_type: 'interactive', content: JSON.stringify(markdownCard(words)) };
	}
	return { msg_type: 'post', content: JSON.stringify(post(words)) };
}

/**
 * The body of a group robot's message, not yet signed. Markdown goes into a card: robots are not
 * documented to take a post's `md` element.
 */
export function robotBody(message: OutgoingMessage): object {
	const raw = bodyFor('feishu', message);
	if (raw) return raw;
	const words = inWords(message);
	return words.type === 'markdown'
		? { msg_type: 'interactive', card: markdownCard(words) }
		: { msg_type: 'text', content: { text: withMentions(words) } };
}

/** A mention is an element in the text; one that the author has written is not repeated. */
function withMentions({ text, mentionIds = [], mentionAll }: TextMessage): string {
	const ids = mentionAll ? ['all'] : mentionIds;
	const missing = ids
		.filter((id) => !text.includes(`user_id="${id}"`))
		.map((id) => `<at user_id="${id}">${id === 'all' ? '所有人' : ''}</at>`);
	return missing.length > 0 ? `${text}\n${missing.join(' ')}` : text;
}

/** A post whose Markdown (`md`) must stand alone in its line; mentions follow in the next. */
function post({ text, title, mentionIds = [], mentionAll }: TextMessage): object {
	const mentions = (mentionAll ? ['all'] : mentionIds).map((id) => ({ tag: 'at', user_id: id }));
	const content = [
		[{ tag: 'md', text: boldHeadings(text) }],
		...(mentions.length > 0 ? [mentions] : []),
	];
	return { zh_cn: { ...(title?.trim() && { title: title.trim() }), content } };
}

/** A card (JSON 2.0), whose Markdown knows headings and tables. */
function markdownCard({ text, title, mentionIds = [], mentionAll }: TextMessage): object {
	const mentions = (mentionAll ? ['all'] : mentionIds).map((id) => `<at id=${id}></at>`);
	const content = [fenceTables(text), ...mentions].join('\n');
	return {
		schema: '2.0',
		...(title?.trim() && { header: { title: { tag: 'plain_text', content: title.trim() } } }),
		body: { elements: [{ tag: 'markdown', content }] },
	};
}

/** A post shows the # of a heading as it is written: headings become bold lines. */
function boldHeadings(text: string): string {
	return outsideCode(text, (line) => {
		const marks = /^ {0,3}#{1,6}(?=\s)/.exec(line)?.[0];
		const heading = marks && withoutClosingMarks(line.slice(marks.length).trim());
		return heading ? `**${heading.replace(/\*\*/g, '')}**` : line;
	});
}

/** A heading may end in # marks after a blank; those of `C#` belong to the word. */
function withoutClosingMarks(heading: string): string {
	let end = heading.length;
	while (heading[end - 1] === '#') end--;
	return /\s/.test(heading.charAt(end - 1)) ? heading.slice(0, end).trimEnd() : heading;
}

/** Whether a line is the one of dashes below the head of a table. */
function isTableRule(line: string): boolean {
	const cells = line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|');
	return cells.length > 1 && cells.every((cell) => /^:?-+:?$/.test(cell.trim()));
}

/** Whether a Markdown text has a table: posts do not show those. */
function hasTable(text: string): boolean {
	let found = false;
	outsideCode(text, (line) => {
		found ||= isTableRule(line);
		return line;
	});
	return found;
}

/** Tables that are too many for a card are shown as they are written, in code blocks. */
function fenceTables(text: string): string {
	const lines = text.split('\n');
	let tables = 0;
	let open = false;
	const out: string[] = [];
	for (const [index, line] of lines.entries()) {
		const begins = !open && isTableRule(lines[index + 1] ?? '') && line.includes('|');
		if (begins && ++tables > MAX_TABLES) {
			out.push('```');
			open = true;
		}
		if (open && !line.includes('|')) {
			out.push('```');
			open = false;
		}
		out.push(line);
	}
	return (open ? [...out, '```'] : out).join('\n');
}

/** Changes the lines of a text, except those of code blocks. */
function outsideCode(text: string, change: (line: string) => string): string {
	let inCode = false;
	return text
		.split('\n')
		.map((line) => {
			const isFence = /^\s*(```|~~~)/.test(line);
			if (isFence) inCode = !inCode;
			return isFence || inCode ? line : change(line);
		})
		.join('\n');
}
