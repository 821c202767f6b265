import { check } from '../../../scripts/faults/checker';
import {
	answer,
	countsOf,
	delivery,
	good,
	history,
	killAt,
	kinds,
	question,
	row,
	type History,
} from './history';

/* What becomes of a message, and how often. */

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
