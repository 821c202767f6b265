import type { PlacedCell, Results } from '../../../scripts/bench/cells';
import type { Figures } from '../../../scripts/bench/figures';
import { harm, idleVerdicts, verdicts } from '../../../scripts/bench/verdicts';
import { WORDS } from '../../../scripts/bench/words';
import { cell, resultsOf, run } from './results';

/* What was wanted is held against the figures; nothing is claimed of what was not measured. */

const { wanted } = WORDS.en;
const NO_HARM = wanted.noHarm;

/** What does not hold, without who it is said of. */
const broken = (results: Results) =>
	verdicts(results, WORDS.en)
		.filter(([good]) => !good)
		.map(([, what]) => what.replace(/^By .*?: /, ''));
const said = (results: Results) =>
	verdicts(results, WORDS.en).map(([, what]) => what.replace(/^By .*?: /, ''));

const spreadOf = (value: number) => ({ p50: value, p95: value, p99: value, max: value });
const acknowledged = (ms: number) => ({ acknowledgement: spreadOf(ms) });

describe('messages that come by connection', () => {
	type Where = Partial<Omit<PlacedCell, 'side'>>;
	/** Beside HTTP, which takes 1000 ms to acknowledge, and 200 ms of processor time for an answer. */
	const beside = (stream: Partial<Figures>, where: Where) =>
		resultsOf(
			cell({ side: 'http', ...where }, { ...acknowledged(1000), cpuPerAnswer: 200 }),
			cell({ side: 'stream', ...where }, { cpuPerAnswer: 100, ...stream }),
		);
	// By HTTP, the burst of these results is too slow.
	const bad = (stream: Partial<Figures>, where: Where) =>
		broken(beside(stream, where)).filter((what) => what !== wanted.burst(1000));

	it.each([
		['lazy', 250, 'burst', wanted.burstShare.lazy],
		['default', 50, 'burst', wanted.burstShare.default],
		['lazy', 1000, '17/s', wanted.steady],
		['default', 1000, '17/s', wanted.steady],
	] as const)('%s: may take %d ms of 1000 at %s, and no more', (engine, limit, load, what) => {
		expect(bad(acknowledged(limit), { engine, load })).toEqual([]);
		expect(bad(acknowledged(limit + 1), { engine, load })).toEqual([what]);
	});

	it('have 300 ms for each of the burst, whatever HTTP takes', () => {
		const slow = { acknowledgement: { ...spreadOf(100), max: 301 } };
		expect(bad(slow, {})).toEqual([wanted.burst(300)]);
		expect(bad(slow, { engine: 'default' })).toEqual([wanted.burstShare.default]);
	});

	it('have 300 ms for an answer at 17/s over TLS and a distance, and nowhere else', () => {
		const slow = { ...acknowledged(1), overhead: spreadOf(301) };
		expect(bad(slow, { load: '17/s', network: 'tls40' })).toEqual([wanted.overhead(300)]);
		expect(bad(slow, { load: '17/s', network: 'tls0' })).toEqual([]);
		const quick = { ...slow, overhead: spreadOf(300) };
		expect(bad(quick, { load: '17/s', network: 'tls40' })).toEqual([]);
	});

	it.each([
		[
			'a missing acknowledgement',
			{ notAcknowledged: 1 },
			[wanted.burst(300), wanted.burstShare.lazy],
		],
		['as much processor time as by HTTP', { cpuPerAnswer: 200 }, [wanted.belowHttp]],
		['a missing answer', { notAnswered: 1 }, [wanted.burst(300), wanted.once]],
		['a second answer', { answeredTwice: 1 }, [wanted.once, NO_HARM]],
		['a lost message', { lost: 1 }, [NO_HARM]],
	])('are not good enough with %s', (_, stream, what) => {
		expect(bad({ ...acknowledged(1), ...stream }, {})).toEqual(what);
	});

	it('fail at a wish where one of the networks does', () => {
		const good = beside(acknowledged(1), {});
		const far = beside(acknowledged(251), { network: 'tls40' });
		const all = resultsOf(...good.cells, ...far.cells);
		expect(broken(all)).toContain(wanted.burstShare.lazy);
		const [, , figures] = verdicts(all, WORDS.en).find(([, what]) =>
			what.endsWith(wanted.burstShare.lazy),
		)!;
		expect(figures).toBe('plain 1.0 ms to 1000 ms; TLS 40 ms 251 ms to 1000 ms');
	});

	it.each([
		[100, []],
		[101, [wanted.keepAlive]],
	])('with Keep-Alive may use %d ms of 200 without', (cpuPerAnswer, what) => {
		const where = { load: '50/s', network: 'tls0' } as const;
		const results = resultsOf(
			cell({ side: 'stream', ...where }, { cpuPerAnswer }),
			cell({ side: 'noKeepAlive', ...where }, { cpuPerAnswer: 200 }),
		);
		expect(broken(results)).toEqual(what);
		expect(said(results)).toContain(wanted.keepAlive);
	});
});

