import fc from 'fast-check';
import { leaseDue } from '../../../core/delivery/lease';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { conversationKeyOf } from '../../../core/delivery/row';
import { MINUTE, NOW, question, reply, SECOND, unsent, waitingRow } from './rows';
import {
	knowsRepetition,
	markOf,
	simulate,
	type Begun,
	type Claim,
	type Log,
	type Outcome,
} from './simulation';

/* What must hold however attempts end, whenever n8n ends, and whatever waits. */

const platform = fc.constantFrom('feishu' as const, 'dingtalk' as const);

const outcome: fc.Arbitrary<Outcome> = fc.record({
	what: fc.constantFrom('sent', 'sent', 'refused', 'refused', 'unknown', 'noText', 'crash'),
	class: fc.constantFrom('temporary', 'rateLimited', 'rateLimited', 'badRequest'),
	retryAfterMs: fc.constantFrom(0, 0, 5 * SECOND, 5 * MINUTE),
	arrived: fc.boolean(),
	ms: fc.integer({ min: 100, max: 50 * SECOND }),
});

/** Answers, questions and notifications of two conversations and one group robot on each platform. */
const row = fc.record({
	platform,
	kind: fc.constantFrom('answer', 'question', 'notification', 'notification'),
	conversation: fc.constantFrom('c1', 'c2'),
	age: fc.nat(5 * MINUTE),
	due: fc.constantFrom(0, 0, 1, 30 * SECOND, MINUTE),
	left: fc.integer({ min: 10 * SECOND, max: 20 * MINUTE }),
});

const rows = fc.array(row, { minLength: 1, maxLength: 8 }).map((list) =>
	list.map(({ platform: on, kind, conversation, age, due, left }, n): DeliveryRow => {
		const key = `k${n}`;
		const content = { type: 'text' as const, text: `Text ${markOf(key)}` };
		const asked = question({ platform: on, messageId: key, conversationId: conversation });
		const repeatable = knowsRepetition(on);
		const text = { platform: on, seed: key, content, repeatable };
		const payload =
			kind === 'question'
				? { question: asked }
				: { unsent: kind === 'answer' ? reply({ ...text, replyTo: asked.replyTo }) : unsent(text) };
		const isBroadcast = kind === 'notification';
		return waitingRow(
			{
				key,
				kind: kind as DeliveryRow['kind'],
				platform: on,
				bot: isBroadcast ? 'groupRobot' : 'app',
				conversation: isBroadcast ? '' : conversation,
				priority: isBroadcast ? 2 : 1,
				class: isBroadcast ? 'rateLimited' : 'temporary',
				createdAtMs: NOW - age,
				dueAt: NOW + due,
				deadlineAt: NOW + left,
			},
			payload,
		);
	}),
);

const sameConversation = ({ row: own, others }: Begun): DeliveryRow[] =>
	conversationKeyOf(own) === undefined
		? []
		: others.filter((other) => conversationKeyOf(other) === conversationKeyOf(own));

const waits = ({ status }: DeliveryRow): boolean => status === 'waiting';

const invariants: Record<string, (log: Log) => boolean> = {
	'nobody sees a message twice': ({ shown }) => [...shown.values()].every((times) => times === 1),
	'what is delivered is seen, and what is dead is not': ({ shown, rows: all }) =>
		all.every(({ key, status }) => {
			if (status === 'delivered' || status === 'merged') return shown.has(key);
			return status !== 'dead' || !shown.has(key);
		}),
	'everything is settled in the end': ({ rows: all }) => !all.some(waits),
	'one of a conversation is under way at a time': ({ begun }) =>
		begun.every((attempt) =>
			sameConversation(attempt).every(
				(other) => !waits(other) || !other.claim || other.dueAt <= attempt.at,
			),
		),
	'the oldest of a conversation goes first': ({ begun }) =>
		begun.every((attempt) =>
			sameConversation(attempt).every(
				(other) => !waits(other) || other.createdAtMs >= attempt.row.createdAtMs,
			),
		),
	'nothing is tried before the other side wants it': ({ begun }) =>
		begun.every(({ at, notBefore }) => at >= notBefore),
	'nothing is tried after its deadline': ({ begun }) =>
		begun.every(({ at, row: { deadlineAt } }) => at <= deadlineAt),
};

