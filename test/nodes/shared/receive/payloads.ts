import { ALL_NAME } from '../../../../protocol/feishu/mentions';
import type { PlatformCase, Wire } from '../../platforms';
import { toXml } from '../../weComCase';

/*
 * Sound payloads of every platform, of every kind that its decoder looks into: what the tests of malformed
 * ones begin with.
 */

export interface Payload {
	document: object;
	/** The text that the platform seals. */
	write(document: unknown): string;
	/** Seals and signs a text. */
	seal(text: string): Wire;
}

type Fields = Record<string, unknown>;

export function payloadsOf(platform: PlatformCase): Payload[] {
	const { deliver, deliverEvent = deliver } = platform;
	const message = platform.document({ id: 'm1' });
	const more =
		MORE[
			platform.trigger === 'weComTrigger' ? platform.parameters!.authentication! : platform.trigger
		]!;
	const { messages, events } = more(message);
	const isXml = platform.name === 'WeCom (app)';
	const write = (document: unknown): string =>
		isXml ? `<xml>${toXml(document)}</xml>` : (JSON.stringify(closed(document)) ?? '');
	return [
		...[message, ...messages].map((document) => ({
			document: opened(document),
			write,
			seal: deliver,
		})),
		...events.map((document) => ({ document, write, seal: deliverEvent })),
	];
}

