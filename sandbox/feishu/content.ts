import type { Json } from '../http.ts';
import type { Readable } from '../messages.ts';
import type { World } from '../world.ts';

export interface Wrong {
	code: number;
	msg: string;
}

const KILO = 1024;

function postText(post: Json): string {
	const lines = (post.content ?? []) as Json[][];
	const node = (part: Json) =>
		part.text ??
		(part.tag === 'at'
			? `@${part.user_name ?? part.user_id}`
			: part.tag === 'img'
				? '[image]'
				: '');
	return [post.title, ...lines.map((line) => line.map(node).join(''))].filter(Boolean).join('\n');
}

/** Every readable string of a card, top to bottom. */
function cardText(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(cardText);
	if (!value || typeof value !== 'object') return [];
	return Object.entries(value).flatMap(([name, child]) => {
		if (typeof child === 'string')
			return ['content', 'text', 'title'].includes(name) ? [child] : [];
		return cardText(child);
	});
}

export const readCard = (card: object): Readable => ({
	text: cardText(card).join('\n'),
	format: 'card',
});

const CODE = /(`{3,}|~{3,})[^]*?(?:\1|$)|(`+)[^`]+\2/g;
const IMAGE = /!\[[^[\]]*\]\(\s*<?([^)\s>]*)/g;

/** What a card says; it is refused where it shows an image that was not uploaded. */
function checkedCard(card: object): Readable | Wrong {
	const readable = readCard(card);
	for (const [, key = ''] of readable.text.replace(CODE, '').matchAll(IMAGE)) {
		if (!key.startsWith('img_')) {
			return {
				code: 230099,
				msg: 'Failed to create card content, ext=ErrCode: 200570; ErrMsg: the image key is invalid; ',
			};
		}
	}
	return readable;
}

const isPost = (post: unknown): post is Json =>
	!!post && typeof post === 'object' && Array.isArray((post as Json).content);

/** `content` of im/v1 is a JSON string; what it must hold depends on `msg_type`. */
export function readContent(msgType: unknown, content: unknown, world: World): Readable | Wrong {
	if (typeof msgType !== 'string' || typeof content !== 'string') {
		return { code: 99992402, msg: 'field validation failed: msg_type and content must be strings' };
	}
	const limit = msgType === 'text' ? 150 * KILO : 30 * KILO;
	if (Buffer.byteLength(content) > limit)
		return { code: 230025, msg: 'The length of the message content reaches its limit.' };
	let value: Json;
	try {
		value = JSON.parse(content);
	} catch {
		return {
			code: 230001,
			msg: 'Your request contains an invalid request parameter, ext=content is not a string in json format.',
		};
	}
	return readValue(msgType, value, world);
}

/** The same for a content that is already an object, as group bots send it. */
export function readValue(msgType: string, value: Json, world?: World): Readable | Wrong {
	const wrong = (what: string): Wrong => ({
		code: 230001,
		msg: `Your request contains an invalid request parameter, ext=${what}.`,
	});
	if (!value || typeof value !== 'object') return wrong('content is not an object');
	const key = (field: string, format: string): Readable | Wrong => {
		const known = typeof value[field] === 'string' && (!world || world.files.get(value[field]));
		return known ? { text: `[${format}] ${value[field]}`, format } : wrong(`${field} is invalid`);
	};
	switch (msgType) {
		case 'text':
			return typeof value.text === 'string' && value.text
				? { text: value.text, format: 'text' }
				: wrong('text is empty');
		case 'post': {
			const posts = Object.values(value.post ?? value).filter(isPost);
			return posts[0]
				? { text: postText(posts[0]), format: 'markdown' }
				: wrong('post has no language');
		}
		case 'image':
			return key('image_key', 'image');
		case 'file':
		case 'audio':
		case 'media':
		case 'sticker':
			return key('file_key', msgType);
		case 'interactive':
			return checkedCard(value);
		case 'share_chat':
			return { text: `[chat] ${value.chat_id}`, format: 'card' };
		case 'share_user':
			return { text: `[user] ${value.user_id}`, format: 'card' };
		default:
			return wrong(`invalid msg_type ${msgType}`);
	}
}
