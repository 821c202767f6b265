'use strict';
const { linesOf, ratio } = require('./cells.js');
const { figure } = require('./figures.js');

/** @import { Line, MeasuredCell, PlacedCell } from './cells.js' */
/** @import { Figures } from './figures.js' */
/** @import { Engine } from './plan.js' */
/** @import { Words } from './words.js' */
/** @typedef {[good: boolean, what: string, figures: string]} Verdict */
/** @typedef {{ good: boolean, shown: string }} Judged one line of the figures */

/* What was wanted of messages that come by connection. What was not measured is not judged. */

const BURST_MAX_MS = 300;
const OVERHEAD_MAX_MS = 300;
/** Of HTTP's slowest hundredth. */
const BURST_SHARE = { lazy: 1 / 4, default: 1 / 20 };
/** Of the processor time with a connection for each call. */
const CPU_SHARE = 1 / 2;

/**
 * Holds where each line does; none where there is no line.
 *
 * @param {string} what
 * @param {Judged[]} judged
 * @returns {Verdict[]}
 */
const verdictOf = (what, judged) =>
	judged.length === 0
		? []
		: [[judged.every(({ good }) => good), what, judged.map(({ shown }) => shown).join('; ')]];

/**
 * How the slowest hundredth of the acknowledgements compares with HTTP's.
 *
 * @param {Line[]} lines
 * @param {number} share
 * @param {Words} words
 */
const beside = (lines, share, words) =>
	lines.flatMap(({ network, sides: { stream, http } }) => {
		if (!stream || !http) return [];
		const p99 = stream.acknowledgement.p99 ?? Infinity;
		const good = stream.notAcknowledged === 0 && p99 <= (http.acknowledgement.p99 ?? 0) * share;
		const shown = words.toHttp(figure(p99), figure(http.acknowledgement.p99));
		return [{ good, shown: `${words.networks[network]} ${shown}` }];
	});

/**
 * @param {Line[]} lines
 * @param {(run: Figures) => number | undefined} of
 * @param {number} limit in ms
 * @param {Words} words
 */
const within = (lines, of, limit, words) =>
	lines.flatMap(({ network, sides: { stream } }) => {
		if (!stream) return [];
		const value = of(stream) ?? Infinity;
		const complete = stream.notAcknowledged + stream.notAnswered === 0;
		return [
			{ good: complete && value <= limit, shown: `${words.networks[network]} ${figure(value)} ms` },
		];
	});

/**
 * How the processor time of an answer compares with another side's.
 *
 * @param {Line[]} lines
 * @param {'http' | 'noKeepAlive'} other
 * @param {(own: number, other: number) => boolean} isGood
 * @param {Words} words
 */
const cheaper = (lines, other, isGood, words) =>
	lines.flatMap(({ network, load, sides }) => {
		const own = sides.stream?.cpuPerAnswer;
		const theirs = sides[other]?.cpuPerAnswer;
		if (own === undefined || theirs === undefined) return [];
		const where = `${words.networks[network]} ${words.loads[load]}`;
		return [{ good: isGood(own, theirs), shown: `${where} ${ratio(own, theirs)}` }];
	});

/**
 * @param {Line[]} lines
 * @param {Words} words
 * @returns {Judged[]}
 */
function once(lines, words) {
	const runs = lines.flatMap(({ sides: { stream, noKeepAlive } }) =>
		[stream, noKeepAlive].filter((run) => run !== undefined),
	);
	/** @param {(run: Figures) => number} of */
	const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
	const [missing, twice] = [sum((run) => run.notAnswered), sum((run) => run.answeredTwice)];
	if (runs.length === 0) return [];
	const shown = words.answered(
		sum((run) => run.count),
		missing,
		twice,
	);
	return [{ good: missing + twice === 0, shown }];
}

/**
 * @param {MeasuredCell[]} cells
 * @param {Engine} engine
 * @param {Words} words
 * @returns {Verdict[]}
 */
function streamVerdicts(cells, engine, words) {
	/** @param {Partial<PlacedCell>} [where] */
	const lines = (where) => linesOf(cells, { engine, ...where });
	const burst = lines({ load: 'burst' });
	const steady = lines({ load: '17/s' });
	const far = lines({ load: '17/s', network: 'tls40' });
	const { wanted } = words;
	const acknowledged = within(burst, (run) => run.acknowledgement.max, BURST_MAX_MS, words);
	return [
		...(engine === 'lazy' ? verdictOf(wanted.burst(BURST_MAX_MS), acknowledged) : []),
		...verdictOf(wanted.burstShare[engine], beside(burst, BURST_SHARE[engine], words)),
		...verdictOf(wanted.steady, beside(steady, 1, words)),
		...verdictOf(
			wanted.overhead(OVERHEAD_MAX_MS),
			within(far, (run) => run.overhead.p95, OVERHEAD_MAX_MS, words),
		),
		...verdictOf(
			wanted.keepAlive,
			cheaper(lines(), 'noKeepAlive', (own, other) => own <= other * CPU_SHARE, words),
		),
		...verdictOf(
			wanted.belowHttp,
			cheaper(lines(), 'http', (own, other) => own < other, words),
		),
		...verdictOf(wanted.once, once(lines(), words)),
	].map(([good, what, figures]) => [good, words.byConnection(engine, what), figures]);
}

module.exports = { streamVerdicts, verdictOf };
