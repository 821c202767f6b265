import { digestOf, MAX_DIGEST_BYTES } from '../../../core/delivery/digest';
import { openRows } from '../../../core/delivery/open';
import { jointLease } from '../../../core/delivery/row';
import { byteLength } from '../../../protocol/text';
import { content, entryOf, question, reply, unsent, waitingRow } from './rows';

const claim = 'me:1';

test('A leased text is sent, with the row that says so', () => {
	const row = waitingRow({ claim });
	expect(openRows([waitingRow({ key: 'k2' }), row])).toEqual({
		send: [{ json: { unsent: unsent(), retry: row }, place: 1 }],
		ask: [],
		noAnswer: [],
	});
});

test('A leased question is asked again of its own workflow', () => {
	const row = waitingRow({ claim, workflowId: 'w7' }, { question: question() });
	expect(openRows([row])).toEqual({
		send: [],
		ask: [{ json: { ...question(), retry: row, workflowId: 'w7' }, place: 0 }],
		noAnswer: [],
	});
});

test('Rows with one lease are sent as one message, those with another by themselves', () => {
	const rows = ['a', 'b', 'c'].map((key) =>
		waitingRow({ key, claim: key === 'c' ? 'me:2' : jointLease('me:1') }),
	);
	const { send } = openRows(rows);
	expect(send.map(({ json }) => [json.retry.key, json.merged?.map(({ key }) => key)])).toEqual([
		['a', ['b']],
		['c', undefined],
	]);
	expect(send[0]!.json.unsent).toEqual(digestOf(rows.slice(0, 2).map(entryOf)));
});

test('A row that is there twice is carried out once', () => {
	const row = waitingRow({ claim });
	expect(openRows([row, row])).toEqual(openRows([row]));
	const dead = waitingRow({ status: 'dead' }, { question: question() });
	expect(openRows([dead, dead]).noAnswer).toHaveLength(1);
});

test('Whoever asked is told when the answer is given up', () => {
	const dead = { status: 'dead' as const, conversation: 'oc_1' };
	const rows = [
		waitingRow({ ...dead }, { question: question() }),
		waitingRow({ ...dead, key: 'k2', kind: 'answer' }, { unsent: reply() }),
	];
	const message = {
		platform: 'feishu',
		messageId: 'om_1',
		conversationId: 'oc_1',
		replyTo: question().replyTo,
	};
	expect(openRows(rows).noAnswer).toEqual([
		{ json: message, place: 0 },
		{ json: message, place: 1 },
	]);
});

test.each([
	['may have come', { status: 'uncertain' as const }],
	['has come', { status: 'delivered' as const }],
	['came with another', { status: 'merged' as const }],
	['is still waited for', { status: 'waiting' as const }],
	['was discarded by a person', { status: 'discarded' as const }],
])('Nobody is told that no answer comes where it %s', (_, fields) => {
	const row = waitingRow({ ...fields, kind: 'answer' }, { unsent: reply() });
	expect(openRows([row])).toEqual({ send: [], ask: [], noAnswer: [] });
});

test('Nobody is told of a notification that was given up', () => {
	expect(openRows([waitingRow({ status: 'dead' })]).noAnswer).toEqual([]);
});

describe('A digest', () => {
	const entries = ['Disk full', 'CPU high'].map((text, n) =>
		entryOf(
			waitingRow(
				{ key: `k${n}` },
				{ unsent: unsent({ repeatable: true, content: { ...content, text, title: `T${n}` } }) },
			),
		),
	);

	it('says what each message says', () => {
		const { text, ...digest } = digestOf(entries).content;
		expect(digest).toEqual({ title: '2 条消息 / 2 messages', type: 'text' });
		expect(text).toBe('2 条消息 / 2 messages\n\n1. T0\nDisk full\n\n2. T1\nCPU high');
		expect(byteLength(text)).toBeLessThan(MAX_DIGEST_BYTES);
	});

	it('is a message of its own', () => {
		const seeds = [entries, [...entries].reverse(), entries.slice(1)].map(
			(some) => digestOf(some).seed,
		);
		expect(new Set([...seeds, unsent().seed]).size).toBe(4);
		expect(digestOf(entries).repeatable).toBe(false);
	});
});
