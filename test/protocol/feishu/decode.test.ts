import fc from 'fast-check';
import { Refused } from '../../../protocol/verify';
import { messageOf, read, SENT } from './payloads';

describe('a message', () => {
	it('becomes a bot message whose id is the message’s, not the event’s', () => {
		const { raw, ...message } = read(
			messageOf('text', { text: ' hello ' }, { parent_id: 'om_0', root_id: 'om_r' }),
		);
		expect(message).toEqual({
			platform: 'feishu',
			kind: 'message',
			messageId: 'om_1',
			conversationId: 'oc_1',
			conversationType: 'direct',
			sender: { id: 'ou_zhang', unionId: 'on_zhang' },
			contentType: 'text',
			text: 'hello',
			mentions: [],
			mentionedBot: false,
			attachments: [],
			replyTo: {
				platform: 'feishu',
				messageId: 'om_1',
				conversationId: 'oc_1',
				rootId: 'om_r',
			},
			quote: { messageId: 'om_0' },
			sentAt: '2026-11-22T07:59:59.000Z',
			receivedAt: '2026-11-22T08:00:00.000Z',
		});
		expect(JSON.stringify(raw)).toContain('om_1');
		expect(JSON.stringify(raw)).not.toContain('the-verification-token');
	});

	it('of a bot is marked as one', () => {
		const payload = messageOf('text', { text: 'x' });
		payload.event.sender.sender_type = 'app';
		expect(read(payload).sender.isBot).toBe(true);
	});

	it.each([['message_id'], ['chat_id'], ['message_type']])('without %s is refused', (name) => {
		expect(() => read(messageOf('text', {}, { [name]: undefined }))).toThrow(Refused);
	});
});

