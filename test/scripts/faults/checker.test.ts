import { check } from '../../../scripts/faults/checker';
import {
	answer,
	call,
	delivery,
	history,
	killAt,
	question,
	robotCall,
	row,
	type History,
} from './history';

const kinds = (made: Partial<History>, rules = {}) =>
	check(history(made), rules).violations.map(({ kind }) => kind);
const countsOf = (made: Partial<History>) => check(history(made)).counts;

/** One question that was acknowledged, asked of the model and answered. */
const good = {
	messages: [question('Q000001')],
	deliveries: [delivery('Q000001', 0)],
	calls: [call('Q000001', 20, 120)],
	answers: [answer('Q000001', 130)],
};

describe('a message that was acknowledged', () => {
	it('and answered is in order', () => {
		expect(check(history(good))).toMatchObject({
			violations: [],
			counts: { written: 1, answered: 1, notAcknowledged: 0 },
		});
	});

	it('and neither answered nor kept is lost', () => {
		expect(kinds({ ...good, answers: [] })).toEqual(['lost']);
	});

	it.each(['dead', 'uncertain', 'discarded'])('and kept as %s is not lost', (status) => {
		const made = { ...good, answers: [], rows: [row('Q000001', status)] };
		expect(kinds(made)).toEqual([]);
		expect(countsOf(made)).toMatchObject({ [status]: 1, lost: 0 });
	});

	it('and said to be delivered, but not seen, is lost', () => {
		expect(kinds({ ...good, answers: [], rows: [row('Q000001', 'delivered')] })).toEqual(['lost']);
	});

	it('and said to be part of a digest, but not seen, is lost', () => {
		expect(kinds({ ...good, answers: [], rows: [row('Q000001', 'merged')] })).toEqual(['lost']);
	});

	it('and waiting when all is at rest is stuck', () => {
		expect(kinds({ ...good, answers: [], rows: [row('Q000001', 'waiting')] })).toEqual(['waiting']);
	});

	it('and answered is not dead as well', () => {
		expect(kinds({ ...good, rows: [row('Q000001', 'dead')] })).toEqual(['contradictory']);
		expect(kinds({ ...good, rows: [row('Q000001', 'uncertain')] })).toEqual([]);
	});

	it('may be answered together with a later one', () => {
		const made = {
			messages: [question('Q000001'), question('Q000002')],
			deliveries: [delivery('Q000001', 0), delivery('Q000002', 10)],
			answers: [answer(['Q000001', 'Q000002'], 130)],
		};
		expect(check(history(made))).toMatchObject({
			violations: [],
			counts: { answered: 1, merged: 1 },
		});
	});
});

describe('a look at a history that goes on', () => {
	const MINUTE_MS = 60_000;
	const seen = (seenAt: number, made: Partial<History> = {}) => ({
		...good,
		answers: [],
		...made,
		seenAt,
	});

	it('does not call lost, nor stuck, what may be answered in time', () => {
		const waiting = seen(150, { rows: [row('Q000001', 'waiting')] });
		for (const made of [seen(150), waiting]) {
			expect(check(history(made))).toMatchObject({
				violations: [],
				counts: { open: 1, lost: 0, waiting: 0 },
			});
		}
	});

	it('calls lost what is not answered within a minute', () => {
		expect(kinds(seen(10 + MINUTE_MS))).toEqual([]);
		expect(kinds(seen(11 + MINUTE_MS))).toEqual(['lost']);
	});

	it('gives a restart its minute', () => {
		const after = (ms: number) => seen(100 + 5_000 + ms, { lives: killAt(100) });
		expect(kinds(after(MINUTE_MS))).toEqual([]);
		expect(kinds(after(MINUTE_MS + 1))).toEqual(['lost', 'late']);
	});

	it('does not judge while n8n is down', () => {
		const down = [{ startedAt: -1000, readyAt: 0, killedAt: 100 }];
		expect(kinds(seen(2 * MINUTE_MS, { lives: down }))).toEqual([]);
	});

	it('leaves to the platform what it may deliver again, until the end', () => {
		const made = seen(150, { deliveries: [delivery('Q000001', 0, false)] });
		const rules = { none: ['undecided', 'notAcknowledged'] };
		expect(kinds(made, rules)).toEqual([]);
		expect(kinds({ ...made, seenAt: undefined }, rules)).toEqual(rules.none);
	});

	it('sees at once what was answered twice', () => {
		expect(kinds(seen(150, { answers: [130, 140].map((at) => answer('Q000001', at)) }))).toEqual([
			'twice',
		]);
	});
});

