import { decodeEvent, decodeStreamEvent } from '../../../protocol/dingtalk/decode';
import { Refused } from '../../../protocol/verify';
import { NOW } from './payloads';

test('An event keeps its type and fields under the id that is given to it', () => {
	const event = { EventType: 'user_add_org', TimeStamp: String(NOW), operatorUserId: 'boss' };
	expect(decodeEvent(event, 'id1', NOW)).toMatchObject({
		kind: 'event',
		messageId: 'id1',
		sender: { id: 'boss' },
		event: { type: 'user_add_org', data: event },
		sentAt: '2026-01-01T00:00:00.000Z',
	});
	expect(() => decodeEvent({}, 'id1', NOW)).toThrow(Refused);
});

test.each<[object, object]>([
	[
		{ ChatId: 'chat1', Operator: 'boss', OperatorUnionId: 'u1', UserId: ['a'] },
		{ conversationId: 'chat1', conversationType: 'group', sender: { id: 'boss', unionId: 'u1' } },
	],
	[
		{ chatId: 'chat1', openConversationId: 'cid1', operator: 'boss', operatorUnionId: 'u1' },
		{ conversationId: 'cid1', conversationType: 'group', sender: { id: 'boss', unionId: 'u1' } },
	],
	[
		{ OptStaffId: 'boss', UserId: ['a'] },
		{ conversationType: 'direct', sender: { id: 'boss' } },
	],
	[{ staffId: 'applicant' }, { sender: { id: 'applicant' } }],
	[{ UserId: ['a'] }, { conversationId: '', sender: { id: '' } }],
])('Of an event %j it is said where, and by whom', (fields, expected) => {
	const type = 'chat_add_member';
	expect(decodeEvent({ EventType: type, ...fields }, 'id1', NOW)).toMatchObject(expected);
	const headers = { eventType: type, eventId: 'e1' };
	const frame = {
		specVersion: '1.0',
		type: 'EVENT' as const,
		headers,
		data: JSON.stringify(fields),
	};
	expect(decodeStreamEvent(frame, NOW)).toMatchObject(expected);
});

describe('An event of the stream', () => {
	const headers = {
		topic: '*',
		messageId: 'm1',
		eventType: 'user_add_org',
		eventId: 'e1',
		eventBornTime: String(NOW - 2000),
		time: String(NOW - 1000),
	};
	const frame = (change: object, data = '{"userId":["a"]}') => ({
		...{ specVersion: '1.0', type: 'EVENT' as const, data },
		headers: { ...headers, ...change },
	});

	test('has its type, id and time in the headers', () => {
		expect(decodeStreamEvent(frame({}), NOW)).toMatchObject({
			kind: 'event',
			messageId: 'e1',
			event: { type: 'user_add_org', data: { userId: ['a'] } },
			sentAt: '2025-12-31T23:59:58.000Z',
		});
	});

	test('has the frame’s id and time where it has none of its own', () => {
		expect(decodeStreamEvent(frame({ eventId: '', eventBornTime: '' }), NOW)).toMatchObject({
			messageId: 'm1',
			sentAt: '2025-12-31T23:59:59.000Z',
		});
	});

	test.each([
		['without a type', frame({ eventType: '' })],
		['without any id', frame({ eventId: '', messageId: '' })],
		['that is no document', frame({}, 'x')],
		['that is a list', frame({}, '[]')],
	])('%s is refused', (_, bad) => {
		expect(() => decodeStreamEvent(bad, NOW)).toThrow(Refused);
	});
});
