'use strict';
const { figure } = require('./figures.js');

/** @import { Figures } from './figures.js' */
/** @import { Verdict } from './idleReport.js' */
/** @import { EngineResult } from './engine.js' */
/** @import { Engine } from './plan.js' */

/* What was wanted of messages that come by connection, as ratios of what the same run measured by HTTP. */

/** @type {Record<Engine, { share: number, words: string }>} */
const BURST = {
	default: { share: 1 / 20, words: 'a twentieth' },
	lazy: { share: 1 / 4, words: 'a quarter' },
};

/** @typedef {{ title: string, stream: Figures, ours: Figures }} Pair of one load */

/**
 * The slowest hundredth of the acknowledgements of one load.
 *
 * @param {Pair | undefined} pair
 * @param {number} share of HTTP's
 * @param {string} what
 * @returns {Verdict[]}
 */
function acknowledgementVerdict(pair, share, what) {
	if (!pair) return [];
	const { stream, ours } = pair;
	const p99 = stream.acknowledgement.p99 ?? Infinity;
	const good = stream.notAcknowledged === 0 && p99 <= (ours.acknowledgement.p99 ?? 0) * share;
	const missing = stream.notAcknowledged > 0 ? `, ${stream.notAcknowledged} not acknowledged` : '';
	return [[good, what, `${figure(p99)} ms to ${figure(ours.acknowledgement.p99)} ms${missing}`]];
}

/**
 * @param {EngineResult} result
 * @returns {Verdict[]}
 */
function streamVerdicts({ engine, lines }) {
	const runs = lines.flatMap(({ stream }) => (stream ? [stream] : []));
	if (runs.length === 0) return [];
	const pairs = lines.flatMap(({ title, stream, ours }) =>
		stream && ours ? [{ title, stream, ours }] : [],
	);
	/** @param {string} title */
	const at = (title) => pairs.find((pair) => pair.title === title);
	const { share, words } = BURST[engine];
	const cpu = pairs.map(({ title, stream, ours }) => ({
		title,
		value: stream.cpuPerMessage / ours.cpuPerMessage,
	}));
	/** @param {(run: Figures) => number} read */
	const total = (read) => runs.reduce((sum, run) => sum + read(run), 0);
	const counts = [total((run) => run.notAnswered), total((run) => run.answeredTwice)];
	const burst = `${engine}: by connection, ack p99 of 500 in 2 s at most ${words} of HTTP's`;
	const steady = `${engine}: by connection, ack p99 of 17/s not above HTTP's`;
	return [
		...acknowledgementVerdict(at('500 in 2 s'), share, burst),
		...acknowledgementVerdict(at('17/s'), 1, steady),
		[
			cpu.every(({ value }) => value < 1),
			`${engine}: by connection, CPU per message below HTTP's at every load`,
			cpu.map(({ title, value }) => `${title} ×${Number(value.toPrecision(2))}`).join('; '),
		],
		[
			counts.every((count) => count === 0),
			`${engine}: by connection, each message answered once`,
			`${total((run) => run.count)} messages: ${counts[0]} not answered, ${counts[1]} twice`,
		],
	];
}

module.exports = { streamVerdicts };
