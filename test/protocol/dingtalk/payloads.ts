import { decodeMessage } from '../../../protocol/dingtalk/decode';

export const NOW = Date.parse('2026-01-01T00:00:00Z');
const context = { nowMs: NOW, isTrustedUrl: (url: string) => url.startsWith('https://oapi.') };

/** A message of one person, with what is changed in it. */
export const decode = (more: object) =>
	decodeMessage(
		{
			msgId: 'msg1',
			conversationId: 'cid1',
			conversationType: '1',
			createAt: NOW - 1000,
			senderId: '$:LWCP_v1:$abc',
			senderNick: '小王',
			senderStaffId: 'staff1',
			chatbotUserId: '$bot',
			msgtype: 'text',
			text: { content: 'hi' },
			sessionWebhook: 'https://oapi.dingtalk.com/robot/sendBySession?session=1',
			sessionWebhookExpiredTime: NOW + 5_400_000,
			...more,
		},
		context,
	);
