import { decode } from '../../../protocol/feishu/decode';

const NOW = Date.parse('2026-11-22T08:00:00Z');
export const SENT = NOW - 1000;
export const BOT = {
	key: '@_user_1',
	id: { open_id: 'ou_bot', union_id: 'on_bot' },
	name: 'ClawBot',
};
export const LI = {
	key: '@_user_2',
	id: { open_id: 'ou_li', union_id: 'on_li', user_id: 'lisi' },
	name: '李四',
};

/** The callback of a message. */
export function messageOf(type: string, content: unknown, more: object = {}) {
	return {
		schema: '2.0',
		header: {
			event_id: 'e1',
			event_type: 'im.message.receive_v1',
			create_time: String(SENT),
			token: 'the-verification-token',
			app_id: 'cli_1',
		},
		event: {
			sender: {
				sender_id: { open_id: 'ou_zhang', user_id: 'zhangsan', union_id: 'on_zhang' },
				sender_type: 'user',
			},
			message: {
				message_id: 'om_1',
				create_time: String(SENT),
				chat_id: 'oc_1',
				chat_type: 'p2p',
				message_type: type,
				content: typeof content === 'string' ? content : JSON.stringify(content),
				...more,
			},
		},
	};
}

export const inGroup = (text: string, ...mentions: object[]) =>
	messageOf('text', { text }, { chat_type: 'group', mentions });

export const read = (payload: object, botOpenId?: string) =>
	decode(payload as Record<string, unknown>, { nowMs: NOW, botOpenId });
