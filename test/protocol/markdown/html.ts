import type { Block, Inline, List, Root, Table } from '../../../protocol/markdown/tree';

/** A tree as CommonMark's test suite and its parsers write it. */
export const toHtml = ({ children }: Root): string => blocks(children, false);

/** Two pages are the same whatever stands between their blocks. */
export const sameBlocks = (html: string): string =>
	html.replace(/\n*(<\/?(?:ul|ol|li|p|h\d|hr \/|blockquote|pre)\b[^>]*>)\n*/g, '$1').trim();

const escaped = (text: string): string =>
	text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const blocks = (nodes: readonly Block[], isTight: boolean): string =>
	nodes.map((node) => block(node, isTight)).join('');

function block(node: Block, isTight: boolean): string {
	switch (node.type) {
		case 'paragraph':
			return isTight ? `${inline(node.children)}\n` : `<p>${inline(node.children)}</p>\n`;
		case 'heading':
			return `<h${node.depth}>${inline(node.children)}</h${node.depth}>\n`;
		case 'thematicBreak':
			return '<hr />\n';
		case 'blockquote':
			return `<blockquote>\n${blocks(node.children, false)}</blockquote>\n`;
		case 'list':
			return list(node);
		case 'code': {
			const language = node.info?.split(/\s/)[0];
			const name = language ? ` class="language-${escaped(language)}"` : '';
			const code = node.lines > 0 ? `${escaped(node.value)}\n` : '';
			return `<pre><code${name}>${code}</code></pre>\n`;
		}
		case 'table':
			return table(node);
		default:
			return '';
	}
}

function list({ first, spread, children }: List): string {
	const tag = first === undefined ? 'ul' : 'ol';
	const start = first === undefined || first === 1 ? '' : ` start="${first}"`;
	const items = children.map((item) => `<li>${blocks(item.children, !spread)}</li>\n`);
	return `<${tag}${start}>\n${items.join('')}</${tag}>\n`;
}

function table({ align, rows }: Table): string {
	const row = (cells: Inline[][], tag: string): string => {
		const all = align.map((side, index) => {
			const style = side ? ` style="text-align:${side}"` : '';
			return `<${tag}${style}>${inline(cells[index] ?? [])}</${tag}>\n`;
		});
		return `<tr>\n${all.join('')}</tr>\n`;
	};
	const [head = [], ...body] = rows;
	const rest = body.map((cells) => row(cells, 'td')).join('');
	const tbody = rest && `<tbody>\n${rest}</tbody>\n`;
	return `<table>\n<thead>\n${row(head, 'th')}</thead>\n${tbody}</table>\n`;
}

const TAGS = { emphasis: 'em', strong: 'strong', delete: 's' } as const;

const inline = (nodes: readonly Inline[]): string => nodes.map(inlineNode).join('');

function inlineNode(node: Inline): string {
	switch (node.type) {
		case 'text':
			return escaped(node.value);
		case 'inlineCode':
			return `<code>${escaped(node.value)}</code>`;
		case 'break':
			return node.hard ? '<br />\n' : '\n';
		case 'link':
			return `<a href="${urlOf(node.url)}"${titleOf(node.title)}>${inline(node.children)}</a>`;
		case 'image': {
			const alt = escaped(words(node.children));
			return `<img src="${urlOf(node.url)}" alt="${alt}"${titleOf(node.title)} />`;
		}
		default:
			return `<${TAGS[node.type]}>${inline(node.children)}</${TAGS[node.type]}>`;
	}
}

const titleOf = (title?: string): string => (title ? ` title="${escaped(title)}"` : '');

const urlOf = (url: string): string => escaped(encodeURI(url).replace(/%25([0-9a-f]{2})/gi, '%$1'));

const words = (nodes: readonly Inline[]): string =>
	nodes
		.map((node) =>
			'children' in node ? words(node.children) : node.type === 'break' ? '\n' : node.value,
		)
		.join('');
