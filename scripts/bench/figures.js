'use strict';

/** @import { Sent } from './load.js' */
/** @typedef {ReturnType<typeof figuresOf>} Figures of one run; times in ms */

/**
 * The smallest value that at least `share` (0 to 1) of the values do not exceed; undefined of none.
 *
 * @param {number[]} values
 * @param {number} share
 */
function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/**
 * p50, p95, p99 and the maximum.
 *
 * @param {number[]} values
 */
function spread(values) {
	return {
		p50: percentile(values, 0.5),
		p95: percentile(values, 0.95),
		p99: percentile(values, 0.99),
		max: percentile(values, 1),
	};
}

/**
 * Open loop: when each of `count` messages is to be sent, in ms after the start; answers change nothing.
 *
 * @param {number} count
 * @param {number} durationMs
 */
function schedule(count, durationMs) {
	return Array.from({ length: count }, (_, index) => (durationMs * index) / count);
}

/**
 * The figures of one run.
 *
 * @param {object} run
 * @param {Pick<Sent, 'id' | 'at' | 'end' | 'status'>[]} run.sent
 * @param {Map<string, number[]>} run.answers when each message was answered, by id
 * @param {number} run.cpuSeconds of n8n's process tree
 */
function figuresOf({ sent, answers, cpuSeconds }) {
	const acknowledged = sent.filter(({ status }) => status === 200);
	const times = sent.map(({ id }) => answers.get(id) ?? []);
	const overheads = sent.flatMap(({ id, at }) => {
		const first = Math.min(...(answers.get(id) ?? []));
		return first < Infinity ? [first - at] : [];
	});
	return {
		count: sent.length,
		acknowledgement: spread(
			acknowledged.flatMap(({ at, end }) => (end === undefined ? [] : [end - at])),
		),
		overhead: spread(overheads),
		notAcknowledged: sent.length - acknowledged.length,
		notAnswered: sent.length - overheads.length,
		// Acknowledged, so that no platform sends it again, and never answered.
		lost: acknowledged.filter(({ id }) => !answers.has(id)).length,
		answeredTwice: times.filter((list) => list.length > 1).length,
		cpuPerMessage: (cpuSeconds * 1000) / sent.length,
		cpuPerAnswer: overheads.length === 0 ? undefined : (cpuSeconds * 1000) / overheads.length,
	};
}

/**
 * Milliseconds as a table shows them: whole numbers, one decimal where they are small.
 *
 * @param {number | undefined} value
 */
function figure(value) {
	if (value === undefined || !Number.isFinite(value)) return '–';
	return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

module.exports = { figure, figuresOf, percentile, schedule, spread };