const violated = (log: Log): string[] =>
	Object.keys(invariants).filter((name) => !invariants[name]!(log));

const held = (claim?: Claim, among = Object.keys(invariants)) =>
	fc.property(rows, fc.infiniteStream(outcome), (start, outcomes) => {
		const found = violated(simulate(start, () => outcomes.next().value, claim));
		expect(found.filter((name) => among.includes(name))).toEqual([]);
	});

test(`Always: ${Object.keys(invariants).join('; ')}`, () => {
	fc.assert(held(), { numRuns: 200 });
});

/** A queue that sees other rows than there are; what it changes by itself stays. */
const seeing =
	(change: (row: DeliveryRow) => Partial<DeliveryRow>, changeBack = true): Claim =>
	(stored, options) => {
		const seen = stored.map((each) => ({ ...each, ...change(each) }));
		return leaseDue(seen, options).map((claimed) => {
			const own = stored.find(({ key }) => key === claimed.key)!;
			const changed = Object.keys(change(own)) as Array<keyof DeliveryRow>;
			const original = Object.fromEntries(changed.map((name) => [name, own[name]]));
			return changeBack ? { ...claimed, ...original } : claimed;
		});
	};

const believesAllRepeatable = seeing(
	({ payload }) => ({ payload: payload.replace('"repeatable":false', '"repeatable":true') }),
	false,
);
const forgetsWhatHappened = seeing(() => ({ history: '[]' }), false);
const losesWhatIsLate: Claim = (stored, options) =>
	leaseDue(
		stored.filter(({ deadlineAt }) => deadlineAt >= options.now),
		options,
	);
const knowsNoConversation = seeing(({ key }) => ({ conversation: key }));
const mistakesTheAge = seeing(({ createdAtMs }) => ({ createdAtMs: 2 * NOW - createdAtMs }));
const isInAHurry: Claim = (stored, options) =>
	seeing(({ claim, dueAt }) => (claim ? {} : { dueAt: Math.min(dueAt, options.now) }))(
		stored,
		options,
	).map((each) => (each.claim ? { ...each, dueAt: options.now + MINUTE } : each));
const knowsNoDeadline = seeing(({ deadlineAt }) => ({ deadlineAt: deadlineAt + MINUTE }));

test.each<[string, Claim, string]>([
	['believes all repeatable', believesAllRepeatable, 'nobody sees a message twice'],
	['forgets', forgetsWhatHappened, 'what is delivered is seen, and what is dead is not'],
	['loses what is late', losesWhatIsLate, 'everything is settled in the end'],
	['knows no lanes', knowsNoConversation, 'one of a conversation is under way at a time'],
	['mistakes the age', mistakesTheAge, 'the oldest of a conversation goes first'],
	['is in a hurry', isInAHurry, 'nothing is tried before the other side wants it'],
	['knows no deadline', knowsNoDeadline, 'nothing is tried after its deadline'],
])('A queue that %s is found out', (_, claim, name) => {
	expect(fc.check(held(claim, [name]), { numRuns: 1000, seed: 1, endOnFailure: true }).failed).toBe(
		true,
	);
});

test('The attempts that are tried hold every kind of end, digests and repetitions', () => {
	const seen = new Set<string>();
	for (const [start, outcomes] of fc.sample(fc.tuple(rows, fc.infiniteStream(outcome)), {
		numRuns: 100,
		seed: 1,
	})) {
		const { rows: all, begun } = simulate(start, () => outcomes.next().value);
		for (const { status, attempts } of all) seen.add(status).add(`attempt ${attempts}`);
		if (begun.some(({ row: { claim } }) => claim.endsWith(':digest'))) seen.add('digest');
	}
	const ends = ['delivered', 'merged', 'dead', 'uncertain', 'digest', 'attempt 2', 'attempt 5'];
	expect([...seen]).toEqual(expect.arrayContaining(ends));
});
