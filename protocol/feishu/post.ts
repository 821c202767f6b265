import type { Attachment } from '../message';
import { asFields, asList, asNumber, asText, jsonFields, parseJson, type Fields } from '../fields';
import { ALL_KEY, meansAll, type Mentioned } from './mentions';

/* Rich text and cards: lines of nodes, made readable. Mentions become keys, which get their names later. */

/** Posts and cards are flat; whoever nests deeper wants to exhaust the reader. */
const MAX_DEPTH = 8;

/** Which language is read where a post has several: the order of the platform's own client. */
const LANGUAGES = ['zh_cn', 'en_us', 'ja_jp'];

export interface Lines {
	text: string;
	attachments: Attachment[];
}

/**
 * Reads a post. It comes plain, below a language, below `post`, or both; its lines under `content` or, from
 * newer clients, under `content_v2` as Markdown.
 */
export function readPost(content: Fields, mentioned: Mentioned[]): Lines {
	const bodies = bodiesOf(content);
	const body =
		bodies.find((one) => linesOf(one).some((lines) => lines.length > 0)) ??
		bodies.find(({ title }) => asText(title));
	if (!body) return { text: '', attachments: [] };
	const read = linesOf(body)
		.map((lines) => readLines(lines, mentioned))
		.find(({ text, attachments }) => text || attachments.length > 0);
	return {
		text: [asText(body.title), read?.text ?? ''].join('\n').trim(),
		attachments: read?.attachments ?? [],
	};
}

function bodiesOf(content: Fields): Fields[] {
	const inner = jsonFields(content.post);
	return [content, inner].flatMap((level) => {
		const names = [...LANGUAGES, ...Object.keys(level)];
		return [
			level,
			...names.filter((name) => Object.hasOwn(level, name)).map((name) => jsonFields(level[name])),
		];
	});
}

/** Lists of nodes in lines, also as JSON, or a text that is Markdown. */
const linesOf = ({ content, content_v2: markdown }: Fields): unknown[][] =>
	[content, markdown].map((lines) => {
		if (typeof lines !== 'string') return asList(lines);
		const parsed = parseJson(lines);
		return Array.isArray(parsed) ? parsed : [{ tag: 'md', text: lines }];
	});

/** Reads a card: as Feishu shows it to bots, in lines; as its sender wrote it, in elements that nest. */
export function readCard(content: Fields, mentioned: Mentioned[]): string {
	const header = asFields(asFields(content.header).title);
	const title = asText(content.title) || asText(header.content);
	const elements = [content.elements, asFields(content.body).elements].map(asList).flat();
	return [title, readLines(elements, mentioned).text].join('\n').trim();
}

/** Reads lines of nodes; a node that stands for itself is a line. */
export function readLines(lines: unknown[], mentioned: Mentioned[]): Lines {
	const attachments: Attachment[] = [];
	const read = (node: Fields, depth: number): string => {
		attachments.push(...attachmentOf(node));
		if (node.tag === 'md' || node.tag === 'markdown' || node.tag === 'lark_md') {
			return readMarkdown(asText(node.text) || asText(node.content), mentioned, attachments);
		}
		const said = readNode(node, mentioned);
		return depth === MAX_DEPTH
			? said
			: [said, ...childrenOf(node).map((child) => read(child, depth + 1))]
					.filter(Boolean)
					.join('\n');
	};
	const readLine = (nodes: Fields[]): string =>
		nodes
			.map((node) => {
				const said = read(node, 0);
				// A block that shares its line gets one of its own: a fence ends only there.
				return nodes.length > 1 && isBlock(node) ? `\n${said}\n` : said;
			})
			.join('');
	const text = lines
		.map((line) => readLine([line].flat().map(nodeOf)))
		.join('\n')
		.trim();
	return { text, attachments };
}

const nodeOf = (node: unknown): Fields =>
	typeof node === 'string' ? { tag: 'text', text: node } : asFields(node);

const isBlock = ({ tag }: Fields): boolean => tag === 'code_block' || tag === 'hr';

/** What a card's element holds: texts, and other elements. */
const childrenOf = ({ text, elements, columns, fields, actions }: Fields): Fields[] =>
	[typeof text === 'object' ? text : [], elements, columns, fields, actions]
		.flat()
		.filter((child) => typeof child === 'object' && child !== null)
		.map(asFields);

function readNode(node: Fields, mentioned: Mentioned[]): string {
	const said = asText(node.text);
	switch (node.tag) {
		case 'a': {
			const href = asText(node.href);
			return href && said && said !== href ? `[${said}](${href})` : href || said;
		}
		case 'at':
			return placeOf(asText(node.user_id), asText(node.user_name), mentioned);
		case 'emotion':
			return `[${asText(node.emoji_type)}]`;
		case 'hr':
			return '---';
		case 'code_block':
			return `\`\`\`${asText(node.language).toLowerCase()}\n${said.trimEnd()}\n\`\`\``;
		default:
			return said || asText(node.content);
	}
}

/** The key of a mention, which names the person by key or by id. */
function placeOf(id: string, name: string, mentioned: Mentioned[]): string {
	if (meansAll(id)) return ALL_KEY;
	const known = mentioned.find(({ key, openId }) => id !== '' && (key === id || openId === id));
	return known?.key ?? `@${name || id}`;
}

/** Bounded, so that a text of nothing but beginnings is read in one go. */
const AT_TAG = /<at\s{1,9}([^<>]{1,200}?)\/?>(?:([^<>]{0,200})<\/at>)?/g;
const AT_ID = /(?:^|\s)(?:user_id|open_id|id)\s?=\s?["']?([^"'\s]{1,100})/;
/** A picture that Feishu keeps; one with an address stays what it is. */
const PICTURE = /!\[[^\]\n]{0,200}\]\((img_[\w-]{1,200})\)/g;

function readMarkdown(said: string, mentioned: Mentioned[], attachments: Attachment[]): string {
	return said
		.replace(AT_TAG, (tag, attributes: string, name: string | undefined) => {
			const id = AT_ID.exec(attributes)?.[1];
			return id ? placeOf(id, (name ?? '').trim(), mentioned) : tag;
		})
		.replace(PICTURE, (_, key: string) => {
			attachments.push({ kind: 'image', key });
			return '';
		});
}

function attachmentOf(node: Fields): Attachment[] {
	if (node.tag === 'media') return fileOf('video', node);
	return node.tag === 'img' ? imageOf(node) : [];
}

export function imageOf(content: Fields): Attachment[] {
	const key = asText(content.image_key);
	return key ? [{ kind: 'image', key }] : [];
}

export function fileOf(kind: Attachment['kind'], content: Fields): Attachment[] {
	const key = asText(content.file_key);
	if (!key) return [];
	const durationMs = asNumber(content.duration);
	return [
		{
			kind,
			key,
			...(asText(content.file_name) && { name: asText(content.file_name) }),
			...(durationMs > 0 && { durationMs }),
		},
	];
}