it('a message that was never acknowledged is the platform’s to deliver again', () => {
	const made = { ...good, deliveries: [delivery('Q000001', 0, false)], answers: [] };
	expect(check(history(made))).toMatchObject({
		violations: [],
		counts: { notAcknowledged: 1, lost: 0 },
	});
});

describe('a message that the platform delivers no more', () => {
	const given = (more: object, acknowledged = false) => ({
		...good,
		deliveries: [{ ...delivery('Q000001', 0, acknowledged), ...more }],
		calls: [],
		answers: [],
	});
	const end = { service: 'wecom', at: 50, change: -1 as const };
	/** What WeCom has written to a connection, which then ends. */
	const written = (made: Partial<History> = {}) => ({
		...given({ unconfirmed: true }, true),
		links: [end],
		...made,
	});

	it('is forgotten by its rules', () => {
		expect(countsOf(given({ forgotten: true }))).toMatchObject({ forgotten: 1, undecided: 0 });
		expect(countsOf(given({}))).toMatchObject({ forgotten: 0, undecided: 1 });
	});

	it('is not forgotten where it is answered, or acknowledged before', () => {
		const lost = given({ forgotten: true });
		expect(countsOf({ ...lost, answers: good.answers })).toMatchObject({ forgotten: 0 });
		expect(kinds({ ...lost, deliveries: [...good.deliveries, ...lost.deliveries] })).toEqual([
			'lost',
		]);
	});

	it('is forgotten with the connection that it was written to, where nobody confirms it', () => {
		expect(check(history(written()))).toMatchObject({
			violations: [],
			counts: { forgotten: 1, lost: 0 },
		});
	});

	it.each<[string, Partial<History>]>([
		['the connection stays', { links: [{ ...end, change: 1 }] }],
		['it ended before', { links: [{ ...end, at: -1 }] }],
		['it ended long after', { links: [{ ...end, at: 5_001 }] }],
		['another platform’s ended', { links: [{ ...end, service: 'feishu' }] }],
		['the model was asked', { calls: good.calls }],
		['it is confirmed', { deliveries: good.deliveries }],
		[
			'it was written to one that stayed, too',
			{ deliveries: [0, 90].map((at) => ({ ...delivery('Q000001', at), unconfirmed: true })) },
		],
	])('is lost where %s', (_, more) => {
		expect(kinds(written(more))).toEqual(['lost']);
	});
});

describe('two answers', () => {
	const twice = (more = {}) => ({
		...good,
		answers: [answer('Q000001', 130, more), answer('Q000001', 9_000, more)],
	});

	it('are one too many', () => {
		expect(kinds(twice())).toEqual(['twice']);
	});

	it('are one too many where the message was never acknowledged, too', () => {
		expect(kinds({ ...twice(), deliveries: [delivery('Q000001', 0, false)] })).toEqual(['twice']);
	});

	it('are one too many where the second speaks of other messages as well', () => {
		const made = {
			...good,
			messages: [question('Q000001'), question('Q000002')],
			deliveries: [delivery('Q000001', 0), delivery('Q000002', 200)],
			answers: [answer('Q000001', 130), answer(['Q000001', 'Q000002'], 300)],
		};
		expect(kinds(made)).toEqual(['twice']);
	});

	it('are counted apart where the way has no key and a kill came just after the first', () => {
		const made = { ...twice({ hasKey: false }), lives: killAt(140) };
		expect(check(history(made))).toMatchObject({
			violations: [],
			counts: { twice: 0, twiceWithoutKey: 1 },
		});
	});

	it.each([
		['the way has a key', twice(), killAt(140)],
		['nothing was killed', twice({ hasKey: false }), undefined],
		['the kill came long after the first', twice({ hasKey: false }), killAt(8_000)],
		['the kill came before the first', twice({ hasKey: false }), killAt(100)],
		[
			'the kill came after both',
			{ ...good, answers: [130, 200].map((at) => answer('Q000001', at, { hasKey: false })) },
			killAt(300),
		],
	])('are a violation where %s', (_, made, lives) => {
		expect(kinds({ ...made, ...(lives && { lives }) })).toEqual(['twice']);
	});
});

