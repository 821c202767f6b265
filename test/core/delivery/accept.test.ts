import { acceptFailure, inOrder } from '../../../core/delivery/accept';
import type { ReplyTo } from '../../../protocol/message';
import {
	accept,
	failure,
	HOUR,
	iso,
	middle,
	MINUTE,
	NOW,
	ORIGIN,
	question,
	reply,
	SECOND,
	unsent,
} from './rows';

describe('A message to a bot that nobody could answer', () => {
	it('waits as a question, as the trigger gave it', () => {
		const row = accept(question());
		expect(row).toMatchObject({
			version: 1,
			kind: 'question',
			status: 'waiting',
			priority: 1,
			platform: 'feishu',
			bot: 'app',
			conversation: 'oc_1',
			attempts: 1,
			claim: '',
			...ORIGIN,
		});
		expect(JSON.parse(row.payload)).toEqual({ question: question() });
	});

	it('has ten minutes from when it came in', () => {
		const row = accept(question({ receivedAt: iso(NOW - 2 * MINUTE) }));
		expect(row).toMatchObject({
			createdAtMs: NOW - 2 * MINUTE,
			deadlineAt: NOW + 8 * MINUTE,
			dueAt: NOW + 501,
		});
		expect(accept(question({ receivedAt: 'long ago' })).deadlineAt).toBe(NOW + 10 * MINUTE);
	});

	it('is the same one when it fails again elsewhere', () => {
		const key = accept(question()).key;
		expect(accept(question(), failure({ code: 'other' })).key).toBe(key);
		expect(accept(question({ messageId: 'om_2' })).key).not.toBe(key);
		expect(accept(question({ platform: 'dingtalk' })).key).not.toBe(key);
	});

	it('is dead at once where that cannot be helped', () => {
		expect(accept(question(), failure({ class: 'badCredentials' }))).toMatchObject({
			status: 'dead',
			attempts: 1,
			settledAtMs: NOW,
		});
	});
});

describe('A text that could not be sent', () => {
	it('waits as an answer where somebody asked', () => {
		const row = accept(question(), failure({ unsent: reply() }));
		expect(row).toMatchObject({
			kind: 'answer',
			conversation: 'oc_1',
			bot: 'app',
			deadlineAt: NOW - 2 * SECOND + 10 * MINUTE,
		});
		expect(JSON.parse(row.payload)).toEqual({ unsent: reply() });
	});

	it('waits with its conversation, without the message, too', () => {
		const asked = { platform: 'wecom' as const, messageId: 'm', userId: 'u1' };
		const answered = { responseUrl: 'https://example.com/r', expiresAt: NOW };
		const aiBot = { ...asked, ...answered, bot: 'aiBot' as const };
		const app = { ...asked, bot: 'app' as const };
		const placeOf = (replyTo: ReplyTo) => {
			const { platform } = replyTo;
			const answer = reply({ platform, replyTo });
			const { bot, conversation } = accept({}, failure({ unsent: answer }));
			return [bot, conversation];
		};
		expect(placeOf(aiBot)).toEqual(['aiBot', 'u1']);
		expect(placeOf({ ...aiBot, chatId: 'c1' })).toEqual(['aiBot', 'c1']);
		expect(placeOf(app)).toEqual(['app', 'u1']);
		expect(placeOf(question().replyTo!)).toEqual(['app', 'oc_1']);
		const inTopic = { ...question().replyTo!, threadId: 'omt_1', rootId: 'om_0' };
		expect(placeOf(inTopic)).toEqual(['app', 'oc_1 omt_1']);
	});

	it('waits with its topic, as a question does', () => {
		const replyTo = { ...question().replyTo!, threadId: 'omt_1' };
		const asked = question({ threadId: 'omt_1', replyTo });
		const answer = accept(asked, failure({ unsent: reply({ replyTo }) }));
		expect(answer.conversation).toBe('oc_1 omt_1');
		expect(accept(asked).conversation).toBe('oc_1 omt_1');
	});

	it('waits for 24 hours as a notification where nobody asked', () => {
		const target = { type: 'users' as const, ids: ['a', 'b', 'c', 'd', 'e'] };
		const row = accept({}, failure({ unsent: unsent({ via: 'app', target }) }));
		expect(row).toMatchObject({
			kind: 'notification',
			bot: 'app',
			conversation: 'a, b, c + 2',
			deadlineAt: NOW + 24 * HOUR,
			createdAtMs: NOW,
		});
	});

	it('is told from others by its seed', () => {
		const keyOf = (seed: string) => accept({}, failure({ unsent: unsent({ seed }) })).key;
		expect(keyOf('a')).toBe(keyOf('a'));
		expect(keyOf('a')).not.toBe(keyOf('b'));
	});
});

describe('The error of any node', () => {
	it('says where it comes from, or else what called keeps it', () => {
		const origin = { workflowId: 'w9', executionId: '90' };
		expect(accept(question(), failure({ origin }))).toMatchObject(origin);
		expect(accept(question(), failure({ origin: {} }))).toMatchObject(ORIGIN);
	});

	it('may be a sentence alone', () => {
		expect(accept(question(), 'The workflow is not active' as never)).toMatchObject({
			status: 'dead',
			class: 'unclassified',
			reason: 'The workflow is not active',
		});
	});

	it.each([
		undefined,
		null,
		7,
		{},
		{ class: 'temporary', retryAfterMs: { toString: 'x', valueOf: 1 }, unsent: { seed: 1 } },
	])('may be anything: %j', (error) => {
		const row = acceptFailure({ ...question(), error }, ORIGIN, NOW, middle);
		expect(row).toMatchObject({ version: 1, kind: 'question', workflowId: 'w7' });
	});

	it('is kept for people where there is neither message nor text', () => {
		const row = accept({ some: 'item' }, failure());
		expect(row).toMatchObject({ kind: 'failure', status: 'dead', code: 'HTTP 503', ...ORIGIN });
		expect(accept({}, failure()).key).toBe(row.key);
		expect(accept({}, failure({ message: 'other' })).key).not.toBe(row.key);
	});
});

test('Messages of one millisecond keep their order within their conversation', () => {
	const rows = ['oc_1', 'oc_1', 'oc_2', 'oc_1'].map((conversationId, n) =>
		accept(question({ messageId: `om_${n}`, conversationId })),
	);
	const times = inOrder(rows).map(({ createdAtMs }) => createdAtMs - rows[0]!.createdAtMs);
	expect(times).toEqual([0, 1, 0, 2]);
	const again = rows.map((row) => ({ ...row, version: 2 }));
	expect(inOrder(again)).toEqual(again);
});
