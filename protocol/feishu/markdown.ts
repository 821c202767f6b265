import { withoutMentions, withoutTags } from '../markdown/mentions';
import { parseMarkdown } from '../markdown/parse';
import { markdown, rewrite, type Dialect } from '../markdown/render';
import { fencedCode, imageAsLink, pipeTable } from '../markdown/write';
import type { Block, Link } from '../markdown/tree';

/** Feishu refuses a card with more tables (230099, 11310). */
const MAX_TABLES = 5;

/** Whether it looks for mentions within code is not documented: there they are none. */
const base: Dialect = {
	...markdown,
	/**
	 * A level of a list is four blanks:
	 * https://open.feishu.cn/document/feishu-cards/card-components/content-components/rich-text
	 */
	indent: '    ',
	inlineCode: (value) => markdown.inlineCode(withoutTags(value)),
	code: (code) => markdown.code({ ...code, value: withoutTags(code.value) }),
	image: imageOf,
};

/** Only what was uploaded is shown: an address of another image makes Feishu refuse the whole message. */
function imageOf(image: Link): readonly [string, string] {
	return /^img_[\w-]+$/.test(image.url) ? markdown.image(image) : imageAsLink(image);
}

/** Of a post, which shows the # of a heading as it is written. */
function postDialect(mentionIds: readonly string[]): Dialect {
	const heading: Dialect['heading'] = (node, text) => {
		const words = withoutMentions(text.replace(/\*\*/g, ''), mentionIds);
		// Marks alone would be a line.
		return /[\p{L}\p{N}]/u.test(words) ? `**${words}**` : markdown.heading(node, words);
	};
	return { ...base, heading };
}

/** Of a card (JSON 2.0). Tables that are too many are shown as they are written, as code. */
function cardDialect(): Dialect {
	let tables = 0;
	const table: Dialect['table'] = (node, writeCell) => {
		const text = pipeTable(node, writeCell);
		return ++tables > MAX_TABLES ? fencedCode({ value: text, lines: node.rows.length + 1 }) : text;
	};
	return { ...base, table };
}

/** A Markdown text as Feishu shows it: a post, or a card where it has a table, which posts do not show. */
export function toFeishu(
	text: string,
	mentionIds: readonly string[],
): { type: 'post' | 'interactive'; text: string } {
	const root = parseMarkdown(text);
	return root.children.some(hasTable)
		? { type: 'interactive', text: rewrite(text, cardDialect(), mentionIds, root) }
		: { type: 'post', text: rewrite(text, postDialect(mentionIds), mentionIds, root) };
}

/** A Markdown text for a card. */
export const toCard = (text: string, mentionIds: readonly string[]): string =>
	rewrite(text, cardDialect(), mentionIds);

function hasTable(block: Block): boolean {
	return (
		block.type === 'table' || ('children' in block && (block.children as Block[]).some(hasTable))
	);
}
