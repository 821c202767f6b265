import { leaseDue, SENDS_AT_ONCE, type LeaseOptions } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { Attempt, DeliveryRow } from '../../../core/delivery/delivery';
import { digestOf, MAX_DIGEST_BYTES } from '../../../core/delivery/digest';
import { isJoint } from '../../../core/delivery/row';
import { byteLength } from '../../../protocol/text';
import {
	content,
	entryOf,
	iso,
	MINUTE,
	NOW,
	question,
	reply,
	SECOND,
	unsent,
	waitingRow,
} from './rows';

let ids = 0;

const lease = (rows: DeliveryRow[], options: Partial<LeaseOptions> = {}): DeliveryRow[] =>
	leaseDue(rows, {
		processToken: 'me',
		newId: () => String(++ids),
		singleProcess: true,
		questionsAtOnce: 50,
		heldBack: new Pace(),
		isHeld: () => false,
		now: NOW,
		...options,
	});

const keys = (rows: DeliveryRow[]): string[] => rows.map(({ key }) => key);

/** An answer or question of a conversation, the older the smaller its number. */
const inConversation = (n: number, fields: Partial<DeliveryRow> = {}): DeliveryRow =>
	waitingRow(
		{
			key: `q${n}`,
			platform: 'feishu',
			bot: 'app',
			conversation: 'oc_1',
			createdAtMs: NOW - MINUTE + n,
			...fields,
		},
		{ question: question({ messageId: `om_${n}` }) },
	);

const broadcast = (n: number, fields: Partial<DeliveryRow> = {}, text = `Message ${n}`) =>
	waitingRow(
		{
			key: `b${n}`,
			priority: 2,
			class: 'rateLimited',
			createdAtMs: NOW - MINUTE + n,
			...fields,
		},
		{ unsent: unsent({ seed: `s${n}`, content: { ...content, text } }) },
	);