describe('order', () => {
	const two = {
		messages: [question('Q000001'), question('Q000002')],
		deliveries: [delivery('Q000001', 0), delivery('Q000002', 50)],
	};
	const none = { none: ['inversions'] };

	it('is kept by answers in the order of their questions', () => {
		const made = { ...two, answers: [answer('Q000001', 100), answer('Q000002', 200)] };
		expect(kinds(made, none)).toEqual([]);
	});

	const inverted = { ...two, answers: [answer('Q000002', 100), answer('Q000001', 200)] };

	it('is broken by an answer that overtakes', () => {
		expect(kinds(inverted, none)).toEqual(['inversions']);
	});

	it('is not broken by an answer whose question the platform delivered again too soon', () => {
		const deliveries = [
			delivery('Q000001', 0),
			delivery('Q000002', 5, false),
			delivery('Q000002', 300),
		];
		expect(kinds({ ...inverted, deliveries }, none)).toEqual([]);
		expect(kinds({ ...inverted, deliveries: deliveries.slice(0, 1) }, none)).toEqual([]);
		expect(kinds({ ...inverted, deliveries: [...two.deliveries, deliveries[2]!] }, none)).toEqual([
			'inversions',
		]);
	});

	it('is counted where it is not asked for', () => {
		expect(check(history(inverted))).toMatchObject({ violations: [], counts: { inversions: 1 } });
	});

	it('is none between conversations', () => {
		const messages = [question('Q000001', 'a'), question('Q000002', 'b')];
		expect(kinds({ ...inverted, messages }, none)).toEqual([]);
	});

	it('is none between questions that came at once', () => {
		const deliveries = [delivery('Q000001', 0), delivery('Q000002', 5)];
		expect(kinds({ ...inverted, deliveries }, none)).toEqual([]);
	});

	it('is not broken by one that is dead', () => {
		const made = { ...two, answers: [answer('Q000002', 100)], rows: [row('Q000001', 'dead')] };
		expect(kinds(made, none)).toEqual([]);
	});
});

describe('one turn at a time', () => {
	const two = {
		messages: [question('Q000001'), question('Q000002')],
		deliveries: [delivery('Q000001', 0), delivery('Q000002', 50)],
		answers: [answer('Q000001', 150), answer('Q000002', 260)],
	};

	it('is kept by turns that follow each other', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 160, 250)];
		expect(kinds({ ...two, calls }, { turnsEndWith: 'answer' })).toEqual([]);
	});

	it('is broken by model requests at once', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 100, 250)];
		expect(kinds({ ...two, calls })).toEqual(['overlaps']);
	});

	it('is broken by a request before the answer to the last one is out', () => {
		const calls = [call('Q000001', 20, 140), call('Q000002', 144, 250)];
		expect(kinds({ ...two, calls })).toEqual([]);
		expect(kinds({ ...two, calls }, { turnsEndWith: 'answer' })).toEqual(['overlaps']);
	});

	it('is broken by a short request within a long one, behind another', () => {
		const calls = [call('Q000001', 20, 900), call('Q000001', 30, 40), call('Q000002', 100, 250)];
		expect(check(history({ ...two, calls })).counts.overlaps).toBe(2);
	});

	it('is kept where the requests are of different conversations', () => {
		const messages = [question('Q000001', 'a'), question('Q000002', 'b')];
		const calls = [call('Q000001', 20, 140), call('Q000002', 100, 250)];
		expect(kinds({ ...two, messages, calls })).toEqual([]);
	});
});

