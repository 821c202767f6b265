import type { Attachment, ContentType } from '../message';
import { asFields, asNumber, asText, type Fields } from '../fields';

/* What stands inside a Feishu message: made readable, with its files and mentions. */

/** A mention as the message carries it: its text holds `key`, the place where the name belongs. */
export interface Mentioned {
	key: string;
	openId: string;
	name: string;
	isBot: boolean;
}

export interface FeishuContent {
	contentType: ContentType;
	text: string;
	attachments: Attachment[];
}

/** The place of a mention of everybody; it is not in the list of mentions. */
const ALL_KEY = '@_all';
export const ALL_NAME = '所有人';

/** Reads a message's content; types without anything to read are `unknown` with an empty text. */
export function readContent(type: string, content: Fields, mentioned: Mentioned[]): FeishuContent {
	const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
	const read = reader ? reader(content, mentioned) : { contentType: 'unknown' as const };
	return { text: '', attachments: [], ...read };
}

type Reader = (
	content: Fields,
	mentioned: Mentioned[],
) => Partial<FeishuContent> & Pick<FeishuContent, 'contentType'>;

const READERS: Readonly<Record<string, Reader>> = {
	text: (content, mentioned) => ({
		contentType: 'text',
		text: withNames(asText(content.text), mentioned).trim(),
	}),
	post: (content, mentioned) => {
		const post = localised(content);
		return {
			contentType: 'richText',
			text: readLines(asText(post.title), post.content, mentioned),
			attachments: nodesOf(post.content).flatMap(attachmentOf),
		};
	},
	// The card as it is shown; its images cannot be downloaded.
	interactive: (content, mentioned) => ({
		contentType: 'card',
		text: readLines(asText(content.title), content.elements, mentioned),
	}),
	image: (content) => ({
		contentType: 'image',
		attachments: attachmentOf({ tag: 'img', image_key: content.image_key }),
	}),
	file: (content) => ({ contentType: 'file', attachments: fileOf('file', content) }),
	audio: (content) => ({ contentType: 'audio', attachments: fileOf('audio', content) }),
	media: (content) => ({ contentType: 'video', attachments: fileOf('video', content) }),
	location: ({ name, latitude, longitude }) => ({
		contentType: 'location',
		text: [asText(name), latitude && longitude ? `(${asText(latitude)}, ${asText(longitude)})` : '']
			.join(' ')
			.trim(),
	}),
};

/** Whether a text mentions everybody. */
export function mentionsAll(type: string, content: Fields): boolean {
	if (type === 'text') return /@_all(?!\w)/.test(asText(content.text));
	return nodesOf(localised(content).content).some(
		({ tag, user_id: id }) => tag === 'at' && (id === 'all' || id === ALL_KEY),
	);
}

/** A received post is of one language and has no language level; a forwarded one may have it. */
function localised(content: Fields): Fields {
	if (Array.isArray(content.content)) return content;
	return (
		Object.values(content)
			.map(asFields)
			.find((post) => Array.isArray(post.content)) ?? content
	);
}

function nodesOf(lines: unknown): Fields[] {
	return Array.isArray(lines) ? lines.flat().map(asFields) : [];
}

function readLines(title: string, lines: unknown, mentioned: Mentioned[]): string {
	const read = (Array.isArray(lines) ? lines : []).map((line) =>
		[line]
			.flat()
			.map((node) => readNode(asFields(node), mentioned))
			.join(''),
	);
	return [title, withNames(read.join('\n'), mentioned)].join('\n').trim();
}

function readNode(node: Fields, mentioned: Mentioned[]): string {
	const said = asText(node.text);
	switch (node.tag) {
		case 'a': {
			const href = asText(node.href);
			return href && said && said !== href ? `[${said}](${href})` : href || said;
		}
		case 'at':
			return placeOf(node, mentioned);
		case 'emotion':
			return `[${asText(node.emoji_type)}]`;
		case 'hr':
			return '---';
		case 'code_block':
			return `\`\`\`${asText(node.language).toLowerCase()}\n${said.trimEnd()}\n\`\`\``;
		default:
			return said;
	}
}

/** The key of a mention inside a post, which names the person by key or by id. */
function placeOf(node: Fields, mentioned: Mentioned[]): string {
	const id = asText(node.user_id);
	if (id === 'all' || id === ALL_KEY) return ALL_KEY;
	const known = mentioned.find(({ key, openId }) => id !== '' && (key === id || openId === id));
	return known?.key ?? `@${asText(node.user_name) || id}`;
}

/** A mention's key, with what was written directly behind it, and the blank after that. */
const PLACES = /(@\w{1,32})( ?)/g;

/** Puts names where the keys stand. The bot's own mention is taken out, with the blank after it. */
function withNames(said: string, mentioned: Mentioned[]): string {
	const names = new Map(mentioned.map(({ key, name, isBot }) => [key, isBot ? '' : `@${name}`]));
	names.set(ALL_KEY, `@${ALL_NAME}`);
	return said.replace(PLACES, (whole, place: string, blank: string) => {
		// The longest key counts: @_user_1 is the beginning of @_user_10.
		let end = place.length;
		while (end > 1 && !names.has(place.slice(0, end))) end--;
		const name = names.get(place.slice(0, end));
		if (name === undefined) return whole;
		const rest = place.slice(end) + blank;
		return name ? name + rest : rest.replace(/^ /, '');
	});
}

function attachmentOf(node: Fields): Attachment[] {
	if (node.tag === 'media') return fileOf('video', node);
	const key = asText(node.image_key);
	return node.tag === 'img' && key ? [{ kind: 'image', key }] : [];
}

function fileOf(kind: Attachment['kind'], content: Fields): Attachment[] {
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
