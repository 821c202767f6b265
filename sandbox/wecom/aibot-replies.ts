import { bytesOf, type Json } from '../http.ts';
import type { Readable } from '../messages.ts';
import type { World } from '../world.ts';

/** Why a frame of the bot is not taken. */
export class FrameRefusal extends Error {
	readonly errcode: number;

	constructor(errcode: number, errmsg: string) {
		super(errmsg);
		this.errcode = errcode;
	}
}

const CONTENT_LIMIT = 20_480;
const FEEDBACK_LIMIT = 256;
const MEDIA = ['image', 'voice', 'video', 'file'];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function contentOf(value: unknown, field: string): string {
	if (typeof value !== 'string') throw new FrameRefusal(40058, `${field} missing`);
	if (bytesOf(value) > CONTENT_LIMIT)
		throw new FrameRefusal(45002, `${field} exceed max length ${CONTENT_LIMIT}`);
	return value;
}

/** Of a card, people read its titles. */
export function readCard(card: Json | undefined): Readable {
	if (!isText(card?.card_type)) throw new FrameRefusal(40058, 'template_card.card_type missing');
	const { main_title: main, sub_title_text: sub } = card;
	const lines = [main?.title, main?.desc, sub].filter(isText);
	return { text: lines.join('\n') || `[${card.card_type}]`, format: 'card' };
}

function readMedia(type: string, payload: Json | undefined, world: World): Readable {
	const file = world.files.get(String(payload?.media_id));
	if (!file || file.type !== type) throw new FrameRefusal(40007, 'invalid media_id');
	return { text: `[${type}] ${file.name}`, format: type };
}

export interface StreamPart extends Readable {
	id: string;
	isLast: boolean;
}

/** The whole text so far. `isFirst`: feedback is taken only there. */
export function readStream(stream: Json | undefined, isFirst: (id: string) => boolean): StreamPart {
	const { id, finish = false, content, msg_item: items, feedback } = stream ?? {};
	if (!isText(id)) throw new FrameRefusal(40058, 'stream.id missing');
	if (typeof finish !== 'boolean') throw new FrameRefusal(40058, 'stream.finish is no boolean');
	if (items !== undefined && !finish)
		throw new FrameRefusal(40058, 'stream.msg_item only where finish is true');
	if (feedback !== undefined && !isFirst(id))
		throw new FrameRefusal(40058, 'stream.feedback only in the first reply');
	if (feedback !== undefined && bytesOf(String(feedback?.id)) > FEEDBACK_LIMIT)
		throw new FrameRefusal(40058, 'stream.feedback.id exceed max length 256');
	return { id, isLast: finish, text: contentOf(content, 'stream.content'), format: 'markdown' };
}

/** What is sent as a whole: Markdown where `markdown` is allowed, a card, a file. @throws FrameRefusal */
export function readWhole(body: Json, world: World, allowed: { markdown: boolean }): Readable {
	const { msgtype } = body;
	if (MEDIA.includes(msgtype)) return readMedia(msgtype, body[msgtype], world);
	if (msgtype === 'template_card') return readCard(body.template_card);
	if (msgtype === 'markdown' && allowed.markdown) {
		const text = contentOf(body.markdown?.content, 'markdown.content');
		if (!text) throw new FrameRefusal(40058, 'markdown.content missing');
		return { text, format: 'markdown' };
	}
	throw new FrameRefusal(40008, `invalid message type ${msgtype}`);
}

/** A welcome is a text or a card. @throws FrameRefusal */
export function readWelcome(body: Json): Readable {
	if (body.msgtype !== 'text') return readCard(body.template_card);
	const text = contentOf(body.text?.content, 'text.content');
	if (!text) throw new FrameRefusal(40058, 'text.content missing');
	return { text, format: 'text' };
}
