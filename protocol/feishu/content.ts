import type { Attachment, ContentType } from '../message';
import { asFields, asList, asNumber, asText, type Fields } from '../fields';
import { trimText } from '../text';
import { saysAll, withNames, type Mentioned } from './mentions';
import { fileOf, imageOf, readCard, readLines, readPost } from './post';

/* What stands inside a Feishu message: made readable, with its files and mentions. */

export interface FeishuContent {
	contentType: ContentType;
	text: string;
	attachments: Attachment[];
}

/**
 * Reads a message's content; types without anything to read are `unknown` with an empty text.
 * @returns also whether the text mentions everybody
 */
export function readContent(
	type: string,
	content: Fields,
	mentioned: Mentioned[],
): { content: FeishuContent; everybody: boolean } {
	const read = (Object.hasOwn(READERS, type) ? READERS[type] : undefined) ?? readUnknown;
	const { contentType, text = '', attachments = [] } = read(content, mentioned);
	const named = trimText(withNames(text, mentioned));
	return { content: { contentType, text: named, attachments }, everybody: saysAll(text) };
}

type Reader = (
	content: Fields,
	mentioned: Mentioned[],
) => Partial<FeishuContent> & Pick<FeishuContent, 'contentType'>;

const readUnknown: Reader = ({ text }) => ({ contentType: 'unknown', text: asText(text) });

const readVideo: Reader = (content) => ({
	contentType: 'video',
	attachments: fileOf('video', content),
});

/** Types that Feishu shows as a card: a heading for the model, and what can be read of it. */
const card = (heading: string, lines: string[]): ReturnType<Reader> => ({
	contentType: 'card',
	text: [`[${heading}]`, ...lines.filter((line) => line !== '')].join('\n'),
});

const readCalendar: Reader = ({ summary, start_time: start, end_time: end }) =>
	card('日程', [asText(summary), [start, end].map(clock).filter(Boolean).join(' ~ ')]);

const READERS: Readonly<Record<string, Reader>> = {
	text: ({ text }) => ({ contentType: 'text', text: asText(text) }),
	post: (content, mentioned) => ({ contentType: 'richText', ...readPost(content, mentioned) }),
	// The card as it is shown; its images cannot be downloaded.
	interactive: (content, mentioned) => ({
		contentType: 'card',
		text: readCard(content, mentioned),
	}),
	image: (content) => ({ contentType: 'image', attachments: imageOf(content) }),
	file: (content) => ({ contentType: 'file', attachments: fileOf('file', content) }),
	audio: (content) => ({ contentType: 'audio', attachments: fileOf('audio', content) }),
	media: readVideo,
	video: readVideo,
	// Feishu gives their bytes to nobody; the key tells one from another.
	sticker: (content) => ({ contentType: 'unknown', attachments: fileOf('sticker', content) }),
	folder: (content) => ({ contentType: 'unknown', attachments: fileOf('folder', content) }),
	location: ({ name, latitude, longitude }) => ({
		contentType: 'location',
		text: [asText(name), latitude && longitude ? `(${asText(latitude)}, ${asText(longitude)})` : '']
			.join(' ')
			.trim(),
	}),
	// The messages themselves have to be asked for.
	merge_forward: () => card('合并转发的聊天记录', []),
	share_chat: ({ chat_id: id }) => card('群名片', [asText(id)]),
	share_user: ({ user_id: id }) => card('个人名片', [asText(id)]),
	todo: ({ summary, due_time: due }, mentioned) => {
		const { title, content } = asFields(summary);
		const until = clock(due);
		const lines = readLines(asList(content), mentioned).text;
		return card('待办', [asText(title), lines, until && `截止 ${until}`]);
	},
	vote: ({ topic, options }) =>
		card('投票', [asText(topic), ...asList(options).map((option) => `- ${asText(option)}`)]),
	calendar: readCalendar,
	general_calendar: readCalendar,
	share_calendar_event: readCalendar,
	video_chat: ({ topic, start_time: start }) => card('视频会议', [asText(topic), clock(start)]),
	hongbao: ({ text }) => card('红包', [asText(text)]),
	system: (content) => ({ contentType: 'unknown', text: readSystem(content) }),
};

/** A sentence with places: `{from_user} invited {to_chatters}`. */
function readSystem(content: Fields): string {
	return asText(content.template).replace(/\{(\w{1,64})\}/g, (place, name: string) => {
		if (!Object.hasOwn(content, name)) return place;
		return [content[name]].flat().map(asText).filter(Boolean).join(', ');
	});
}

const HOUR_MS = 60 * 60 * 1000;

/** A time in ms as Feishu shows it in China; empty where it is none. */
function clock(value: unknown): string {
	const shown = new Date(asNumber(value) + 8 * HOUR_MS);
	const isTime = asNumber(value) > 0 && !Number.isNaN(shown.getTime());
	return isTime ? `${shown.toISOString().slice(0, 16).replace('T', ' ')} (UTC+8)` : '';
}
