import { asFields, asList, asText, type Fields } from '../fields';
import type { Attachment, ContentType, Quote } from '../message';
import { trimText } from '../text';

/* What stands in a message to an AI bot (智能机器人), or in one that it quotes: made readable, with its files. */

interface AiBotContent {
	contentType: ContentType;
	text: string;
	attachments: Attachment[];
}

/** Types without anything to read are `unknown` with an empty text. */
export function readContent(type: string, body: Fields): AiBotContent {
	const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
	const { contentType, text = '', attachments = [] } = reader?.(body[type], body) ?? UNKNOWN;
	return { contentType, text, attachments };
}

/** The message that another one answers: it has the form of a message, without an id or a sender. */
export function quoteOf(quoted: Fields): Quote | undefined {
	const { text, attachments } = readContent(asText(quoted.msgtype), quoted);
	const quote = {
		...(trimText(text) && { text: trimText(text) }),
		...(attachments.length > 0 && { attachments }),
	};
	return Object.keys(quote).length > 0 ? quote : undefined;
}

type Read = Partial<AiBotContent> & Pick<AiBotContent, 'contentType'>;

/** @param content the field that is called like the type; the others stand beside it in the body */
type Reader = (content: unknown, body: Fields) => Read;

const UNKNOWN: Read = { contentType: 'unknown' };

const says =
	(contentType: ContentType): Reader =>
	(content) => ({ contentType, text: saidIn(content) });

const shows =
	(contentType: ContentType, linesOf: (content: Fields) => string[]): Reader =>
	(content) => ({ contentType, text: inLines(linesOf(asFields(content))) });

/** Files lie encrypted at a URL that works for five minutes. */
const holds =
	(kind: 'image' | 'file' | 'video'): Reader =>
	(content) => {
		const key = asText(asFields(content).url);
		return { contentType: kind, attachments: key ? [{ kind, key }] : [] };
	};

/** A bot's own answers are quoted as `stream` and `template_card`. */
const READERS: Readonly<Record<string, Reader>> = {
	text: says('text'),
	markdown: says('richText'),
	stream: says('richText'),
	voice: says('audio'),
	image: holds('image'),
	file: holds('file'),
	video: holds('video'),
	mixed: readMixed,
	link: shows('card', linesOfLink),
	textcard: shows('card', linesOfLink),
	news: shows('card', ({ articles }) => asList(articles).map(asFields).flatMap(linesOfLink)),
	location: shows('location', linesOfLocation),
	template_card: shows('card', linesOfCard),
	stream_with_template_card: (_, { stream, template_card: card }) => ({
		contentType: 'card',
		text: inLines([saidIn(stream), ...linesOfCard(asFields(card))]),
	}),
};

const saidIn = (content: unknown): string => asText(content) || asText(asFields(content).content);

const inLines = (lines: string[]): string => lines.filter((line) => line !== '').join('\n');

/** Text and pictures, mostly; nothing is nested in it. */
function readMixed(content: unknown): Read {
	const items = asList(asFields(content).msg_item)
		.map(asFields)
		.filter(({ msgtype }) => msgtype !== 'mixed')
		.map((item) => readContent(asText(item.msgtype) || (item.image ? 'image' : 'text'), item));
	return {
		contentType: 'richText',
		text: inLines(items.map(({ text }) => text)),
		attachments: items.flatMap(({ attachments }) => attachments),
	};
}

function linesOfLink({ title, desc, description, url }: Fields): string[] {
	return [asText(title), asText(desc) || asText(description), asText(url)];
}

function linesOfLocation({ name, label, address, latitude, longitude }: Fields): string[] {
	const place = [asText(latitude), asText(longitude)];
	const isKnown = place.every((part) => part !== '');
	return [asText(name) || asText(label), asText(address), isKnown ? `(${place.join(', ')})` : ''];
}

/** What people read of a card, from top to bottom: https://developer.work.weixin.qq.com/document/path/101032 */
function linesOfCard(card: Fields): string[] {
	const quote = asFields(card.quote_area);
	const values = asList(card.horizontal_content_list).map(asFields);
	return [
		asText(asFields(card.source).desc),
		...titled(card.main_title),
		...titled(card.emphasis_content),
		asText(quote.title),
		asText(quote.quote_text),
		asText(card.sub_title_text),
		...values.map(({ keyname, value }) => [keyname, value].map(asText).filter(Boolean).join(': ')),
		...asList(card.vertical_content_list).flatMap(titled),
		...asList(card.jump_list).flatMap(titled),
		...[card.checkbox, card.button_selection, card.select_list].flat().flatMap(choice),
		...[card.button_list, card.submit_button].flat().map((button) => asText(asFields(button).text)),
	];
}

function titled(part: unknown): string[] {
	const { title, desc } = asFields(part);
	return [asText(title), asText(desc)];
}

/** A question and what can be chosen. */
function choice(part: unknown): string[] {
	const { title, option_list: options } = asFields(part);
	return [asText(title), ...asList(options).map((option) => asText(asFields(option).text))];
}