const MORE: Record<string, (message: Fields) => { messages: Fields[]; events: Fields[] }> = {
	dingTalkTrigger: (message) => {
		const parts = [{ text: 'see' }, { type: 'picture', downloadCode: 'c1' }, { text: '!' }];
		const atUsers = [{ dingtalkId: '$:LWCP_v1:$bot' }, { dingtalkId: 'd2', staffId: 's2' }];
		const audio = { recognition: 'hi', downloadCode: 'c2', duration: 3000 };
		const file = { fileName: 'a.pdf', downloadCode: 'c3' };
		const repliedMsg = {
			msgType: 'richText',
			msgId: 'm0',
			senderId: 's2',
			content: { richText: [{ msgType: 'text', content: 'Guten Morgen' }, parts[1]] },
		};
		const chatRecord = '[{"senderNick":"A","msgType":"text","content":"hi"}]';
		return {
			messages: [
				{
					...message,
					msgtype: 'richText',
					content: { richText: parts },
					conversationType: '2',
					atUsers,
				},
				{ ...message, msgtype: 'audio', content: audio, originalMsgId: 'm0' },
				{ ...message, msgtype: 'file', content: file },
				{ ...message, text: { content: ' ask  now', isReplyMsg: true, repliedMsg }, atUsers },
				{
					...message,
					msgtype: 'chatRecord',
					content: { title: 'T', summary: '["A:hi"]', chatRecord },
				},
			],
			events: [
				{
					EventType: 'user_add_org',
					TimeStamp: '1700000000000',
					UserId: ['u1'],
					operatorUserId: 'o',
				},
				{ EventType: 'check_url' },
			],
		};
	},
	feishuTrigger: (message) => {
		const { event, header } = message as { event: Fields; header: Fields };
		const of = (message_type: string, content: unknown, more: Fields = {}): Fields => ({
			...message,
			event: {
				...event,
				message: {
					...(event.message as Fields),
					message_type,
					content: JSON.stringify(content),
					...more,
				},
			},
		});
		const mentions = [
			{ key: '@_user_1', id: { open_id: 'ou_bot' }, name: 'ClawBot' },
			{ key: '@_user_2', id: { open_id: 'ou_2', user_id: 'u2' }, name: '李四' },
		];
		const lines = [
			[
				{ tag: 'at', user_id: '@_user_1', user_name: 'ClawBot' },
				{ tag: 'a', text: 'page', href: 'https://example.com' },
				{ tag: 'emotion', emoji_type: 'SMILE' },
			],
			[
				{ tag: 'code_block', language: 'SQL', text: 'select 1;' },
				{ tag: 'img', image_key: 'i1' },
			],
			[
				{ tag: 'media', file_key: 'f1' },
				{ tag: 'at', user_id: 'all' },
			],
		];
		const action = { tag: 'button', name: 'ok', value: { action: 'yes' }, form_value: { a: [1] } };
		return {
			messages: [
				of(
					'text',
					{ text: `@_user_1 hi @_user_2 and @_all ${ALL_NAME}` },
					{ mentions, chat_type: 'group' },
				),
				of('post', { title: 'T', content: lines }, { mentions, parent_id: 'om_0' }),
				of('post', { zh_cn: { title: 'T', content: lines } }),
				of('interactive', { title: 'card', elements: lines }),
				of('file', { file_key: 'f1', file_name: 'a.pdf' }),
				of('audio', { file_key: 'f2', duration: 4000 }),
				of('image', { image_key: 'i1' }),
				of('location', { name: 'here', latitude: '1', longitude: '2' }),
				of('post', { content_v2: [[{ tag: 'md', text: 'see <at id=all></at> ![a](img_1)' }]] }),
				of('todo', { summary: { title: 'T', content: lines }, due_time: '1700000000000' }),
				of('vote', { topic: 'T', options: ['a'] }),
				of('system', { template: '{from_user} left', from_user: ['A'] }),
			],
			events: [
				{
					schema: '2.0',
					header: { ...header, event_type: 'card.action.trigger' },
					event: {
						operator: { open_id: 'ou_1', union_id: 'on_1' },
						action,
						context: { open_message_id: 'om_1', open_chat_id: 'oc_1' },
					},
				},
				{
					schema: '2.0',
					header: { ...header, event_type: 'im.chat.member.user.added_v1' },
					event: { chat_id: 'oc_1', operator_id: { open_id: 'ou_1' }, users: [{ name: 'x' }] },
				},
				{ uuid: 'v1', ts: '1700000000.5', token: header.token, event: { type: 'p2p_chat_create' } },
				{ type: 'url_verification', token: header.token, challenge: 'c' },
			],
		};
	},
	app: (message) => ({
		messages: [
			{ ...message, MsgType: 'image', MediaId: 'x', PicUrl: 'https://example.com' },
			{ ...message, MsgType: 'location', Location_X: '1', Location_Y: '2', Label: 'here' },
			{ ...message, MsgType: 'file', FileName: 'a.pdf', MediaId: 'x' },
			{ ...message, MsgType: 'link', Title: 't', Description: 'd', Url: 'https://example.com' },
		],
		events: [
			{ ...message, MsgType: 'event', Event: 'enter_agent', EventKey: '' },
			{
				...message,
				MsgType: 'event',
				Event: 'change_contact',
				FromUserName: 'sys',
				ChangeType: 'x',
			},
			{
				...message,
				MsgType: 'event',
				Event: 'template_card_event',
				EventKey: 'k',
				TaskId: 't',
				SelectedItems: { SelectedItem: { QuestionKey: 'q', OptionIds: { OptionId: 'o' } } },
			},
		],
	}),
	aiBot: (message) => {
		const items = [
			{ msgtype: 'text', text: { content: 'see' } },
			{ msgtype: 'image', image: { url: 'https://example.com/i' } },
		];
		const selected = { selected_item: [{ question_key: 'q', option_ids: { option_id: ['o'] } }] };
		const card = { event_key: 'k', task_id: 't', selected_items: selected };
		return {
			messages: [
				{ ...message, msgtype: 'mixed', mixed: { msg_item: items } },
				{ ...message, chattype: 'group', chatid: 'c1', text: { content: '@Bot hi' } },
				{ ...message, msgtype: 'voice', voice: { content: 'hi' } },
				{ ...message, msgtype: 'file', file: { url: 'https://example.com/f' } },
				{ ...message, quote: { msgtype: 'mixed', mixed: { msg_item: items } } },
			],
			events: [
				{ ...message, msgtype: 'event', event: { eventtype: 'enter_chat' } },
				{
					...message,
					msgtype: 'event',
					event: { eventtype: 'template_card_event', template_card_event: card },
				},
				{ ...message, msgtype: 'stream', stream: { id: 's' } },
			],
		};
	},
};

/** Feishu writes a message's content as JSON into a text: opened, so that what is inside can be changed. */
function opened(document: object): object {
	return withContent(document, (content) =>
		typeof content === 'string' ? (JSON.parse(content) as unknown) : content,
	) as object;
}

function closed(document: unknown): unknown {
	return withContent(document, (content) =>
		typeof content === 'object' ? JSON.stringify(content) : content,
	);
}

function withContent(document: unknown, change: (content: unknown) => unknown): unknown {
	const { event } = (document ?? {}) as { event?: { message?: Fields } };
	if (typeof event?.message?.content === 'undefined') return document;
	const message = { ...event.message, content: change(event.message.content) };
	return { ...(document as object), event: { ...event, message } };
}