describe('What is due', () => {
	it('waits for its turn without a lease where more is due than is sent at once', () => {
		const rows = Array.from({ length: SENDS_AT_ONCE + 1 }, (_, n) =>
			waitingRow({ key: `k${n}`, createdAtMs: NOW - n }),
		);
		const leased = keys(lease(rows));
		expect(leased).toHaveLength(SENDS_AT_ONCE);
		// The youngest one.
		expect(leased).not.toContain('k0');
	});

	it('waits without a lease where a limit of its target lets through no more', () => {
		const alert = (n: number, webhook: string, fields: Partial<DeliveryRow> = {}) =>
			waitingRow(
				{
					key: `${webhook}${n}`,
					priority: 0,
					class: 'rateLimited',
					createdAtMs: NOW - MINUTE + n,
					...fields,
				},
				{ unsent: unsent({ seed: `s${n}`, target: { ids: [webhook] } }) },
			);
		const many = Array.from({ length: 9 }, (_, n) => alert(n, 'a'));
		const leased = lease([...many, alert(1, 'b'), alert(9, 'a', { class: 'temporary' })]);
		expect(keys(leased).sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a9', 'b1']);
	});

	it('is leased for one attempt, until its lease ends', () => {
		const [send, ask] = lease([waitingRow({ attempts: 2 }), inConversation(1)], {
			newId: () => 'id',
		});
		expect(send).toMatchObject({
			version: 4,
			claim: 'me:id',
			attempts: 3,
			dueAt: NOW + MINUTE,
			status: 'waiting',
		});
		expect(ask).toMatchObject({ key: 'q1', dueAt: NOW + 3 * MINUTE });
	});

	it('goes in the order of priority, then of age', () => {
		const row = (key: string, priority: number, createdAtMs: number) =>
			waitingRow({ key, priority, createdAtMs });
		const rows = [row('c', 2, 1), row('b', 1, 3), row('a', 1, 2), row('alert', 0, 4)];
		expect(keys(lease(rows))).toEqual(['alert', 'a', 'b', 'c']);
	});

	it('is left alone before its time', () => {
		expect(lease([waitingRow({ dueAt: NOW + 1 })])).toEqual([]);
		expect(lease([waitingRow({ dueAt: NOW })])).toHaveLength(1);
	});

	it('is nothing that people or other workflows look after', () => {
		const rows = (['execution', 'failure'] as const).map((kind) => waitingRow({ kind }));
		expect(lease(rows)).toEqual([]);
		expect(lease([waitingRow({ status: 'dead' }), waitingRow({ status: 'delivered' })])).toEqual(
			[],
		);
	});

	it('is given up when its time is over, with the words of its last failure', () => {
		const row = waitingRow({ deadlineAt: NOW - 1, class: 'temporary', reason: 'busy' });
		expect(lease([row])).toMatchObject([
			{ version: 4, status: 'dead', class: 'temporary', reason: 'busy', settledAtMs: NOW },
		]);
	});
});

describe('A conversation', () => {
	it('has its oldest question asked first', () => {
		expect(keys(lease([inConversation(2), inConversation(1), inConversation(3)]))).toEqual(['q1']);
	});

	it('waits for its oldest question, even where a later one is due', () => {
		expect(lease([inConversation(1, { dueAt: NOW + SECOND }), inConversation(2)])).toEqual([]);
	});

	it('waits for the one that is under way, even where an older one comes back', () => {
		const underWay = { claim: 'me:0', dueAt: NOW + MINUTE };
		expect(lease([inConversation(1), inConversation(2, underWay)])).toEqual([]);
	});

	it('is not held up by a dead head', () => {
		const rows = [inConversation(1, { deadlineAt: NOW - 1 }), inConversation(2)];
		expect(lease(rows)).toMatchObject([
			{ key: 'q1', status: 'dead' },
			{ key: 'q2', claim: expect.stringMatching(/^me:/) },
		]);
	});

	it('is not held up by an execution, another conversation or another topic', () => {
		const others = [
			inConversation(1, { conversation: 'oc_2' }),
			inConversation(2, { platform: 'dingtalk' }),
			inConversation(5, { conversation: 'oc_1 omt_1' }),
			inConversation(3, { kind: 'execution', claim: 'me:0', dueAt: NOW + MINUTE }),
		];
		expect(keys(lease([...others, inConversation(4)]))).toEqual(['q1', 'q2', 'q4', 'q5']);
	});
});

test('No more questions are under way at once than is said', () => {
	const ask = (n: number, fields = {}) => inConversation(n, { conversation: `oc_${n}`, ...fields });
	const underWay = ask(0, { claim: 'me:0', dueAt: NOW + MINUTE });
	const rows = [underWay, ask(1), ask(2), ask(3), waitingRow({ key: 'send' })];
	expect(keys(lease(rows, { questionsAtOnce: 3 }))).toEqual(['send', 'q1', 'q2']);
	expect(keys(lease(rows, { questionsAtOnce: 1 }))).toEqual(['send']);
});

describe('A lease whose holder never reported', () => {
	const lost = { claim: 'they:1', dueAt: NOW + 30 * SECOND };
	const repeatable = { unsent: unsent({ repeatable: true }) };

	it('is left to another process, where there may be one, until its lease ends', () => {
		const row = waitingRow(lost, repeatable);
		expect(lease([row], { singleProcess: false })).toEqual([]);
		expect(lease([{ ...row, dueAt: NOW }], { singleProcess: false })).toHaveLength(1);
	});

	it('is taken over at once where this process is the only one', () => {
		expect(lease([waitingRow(lost, repeatable)])).toHaveLength(1);
		expect(lease([waitingRow({ ...lost, claim: 'me:1' }, repeatable)])).toEqual([]);
	});

	it('goes on where the platform knows the repetition, from when it began', () => {
		const [row] = lease([waitingRow(lost, repeatable)]);
		expect(row).toMatchObject({ status: 'waiting', claim: expect.stringMatching(/^me:/) });
		expect(JSON.parse(row!.history)).toMatchObject([
			{ class: 'crashed', at: iso(NOW - 30 * SECOND) },
		]);
	});

	it('is uncertain where the platform would show it twice', () => {
		expect(lease([waitingRow(lost)])).toMatchObject([
			{ status: 'uncertain', claim: '', class: 'crashed', settledAtMs: NOW },
		]);
	});

	it('is uncertain where the platform has forgotten it', () => {
		const row = waitingRow({ ...lost, dueAt: NOW - 40 * MINUTE }, repeatable);
		expect(lease([row])).toMatchObject([{ status: 'uncertain' }]);
	});

	it('of a question goes on: nothing was sent yet', () => {
		expect(lease([inConversation(1, lost)])).toMatchObject([{ status: 'waiting', attempts: 2 }]);
	});

	it('is given up the third time: it may be what ends the process', () => {
		const crash: Attempt = { at: iso(NOW - MINUTE), class: 'crashed', code: 'c', message: 'm' };
		const after = (count: number) => {
			const history = JSON.stringify(Array(count - 1).fill(crash));
			return lease([inConversation(1, { ...lost, history })])[0]!.status;
		};
		expect([after(1), after(2), after(3)]).toEqual(['waiting', 'waiting', 'dead']);
	});
});

describe('Broadcasts that the rate limit held back', () => {
	it('go together, with one lease', () => {
		const rows = lease([broadcast(1), broadcast(2), broadcast(3)]);
		expect(keys(rows)).toEqual(['b1', 'b2', 'b3']);
		expect(new Set(rows.map((row) => row.claim)).size).toBe(1);
		expect(rows.every(isJoint)).toBe(true);
	});

	it('go as many at once as one message holds, whole, and the others later', () => {
		const rows = Array.from({ length: 30 }, (_, n) => broadcast(n, {}, '磁盘满了'.repeat(15)));
		const joined = lease(rows);
		expect(joined.length).toBeGreaterThan(5);
		expect(joined.length).toBeLessThan(30);
		const size = (count: number) =>
			byteLength(digestOf(rows.slice(0, count).map(entryOf)).content!.text);
		expect(size(joined.length)).toBeLessThanOrEqual(MAX_DIGEST_BYTES);
		expect(size(joined.length + 1)).toBeGreaterThan(MAX_DIGEST_BYTES);
	});

	it('go by themselves where one alone fills a message', () => {
		const [row, ...others] = lease([broadcast(1, {}, 'x'.repeat(1999)), broadcast(2)]);
		expect([row!.key, isJoint(row!), others]).toEqual(['b1', false, []]);
	});

	it('are given up each by itself where they are damaged inside', () => {
		const odd = { toString: 'x', valueOf: 1 } as never;
		const payload = JSON.stringify({ unsent: unsent({ content: { ...content, title: odd } }) });
		const rows = lease([broadcast(1, { payload }), broadcast(2, { payload })]);
		expect(rows.map(({ status, code }) => `${status} ${code}`)).toEqual([
			'dead damagedRow',
			'dead damagedRow',
		]);
	});

	const mention = unsent({ content: { ...content, mentionIds: ['u1'] } });
	const other = unsent({ platform: 'dingtalk' });
	const begun = unsent({ sentParts: 1 });
	it.each([
		['are not due', { dueAt: NOW + 1 }, ['b1']],
		['were not held back', { class: 'temporary' }, ['b1', 'b2']],
		['are no broadcasts', { priority: 1 }, ['b2', 'b1']],
		['are for another target', { payload: JSON.stringify({ unsent: other }) }, ['b1', 'b2']],
		['mention people', { payload: JSON.stringify({ unsent: mention }) }, ['b1', 'b2']],
		['are half out', { payload: JSON.stringify({ unsent: begun }) }, ['b1', 'b2']],
	])('do not take those along that %s', (_, fields, leased) => {
		const rows = lease([broadcast(1), broadcast(2, fields)]);
		expect(rows.filter(isJoint)).toEqual([]);
		expect(keys(rows)).toEqual(leased);
	});

	it('are all uncertain where the process ended while they were sent together', () => {
		const underWay = lease([broadcast(1), broadcast(2)]);
		const after = lease(underWay, { processToken: 'next' });
		expect(after.map(({ status }) => status)).toEqual(['uncertain', 'uncertain']);
	});
});

test('An answer that waits is leased like a message', () => {
	const row = waitingRow({ kind: 'answer' }, { unsent: reply() });
	expect(lease([row])).toMatchObject([{ dueAt: NOW + MINUTE }]);
});

it.each([
	['by an hour since the last attempt', 60 * MINUTE, ['q1']],
	['by less than the clocks of two workers may be apart', MINUTE / 2, []],
	['not at all', 0, []],
])('tries what waits at once where the clock was set back: %s', (_, setBackMs, tried) => {
	const attempt = { class: 'temporary', code: '', message: '', at: iso(NOW + setBackMs) } as const;
	const row = inConversation(1, {
		dueAt: NOW + setBackMs + SECOND,
		history: JSON.stringify([attempt] satisfies Attempt[]),
	});
	expect(keys(lease([row]))).toEqual(tried);
});

it('counts nothing against a target that went before the clock was set back', () => {
	const heldBack = new Pace();
	const HOUR = 60 * MINUTE;
	while (heldBack.take('robot', NOW + HOUR)) continue;
	expect(heldBack.take('robot', NOW)).toBe(true);
});
