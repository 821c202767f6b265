import { messageOf, read } from './payloads';

describe('a message', () => {
	it.each<[string, unknown, string, string, object[]]>([
		['image', { image_key: 'img_1' }, 'image', '', [{ kind: 'image', key: 'img_1' }]],
		[
			'file',
			{ file_key: 'f1', file_name: '报告.pdf' },
			'file',
			'',
			[{ kind: 'file', key: 'f1', name: '报告.pdf' }],
		],
		[
			'audio',
			{ file_key: 'f2', duration: 4000 },
			'audio',
			'',
			[{ kind: 'audio', key: 'f2', durationMs: 4000 }],
		],
		[
			'media',
			{ file_key: 'f3', image_key: 'i3', file_name: 'a.mp4', duration: 5000 },
			'video',
			'',
			[{ kind: 'video', key: 'f3', name: 'a.mp4', durationMs: 5000 }],
		],
		[
			'location',
			{ name: '天安门', longitude: '116.39', latitude: '39.90' },
			'location',
			'天安门 (39.90, 116.39)',
			[],
		],
		[
			'interactive',
			{
				title: 'Report',
				elements: [
					[
						{ tag: 'text', text: 'All ' },
						{ tag: 'text', text: 'well' },
					],
				],
			},
			'card',
			'Report\nAll well',
			[],
		],
		[
			'interactive',
			{
				header: { title: { tag: 'plain_text', content: 'Report' } },
				body: {
					elements: [
						{ tag: 'div', text: { tag: 'lark_md', content: 'All **well**' } },
						{
							tag: 'column_set',
							columns: [{ tag: 'column', elements: [{ tag: 'markdown', content: 'a' }] }],
						},
						{
							tag: 'action',
							actions: [{ tag: 'button', text: { tag: 'plain_text', content: 'OK' } }],
						},
					],
				},
			},
			'card',
			'Report\nAll **well**\na\nOK',
			[],
		],
		[
			'video',
			{ file_key: 'f3', file_name: 'a.mp4', duration: '5000' },
			'video',
			'',
			[{ kind: 'video', key: 'f3', name: 'a.mp4', durationMs: 5000 }],
		],
		['sticker', { file_key: 's1' }, 'unknown', '', [{ kind: 'sticker', key: 's1' }]],
		[
			'folder',
			{ file_key: 'd1', file_name: '资料' },
			'unknown',
			'',
			[{ kind: 'folder', key: 'd1', name: '资料' }],
		],
		['share_chat', { chat_id: 'oc_9' }, 'card', '[群名片]\noc_9', []],
		['share_user', { user_id: 'ou_9' }, 'card', '[个人名片]\nou_9', []],
		[
			'merge_forward',
			{ content: 'Merged and Forwarded Message' },
			'card',
			'[合并转发的聊天记录]',
			[],
		],
		['merge_forward', '', 'card', '[合并转发的聊天记录]', []],
		[
			'system',
			{
				template: '{from_user} invited {to_chatters}.{x}',
				from_user: ['A'],
				to_chatters: ['B', 'C'],
			},
			'unknown',
			'A invited B, C.{x}',
			[],
		],
		['system', { template: '{x}' }, 'unknown', '{x}', []],
		[
			'todo',
			{
				task_id: 't1',
				summary: {
					title: '周报',
					content: [
						[
							{ tag: 'text', text: 'write ' },
							{ tag: 'text', text: 'it' },
						],
					],
				},
				due_time: '1764547200000',
			},
			'card',
			'[待办]\n周报\nwrite it\n截止 2025-12-01 08:00 (UTC+8)',
			[],
		],
		['todo', {}, 'card', '[待办]', []],
		['vote', { topic: '午饭', options: ['面', '饭'] }, 'card', '[投票]\n午饭\n- 面\n- 饭', []],
		...['calendar', 'general_calendar', 'share_calendar_event'].map<
			[string, unknown, string, string, object[]]
		>((type) => [
			type,
			{ summary: '周会', start_time: '1764547200000', end_time: '1764550800000' },
			'card',
			'[日程]\n周会\n2025-12-01 08:00 (UTC+8) ~ 2025-12-01 09:00 (UTC+8)',
			[],
		]),
		[
			'video_chat',
			{ topic: '站会', start_time: '1764547200000' },
			'card',
			'[视频会议]\n站会\n2025-12-01 08:00 (UTC+8)',
			[],
		],
		['video_chat', { topic: '站会', start_time: '9e99' }, 'card', '[视频会议]\n站会', []],
		['hongbao', { text: '恭喜发财' }, 'card', '[红包]\n恭喜发财', []],
		['hologram', { text: 'readable' }, 'unknown', 'readable', []],
		['constructor', {}, 'unknown', '', []],
		['text', 'not json', 'text', '', []],
		['text', '[1]', 'text', '', []],
	])('of type %s %j is read', (type, content, contentType, text, attachments) => {
		expect(read(messageOf(type, content))).toMatchObject({ contentType, text, attachments });
	});

	it('whose elements nest without end is read as far as anybody writes', () => {
		const opened = '{"tag":"column","elements":['.repeat(5000);
		const card = `{"elements":[${opened}{"tag":"markdown","content":"deep"}${']}'.repeat(5000)}]}`;
		expect(read(messageOf('interactive', card)).text).toBe('');
	});
});
