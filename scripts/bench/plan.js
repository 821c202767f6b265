'use strict';
const { HTTP_PLATFORMS } = require('./sides.js');

/** @import { Load } from './measure.js' */
/** @typedef {'default' | 'lazy'} Engine */
/** @typedef {Load & { title: string }} TitledLoad */
/**
 * @typedef {object} Plan what is sent, and how long is measured
 * @property {TitledLoad[]} beside sent to the floor, and to ours by HTTP and by connection
 * @property {Record<Engine, TitledLoad[]>} alone sent to ours by HTTP
 * @property {TitledLoad[]} byStream sent to ours by connection
 * @property {TitledLoad[]} each sent to ours both ways, each message an execution of its own
 * @property {{ load: TitledLoad, rounds: number }} notes of seen messages
 * @property {{ seconds: number, retries: number }} idle
 * @property {{ idleSeconds: number }} reliability
 * @property {TitledLoad} warmUp
 * @property {number} idleSeconds
 * @property {number} seconds after which loads are left out
 */

/** @type {Record<Engine, { title: string, env: Record<string, string> }>} */
const ENGINES = {
	default: {
		title: "n8n's default expression engine",
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false' },
	},
	lazy: {
		title: 'the settings of `npm start` (N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true)',
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	},
};

/**
 * @param {number} rate messages a second
 * @param {number} seconds
 * @returns {TitledLoad}
 */
const atRate = (rate, seconds) => ({
	title: `${rate}/s`,
	count: rate * seconds,
	durationMs: seconds * 1000,
});
/**
 * @param {number} count
 * @param {number} durationMs
 * @param {Partial<TitledLoad>} [more]
 * @returns {TitledLoad}
 */
const burst = (count, durationMs, more = {}) => ({
	title: `${count} in ${durationMs / 1000} s`,
	count,
	durationMs,
	...more,
});

const THREE = { platforms: HTTP_PLATFORMS };
const FEISHU = { platforms: ['feishu'] };
const AI_BOT = { platforms: ['wecom-aibot'] };
/** Of Feishu no more than it takes answers a second. */
const OTHER_PLATFORMS = [
	{ ...atRate(17, 5), ...FEISHU, title: '17/s, Feishu' },
	{ ...atRate(50, 4), ...FEISHU, title: '50/s, Feishu' },
	{ ...atRate(17, 5), ...AI_BOT, title: '17/s, WeCom AI bot' },
	burst(500, 2000, { ...AI_BOT, title: '500 in 2 s, WeCom AI bot' }),
];
const EACH = 'one execution per message';
const SLOW_MODEL = burst(500, 2000, {
	title: '500 in 2 s, the model takes 1 s',
	modelDelayMs: 1000,
});

/**
 * What is sent. The floor works about 15 messages a second off, however many come, and so does n8n's default engine whatever runs in it: few hundred messages a load
 * keep the run short. Loads whose turn comes after `seconds` are left out, and named.
 *
 * @type {Record<'full' | 'quick', Plan>}
 */
const PLANS = {
	full: {
		beside: [
			// What comes round every minute is in each side's minute.
			atRate(1, 60),
			atRate(17, 10),
			atRate(50, 6),
			atRate(100, 3),
			atRate(200, 1.5),
			burst(500, 2000),
		],
		alone: {
			default: [],
			lazy: [
				{ ...atRate(200, 10), title: '200/s for 10 s' },
				{ ...atRate(17, 10), ...THREE, title: '17/s, three platforms' },
				burst(500, 2000, { ...THREE, title: '500 in 2 s, three platforms' }),
				SLOW_MODEL,
			],
		},
		byStream: OTHER_PLATFORMS,
		each: [burst(500, 2000, { title: `500 in 2 s, ${EACH}` })],
		notes: { load: atRate(17, 8), rounds: 2 },
		// As long as the slowest of the schedules that come round all the time.
		reliability: { idleSeconds: 30 },
		warmUp: atRate(10, 6),
		idle: { seconds: 300, retries: 20 },
		idleSeconds: 4,
		seconds: 600,
	},
	quick: {
		// Not 1/s: one garbage collection would make the verdict over a few messages.
		beside: [atRate(17, 3), burst(100, 400)],
		alone: {
			default: [],
			lazy: [
				burst(500, 2000),
				burst(150, 600, { ...THREE, title: '150 in 0.6 s, three platforms' }),
				SLOW_MODEL,
			],
		},
		byStream: [burst(500, 2000)],
		each: [burst(100, 400, { title: `100 in 0.4 s, ${EACH}` })],
		notes: { load: atRate(17, 3), rounds: 1 },
		reliability: { idleSeconds: 6 },
		warmUp: atRate(10, 3),
		idle: { seconds: 60, retries: 5 },
		idleSeconds: 2,
		seconds: 90,
	},
};

module.exports = { ENGINES, PLANS, burst };