describe('a restart', () => {
	const killed = (settledAt: number) => ({
		...good,
		answers: [answer('Q000001', settledAt)],
		lives: killAt(100),
	});

	it('drains what was acknowledged before it', () => {
		const { drains, violations } = check(history(killed(10_100)));
		expect(drains).toEqual([{ life: 1, backlog: 1, drainMs: 5_000, late: [] }]);
		expect(violations).toEqual([]);
	});

	it('has a minute for that', () => {
		expect(kinds(killed(5_100 + 60_000))).toEqual([]);
		expect(kinds(killed(5_100 + 60_001))).toEqual(['late']);
	});

	it('has nothing to make up for where all was settled', () => {
		const made = { ...good, lives: killAt(5_000) };
		expect(check(history(made)).drains).toMatchObject([{ backlog: 0, drainMs: 0 }]);
	});

	it('cannot make up for what the platform had written and never got to n8n', () => {
		const made = {
			...good,
			deliveries: [{ ...delivery('Q000001', 80), unconfirmed: true }],
			calls: [],
			answers: [],
			links: [{ service: 'wecom', at: 100, change: -1 as const }],
			lives: killAt(100),
		};
		expect(check(history(made))).toMatchObject({
			violations: [],
			counts: { forgotten: 1 },
			drains: [{ backlog: 0, drainMs: 0, late: [] }],
		});
		// The model was asked: n8n had it.
		expect(kinds({ ...made, calls: good.calls })).toEqual(['lost', 'late']);
	});

	it('counts a dead letter as settled when it was given up', () => {
		const made = {
			...good,
			answers: [],
			rows: [row('Q000001', 'dead', { settledAt: 7_100 })],
			lives: killAt(100),
		};
		expect(check(history(made)).drains).toMatchObject([{ drainMs: 2_000 }]);
	});

	it('leaves to the next life what it had no time for', () => {
		const [first, second] = killAt(100);
		const lives = [first!, { ...second!, killedAt: 6_000 }, { startedAt: 6_000, readyAt: 11_000 }];
		const made = { ...good, answers: [answer('Q000001', 12_000)], lives };
		expect(check(history(made)).drains).toEqual([
			{ life: 1, backlog: 1, drainMs: undefined, late: [] },
			{ life: 2, backlog: 1, drainMs: 1_000, late: [] },
		]);
	});
});

describe('a group robot', () => {
	const calls = (count: number, everyMs: number) =>
		Array.from({ length: count }, (_, index) => robotCall('dingtalk', index * everyMs));

	it('may send 20 in any minute', () => {
		expect(kinds({ robotCalls: calls(20, 10) })).toEqual([]);
		expect(kinds({ robotCalls: calls(100, 3_001) })).toEqual([]);
	});

	it('may not send 21 in any minute, wherever it begins', () => {
		expect(kinds({ robotCalls: calls(21, 10) })).toEqual(['quota']);
		const late = [
			robotCall('dingtalk', 0),
			...calls(21, 2_900).map((c) => ({ ...c, at: c.at + 50_000 })),
		];
		expect(kinds({ robotCalls: late })).toEqual(['quota']);
	});

	it('may not be refused for its rate', () => {
		expect(kinds({ robotCalls: [robotCall('wecom', 0, 'limited')] })).toEqual(['quota']);
	});

	it('has its calls counted only where the platform saw them', () => {
		const failed = calls(30, 10).map((each) => ({ ...each, outcome: 'failed' as const }));
		expect(kinds({ robotCalls: failed })).toEqual([]);
	});

	it('of Feishu may send 5 in any second', () => {
		const six = Array.from({ length: 6 }, (_, index) => robotCall('feishu', index * 150));
		expect(kinds({ robotCalls: six })).toEqual(['quota']);
		expect(kinds({ robotCalls: six.map((each) => ({ ...each, at: each.at * 2 })) })).toEqual([]);
	});
});
