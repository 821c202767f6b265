import { element } from './wire.js';
import { word } from './words.js';

/*
 * What each platform makes of Markdown, as far as it publishes that: what a dialect does not know stays as
 * it was written, so that one sees what people will see. Text only ever enters the page as text.
 */

const BASIC = ['heading', 'quote', 'bold', 'link'];
const RICH = ['italic', 'strike', 'code', 'fence', 'list', 'rule', 'escape'];

/** By the way on which the message came. `soft`: a single line end is no new line. */
const DIALECTS = {
	dingtalk: new Set([...BASIC, 'italic', 'image', 'list', 'escape', 'soft']),
	feishu: new Set([...RICH, 'quote', 'bold', 'link', 'image', 'at']),
	'feishu-card': new Set([...BASIC, ...RICH, 'image', 'table', 'at']),
	wecom: new Set([...BASIC, 'code', 'font', 'at']),
	'wecom-new': new Set([...BASIC, ...RICH, 'image', 'table']),
	plain: new Set(['at']),
};

const INLINE = [
	['escape', /\\([\\`*_{}[\]()#+\-.!~>|])/, ([, text]) => text],
	['code', /`([^`\n]+)`/, ([, text]) => element('code', '', text)],
	['image', /!\[([^\]]*)\]\(([^)\s]+)\)/, ([, name]) => element('span', 'media', `▣ ${name}`)],
	[
		'link',
		/\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/,
		([, text, url], rules) => link(url, inline(text, rules)),
	],
	['bold', /\*\*(?=\S)(.+?)\*\*/s, ([, text], rules) => wrap('strong', '', text, rules)],
	['strike', /~~(?=\S)(.+?)~~/s, ([, text], rules) => wrap('s', '', text, rules)],
	[
		'italic',
		/(?<![*\w])\*(?=[^\s*])([^*\n]+?)\*(?![*\w])/,
		([, text], rules) => wrap('em', '', text, rules),
	],
	[
		'font',
		/<font color="?(\w+)"?>(.*?)<\/font>/s,
		([, colour, text], rules) => wrap('span', `font-${colour}`, text, rules),
	],
	[
		'at',
		/<at (?:user_)?id="?([^">\s]+)"?>([^<]*)<\/at>|<@([^>\s]+)>/,
		([, id, name, other]) => mention(name || id || other),
	],
	['', /https?:\/\/[^\s<>"')\]，。；、）】]+/, ([url]) => link(url, [url])],
];

const mention = (id) =>
	element('span', 'mention', `@${id === 'all' || id === '@all' ? word('everybody') : id}`);

function link(url, children) {
	const node = element('a');
	Object.assign(node, { href: url, target: '_blank', rel: 'noreferrer noopener' });
	node.append(...children);
	return node;
}

function wrap(tag, className, text, rules) {
	const node = element(tag, className);
	node.append(...inline(text, rules));
	return node;
}

/** The nodes of a piece of text; what comes first is made first. */
function inline(text, rules) {
	const nodes = [];
	let rest = text;
	while (rest) {
		const [first] = INLINE.filter(([name]) => !name || rules.has(name))
			.map(([, pattern, make]) => ({ match: pattern.exec(rest), make }))
			.filter(({ match }) => match)
			.sort((a, b) => a.match.index - b.match.index);
		if (!first) break;
		const { match, make } = first;
		if (match.index > 0) nodes.push(rest.slice(0, match.index));
		nodes.push(make(match, rules));
		rest = rest.slice(match.index + match[0].length);
	}
	return rest ? [...nodes, rest] : nodes;
}

function paragraph(lines, rules) {
	const text = rules.has('soft')
		? lines.map((line) => (/ {2}$/.test(line) ? `${line.trimEnd()}\n` : `${line} `)).join('')
		: lines.join('\n');
	return wrap('div', 'block', text.trimEnd(), rules);
}

function table(lines, rules) {
	const node = element('table');
	lines.forEach((line, index) => {
		if (index === 1) return;
		const row = element('tr');
		const cells = line
			.trim()
			.replace(/^\||\|$/g, '')
			.split('|');
		row.append(...cells.map((cell) => wrap(index ? 'td' : 'th', '', cell.trim(), rules)));
		node.append(row);
	});
	return node;
}

/** How many lines, from `start` on, a block has that begins with this line. */
function linesOf(lines, start, belongs) {
	let end = start;
	while (end < lines.length && belongs(lines[end])) end += 1;
	return lines.slice(start, end);
}

const LIST = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const isTable = (lines, at) =>
	/\|/.test(lines[at] ?? '') &&
	/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? '');

function listItem(line, rules) {
	const [, indent, number, text] = LIST.exec(line);
	const node = wrap('div', 'item', text, rules);
	node.prepend(number ? `${number}. ` : '• ');
	node.dataset.depth = Math.min(3, Math.floor(indent.length / 2));
	return node;
}

/** One block at a time: the node, and how many lines it took. */
function block(lines, at, rules) {
	const line = lines[at];
	const fence = rules.has('fence') && /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
	if (fence) {
		const inside = linesOf(lines, at + 1, (next) => !next.trim().startsWith(fence));
		return [element('pre', '', inside.join('\n')), inside.length + 2];
	}
	const [, marks, title] = (rules.has('heading') && /^ {0,3}(#{1,6})\s+(.*)$/.exec(line)) || [];
	if (marks) return [wrap('div', `title title-${Math.min(3, marks.length)}`, title, rules), 1];
	if (rules.has('rule') && /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/.test(line))
		return [element('hr'), 1];
	if (rules.has('table') && isTable(lines, at)) {
		const rows = linesOf(lines, at, (next) => next.includes('|'));
		return [table(rows, rules), rows.length];
	}
	if (rules.has('quote') && QUOTE.test(line)) {
		const quoted = linesOf(lines, at, (next) => QUOTE.test(next));
		const node = element('blockquote');
		node.append(
			...blocks(
				quoted.map((each) => each.replace(QUOTE, '')),
				rules,
			),
		);
		return [node, quoted.length];
	}
	if (rules.has('list') && LIST.test(line)) return [listItem(line, rules), 1];
	const starts = (next) => next.trim() && (next === line || !startsBlock(next, rules));
	const text = linesOf(lines, at, starts);
	return text.length ? [paragraph(text, rules), text.length] : [undefined, 1];
}

const startsBlock = (line, rules) =>
	(rules.has('fence') && /^ {0,3}(`{3,}|~{3,})/.test(line)) ||
	(rules.has('heading') && /^ {0,3}#{1,6}\s/.test(line)) ||
	(rules.has('quote') && QUOTE.test(line)) ||
	(rules.has('list') && LIST.test(line));

function blocks(lines, rules) {
	const nodes = [];
	for (let at = 0; at < lines.length; ) {
		const [node, taken] = block(lines, at, rules);
		if (node) nodes.push(node);
		at += taken;
	}
	return nodes;
}

/** Ways on which an AI bot of WeCom answers, in the newer Markdown. */
const AI_BOT_WAYS = ['passive', 'response_url'];

/** Which dialect a message is shown in. */
export function dialectOf({ platform, format, via }) {
	if (platform === 'feishu') return { markdown: 'feishu', card: 'feishu-card' }[format] ?? 'plain';
	if (platform === 'dingtalk') return ['markdown', 'card'].includes(format) ? 'dingtalk' : 'plain';
	if (format === 'markdown_v2') return 'wecom-new';
	if (format !== 'markdown') return 'plain';
	return AI_BOT_WAYS.includes(via) ? 'wecom-new' : 'wecom';
}

/** What people see of a text in a dialect. */
export function rendered(text, dialect) {
	const rules = DIALECTS[dialect];
	return dialect === 'plain' ? inline(text, rules) : blocks(text.split('\n'), rules);
}
