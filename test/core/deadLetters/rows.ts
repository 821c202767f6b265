import type { DeliveryRow, Payload } from '../../../core/delivery/delivery';

export const NOW = Date.parse('2026-03-02T08:00:00Z');
export const HOUR = 3_600_000;

/** Every secret of a row begins with this: none of it may be shown. */
export const CANARY = 'canary0123456789';

/** An answer to a DingTalk message, with the secrets that such a row really holds. */
export const answerPayload = (text = '报销三天内到账'): Payload => ({
	unsent: {
		platform: 'dingtalk',
		via: 'reply',
		replyTo: {
			platform: 'dingtalk',
			messageId: 'm1',
			conversationId: 'cid1',
			conversationType: 'group',
			userId: 'u1',
			sessionWebhook: `https://oapi.dingtalk.com/robot/sendBySession?session=${CANARY}-session`,
			sessionExpiresAt: NOW,
		},
		content: { type: 'markdown', text },
		longText: 'split',
		seed: 'seed1',
		sentParts: 0,
		messageIds: [],
		repeatable: false,
	},
});

export const questionPayload = (text = '报销多久到账？'): Payload =>
	({
		question: {
			platform: 'wecom',
			kind: 'message',
			messageId: 'q1',
			conversationId: 'g1',
			conversationType: 'group',
			sender: { id: 'u1', name: '王芳' },
			sessionId: 'wecom:1:g1::u1',
			contentType: 'text',
			text,
			chatInput: text,
			mentions: [],
			mentionedBot: true,
			attachments: [],
			replyTo: {
				platform: 'wecom',
				messageId: 'q1',
				bot: 'aiBot',
				userId: 'u1',
				responseUrl: `https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=${CANARY}-code`,
				expiresAt: NOW,
			},
			sentAt: '2026-03-02T07:00:00Z',
			receivedAt: '2026-03-02T07:00:00Z',
			raw: { Token: `${CANARY}-raw` },
		},
	}) as Payload;

let count = 0;

/** A dead answer; every row has a key of its own. */
export function row(
	fields: Partial<Omit<DeliveryRow, 'payload'>> & { payload?: Payload | string } = {},
): DeliveryRow {
	const { payload = answerPayload(), ...rest } = fields;
	return {
		key: `key ${++count}`,
		version: 3,
		kind: 'answer',
		status: 'dead',
		priority: 1,
		platform: 'dingtalk',
		bot: 'app',
		conversation: 'cid1',
		dueAt: NOW - HOUR,
		claim: '',
		attempts: 1,
		deadlineAt: NOW - HOUR,
		class: 'permissionDenied',
		code: 'Forbidden.AccessDenied',
		fingerprint: 'like failures',
		reason: 'The app may not send',
		payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
		history: JSON.stringify([
			{
				at: '2026-03-02T07:00:00.000Z',
				class: 'permissionDenied',
				code: 'Forbidden.AccessDenied',
				message: 'The app may not send',
			},
		]),
		audit: '[]',
		workflowId: 'w1',
		executionId: '17',
		announced: '',
		createdAtMs: NOW - HOUR - 1000,
		settledAtMs: NOW - HOUR,
		...rest,
	};
}

export const context = {
	now: NOW,
	timezone: 'Asia/Shanghai',
	by: '李强 dingtalk:ops1',
	link: ({ workflowId, executionId }: DeliveryRow): string =>
		workflowId ? `http://n8n/workflow/${workflowId}/executions/${executionId}` : '',
	page: 'http://n8n/letters',
	letter: ({ key }: DeliveryRow): string => `http://n8n/letters?id=${key}`,
};

export const payloadIn = (changed: DeliveryRow | undefined): Payload =>
	JSON.parse(changed!.payload) as Payload;