describe('callbacks', () => {
	it.each([
		['a late acknowledgement', acknowledged(1000), wanted.burst(1000)],
		['a missing one', { notAcknowledged: 1 }, wanted.burst(1000)],
		['more processor time than the floor', { cpuPerAnswer: 301 }, wanted.belowFloor],
	])('are not good enough with %s', (_, http, what) => {
		const floor = cell({ side: 'floor' });
		expect(broken(resultsOf(floor, cell({ side: 'http' })))).toEqual([]);
		expect(broken(resultsOf(floor, cell({ side: 'http' }, http)))).toEqual([what]);
	});
});

it('Nothing is said of what was not measured', () => {
	expect(said(resultsOf())).toEqual([NO_HARM]);
	expect(said(resultsOf(cell({ side: 'floor' })))).toEqual([NO_HARM]);
	expect(said(resultsOf(cell({ side: 'stream', load: '50/s' })))).toEqual([wanted.once, NO_HARM]);
});

describe('an n8n that has nothing to do', () => {
	const IDLE = {
		seconds: 300,
		cpu: { none: 5, delivery: 15, watching: 25, all: 35 },
		lateMs: [100, 1500],
		retries: 2,
		recoveryMs: 5000,
	};

	it.each([
		['nothing', {}, []],
		['an idle cost above the limit', { cpu: { none: 5, delivery: 15.1 } }, [wanted.idle(10)]],
		['a message that came late', { lateMs: [100, 1501] }, [wanted.due(1.5)]],
		['a message that never came', { lateMs: [100] }, [wanted.due(1.5)]],
		['a late recovery', { recoveryMs: 5001 }, [wanted.recovery(5)]],
		['no recovery', { recoveryMs: undefined }, [wanted.recovery(5)]],
	])('is said to have %s', (_, changes, what) => {
		const found = idleVerdicts({ ...IDLE, ...changes }, WORDS.en);
		expect(found.filter(([good]) => !good).map(([, words]) => words)).toEqual(what);
	});
});

it('What was lost or answered twice counts as harm, by ours alone', () => {
	const again = (answeredAgain: number) => ({ figures: run(), answeredAgain });
	const reliability = {
		duplicates: {
			fresh: { empty: [run({ lost: 1 })], full: [] },
			redelivered: { empty: again(0), full: again(4) },
		},
		ownStarts: { names: [], idleCpu: {}, cases: {} },
		restart: { before: run({ lost: 3 }), after: again(2), fresh: run() },
	};
	const floor = cell({ side: 'floor' }, { lost: 9, answeredTwice: 9 });
	const http = cell({ side: 'http' }, { answeredTwice: 1 });
	expect(harm({ cells: [floor, http], reliability })).toEqual({ messages: 4, lost: 4, twice: 7 });
});