describe('a card action', () => {
	const actionOf = (action: object) => ({
		schema: '2.0',
		header: {
			event_id: 'e9',
			event_type: 'card.action.trigger',
			create_time: String(SENT * 1000),
			token: 'the-verification-token',
		},
		event: {
			operator: { open_id: 'ou_zhang', union_id: 'on_zhang', tenant_key: 't' },
			token: 'c-update',
			action,
			host: 'im_message',
			context: { open_message_id: 'om_card', open_chat_id: 'oc_1' },
		},
	});

	it('carries the button, its value and where to answer', () => {
		const message = read(actionOf({ tag: 'button', name: 'approve', value: { ticket: 7 } }));
		expect(message).toMatchObject({
			kind: 'action',
			messageId: 'e9',
			conversationId: 'oc_1',
			sender: { id: 'ou_zhang', unionId: 'on_zhang' },
			action: { id: 'approve', value: { ticket: 7 }, cardId: 'om_card' },
			replyTo: {
				platform: 'feishu',
				messageId: 'om_card',
				conversationId: 'oc_1',
				actionId: 'e9',
			},
			sentAt: '2026-11-22T07:59:59.000Z',
		});
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	it.each([
		[
			{ tag: 'button', value: 'yes' },
			{ id: 'yes', value: 'yes' },
		],
		[
			{ tag: 'button', value: { action: 'no' } },
			{ id: 'no', value: { action: 'no' } },
		],
		[{ tag: 'button' }, { id: 'button' }],
		[
			{ tag: 'button', name: 'send', form_value: { a: '1' } },
			{ id: 'send', form: { a: '1' } },
		],
		[
			{ tag: 'select_static', name: 's', option: 'b' },
			{ id: 's', form: 'b' },
		],
		[
			{ tag: 'multi_select_static', name: 'm', options: ['a'] },
			{ id: 'm', form: ['a'] },
		],
		[
			{ tag: 'input', name: 'i', input_value: '' },
			{ id: 'i', form: '' },
		],
		[
			{ tag: 'checker', name: 'c', checked: false },
			{ id: 'c', form: false },
		],
	])('%j is told apart', (action, expected) => {
		expect(read(actionOf(action)).action).toEqual({ ...expected, cardId: 'om_card' });
	});
});

describe('an event', () => {
	it('of version 2.0 keeps its type and fields', () => {
		const event = { chat_id: 'oc_2', operator_id: { open_id: 'ou_z' }, external: false };
		const message = read({
			schema: '2.0',
			header: {
				event_id: 'e2',
				event_type: 'im.chat.member.bot.added_v1',
				create_time: String(SENT),
				token: 'the-verification-token',
			},
			event,
		});
		expect(message).toMatchObject({
			kind: 'event',
			messageId: 'e2',
			conversationId: 'oc_2',
			conversationType: 'group',
			sender: { id: 'ou_z' },
			event: { type: 'im.chat.member.bot.added_v1', data: event },
		});
		expect(message.replyTo).toBeUndefined();
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	const ids = { open_id: 'ou_a', union_id: 'on_a', user_id: 'a' };
	const other = { open_id: 'ou_other' };
	it.each<[string, object]>([
		['im.chat.member.bot.added_v1', { operator_id: ids }],
		['im.chat.member.user.added_v1', { operator_id: ids, users: [{ user_id: other }] }],
		['im.message.message_read_v1', { reader: { reader_id: ids, read_time: '1' } }],
		['im.message.reaction.created_v1', { operator_type: 'user', user_id: ids }],
		[
			'application.bot.menu_v6',
			{ operator: { operator_name: 'A', operator_id: ids }, event_key: 'k' },
		],
		[
			'vc.meeting.join_meeting_v1',
			{ operator: { id: ids, user_role: 1 }, meeting: { owner: { id: other } } },
		],
		['vc.meeting.leave_meeting_v1', { leave_user: { id: other }, operator: { id: ids } }],
		['drive.notice.comment_add_v1', { notice_meta: { from_user_id: ids, to_user_id: other } }],
		['drive.file.edit_v1', { operator_id_list: [ids, other], subscriber_id_list: [other] }],
		['hire.ehr_import_task.imported_v1', { operator_id: 'ou_text', operator_user_id: ids }],
		['helpdesk.ticket_message.created_v1', { sender_id: ids, sender_type: 1 }],
		['helpdesk.ticket.created_v1', { guest: { id: ids } }],
		['elearning.course_registration.created_v2', { learner: { user_id: ids } }],
		['approval.task.status_changed_v4', { assigned_user: ids }],
		['security_and_compliance.device_apply_record.device_apply_event_v2', { operator: ids }],
		['auth.user_access_token.revoked_v4', { ...ids, token_type: 'x' }],
	])('%s says who did it', (event_type, event) => {
		const header = { event_id: 'e', event_type };
		expect(read({ header, event }).sender).toEqual({ id: 'ou_a', unionId: 'on_a' });
	});

	it.each<[string, object, string]>([
		['with ids beside each other', { operator_open_id: 'ou_a', operator_employee_id: 'a' }, 'ou_a'],
		['with an id that is a text', { operator_user_id: '123' }, '123'],
		['with an operator that is a text', { operator: '123', target_user_id: other }, '123'],
		['with a user id only', { operator: { operator_id: { user_id: 'a' } } }, 'a'],
		['whose inviter has one id', { inviter: { id: 'ou_a' } }, 'ou_a'],
		[
			'about somebody, by nobody',
			{ object: other, target_user_id: other, meeting: { owner: other } },
			'',
		],
		[
			'with other people’s shapes',
			{ operator: [1], reader: 'x', operator_id: { open_id: {} } },
			'',
		],
	])('%s has that person or none', (_, event, id) => {
		const header = { event_id: 'e', event_type: 't' };
		expect(read({ header, event }).sender.id).toBe(id);
	});

	it('of version 1.0 has its uuid as id', () => {
		const message = read({
			ts: `${SENT / 1000}.25`,
			uuid: 'u1',
			token: 'the-verification-token',
			type: 'event_callback',
			event: { type: 'p2p_chat_create', open_id: 'ou_1', chat_id: 'oc_3' },
		});
		expect(message).toMatchObject({
			kind: 'event',
			messageId: 'u1',
			conversationType: 'direct',
			sender: { id: 'ou_1' },
			event: { type: 'p2p_chat_create' },
			sentAt: '2026-11-22T07:59:59.250Z',
		});
		expect(JSON.stringify(message)).not.toContain('the-verification-token');
	});

	it.each([
		['seconds', String(SENT / 1000)],
		['milliseconds', String(SENT)],
		['microseconds', String(SENT * 1000)],
	])('with a time in %s has the same time', (_, time) => {
		const header = { event_id: 'e', event_type: 't', create_time: time };
		expect(read({ header, event: {} }).sentAt).toBe('2026-11-22T07:59:59.000Z');
	});
});

describe('garbage', () => {
	const refusesOrReads = (payload: object): void => {
		try {
			const message = read(payload);
			expect(typeof message.messageId).toBe('string');
			expect(typeof message.text).toBe('string');
			expect(new Date(message.sentAt).toISOString()).toBe(message.sentAt);
		} catch (error) {
			if (!(error instanceof Refused)) throw error;
		}
	};

	it('of any shape is refused or read, and nothing else happens', () => {
		fc.assert(fc.property(fc.object(), refusesOrReads), { numRuns: 200 });
	});

	it('inside a message is refused or read, and nothing else happens', () => {
		const type = fc.constantFrom('text', 'post', 'interactive', 'image', 'media', 'location');
		const nodes = fc.array(fc.oneof(fc.array(fc.anything()), fc.anything()));
		const content = fc.oneof(
			fc.json(),
			fc.string(),
			nodes.map((lines) => JSON.stringify({ title: 1, content: lines, elements: lines })),
		);
		const mention = fc.oneof(
			fc.anything(),
			fc.record({ key: fc.string(), id: fc.anything(), name: fc.anything() }),
		);
		fc.assert(
			fc.property(type, content, fc.array(mention), (message_type, body, mentions) => {
				refusesOrReads(messageOf(message_type, body, { mentions, chat_type: 'group' }));
			}),
			{ numRuns: 300 },
		);
	});
});
