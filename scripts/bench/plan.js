'use strict';

/** @import { Load } from './measure.js' */
/** @typedef {'default' | 'lazy'} Engine of n8n's expressions */
/** @typedef {'plain' | 'tls0' | 'tls40'} NetworkName */
/** @typedef {'floor' | 'http' | 'stream' | 'noKeepAlive'} SideName */
/** @typedef {Load & { afterStart?: boolean }} PlannedLoad `afterStart`: sent to an n8n that has just started */
/** @typedef {{ network: NetworkName, load: string, side: SideName }} Cell one load of one side */
/**
 * @typedef {object} Part what is measured on one n8n
 * @property {Engine} engine
 * @property {boolean} tls
 * @property {Cell[]} cells
 */

/** @type {Record<Engine, { env: Record<string, string> }>} */
const ENGINES = {
	default: { env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false' } },
	lazy: { env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' } },
};

/** How n8n reaches the platforms and the model. @type {Record<NetworkName, { rttMs: number }>} */
const NETWORKS = { plain: { rttMs: 0 }, tls0: { rttMs: 0 }, tls40: { rttMs: 40 } };

/**
 * @param {number} rate messages a second
 * @param {number} seconds
 * @returns {PlannedLoad}
 */
const atRate = (rate, seconds) => ({ count: rate * seconds, durationMs: seconds * 1000 });
/** @type {PlannedLoad} */
const BURST = { count: 500, durationMs: 2000 };
/** What each side gets first, and nobody is told of. */
const WARM_UP = 'warm-up';
const THREE = { allPlatforms: true };

/**
 * By the name that `--load` takes. The floor gets through about 15 messages a second, however many come, and so does
 * n8n's default engine whatever runs in it: a few hundred messages a load keep the run short.
 *
 * @type {Record<string, PlannedLoad>}
 */
const LOADS = {
	[WARM_UP]: atRate(10, 3),
	'1/s': atRate(1, 20),
	'17/s': atRate(17, 10),
	'50/s': atRate(50, 5),
	'200/s': atRate(200, 2),
	burst: BURST,
	'17/s-three': { ...atRate(17, 10), ...THREE },
	'burst-three': { ...BURST, ...THREE },
	'burst-after-start': { ...BURST, afterStart: true },
};

const STEADY = ['1/s', '17/s', '50/s', '200/s', 'burst'];
const ALL = Object.keys(LOADS).filter((name) => name !== WARM_UP);

/**
 * Each load to one side after the other, turned round from load to load: what n8n learns and leaves behind, and what
 * else the machine does, hits all of them; and a connection changes its workflow once a load.
 *
 * @param {NetworkName} network
 * @param {string[]} loads
 * @param {SideName[]} sides
 * @returns {Cell[]}
 */
const byTurns = (network, loads, sides) =>
	loads.flatMap((load, index) => {
		const order = index % 2 === 0 ? sides : [...sides].reverse();
		return order.map((side) => ({ network, load, side }));
	});

/**
 * The floor comes last: its bursts leave gigabytes behind that would burden what follows.
 *
 * @type {Record<string, Part>}
 */
const PARTS = {
	lazy: {
		engine: 'lazy',
		tls: false,
		cells: [...byTurns('plain', ALL, ['http', 'stream']), ...byTurns('plain', STEADY, ['floor'])],
	},
	'lazy-tls': {
		engine: 'lazy',
		tls: true,
		cells: [
			...byTurns('tls0', ['17/s', 'burst'], ['http', 'stream', 'noKeepAlive']),
			...byTurns('tls40', ALL, ['http', 'stream', 'noKeepAlive']),
			...byTurns('tls0', ['17/s', 'burst'], ['floor']),
			...byTurns('tls40', ['17/s', 'burst'], ['floor']),
		],
	},
	default: {
		engine: 'default',
		tls: false,
		cells: [
			...byTurns('plain', ['17/s', '50/s', 'burst'], ['http', 'stream']),
			...byTurns('plain', ['17/s', '50/s', 'burst'], ['floor']),
		],
	},
	'default-tls': {
		engine: 'default',
		tls: true,
		cells: [
			...byTurns('tls40', ['17/s', 'burst'], ['http', 'stream']),
			...byTurns('tls40', ['17/s', 'burst'], ['floor']),
		],
	},
};

/**
 * The name of the part in which an engine meets a network.
 *
 * @param {{ engine: Engine, network: NetworkName }} where
 */
const partOf = ({ engine, network }) => (network === 'plain' ? engine : `${engine}-tls`);

/** Before and after a load: n8n comes to rest. */
const REST_SECONDS = 3;
/** Packing is not in it; starting n8n and warming it up is. */
const START_SECONDS = 75;
/** A connection changes its workflow once every third cell or so; that, and a restart of n8n. */
const CHANGE_SECONDS = 3;
const RESTART_SECONDS = 25;

/**
 * How long a part takes on two cores with nothing else to do, about.
 *
 * @param {Part} part
 */
function secondsOf({ engine, cells }) {
	const seconds = cells.map(({ load, side }) => {
		const { count, durationMs, afterStart } = /** @type {PlannedLoad} */ (LOADS[load]);
		const perSecond = side === 'floor' ? 15 : engine === 'default' && side === 'http' ? 25 : 150;
		const change = side === 'floor' ? 0 : CHANGE_SECONDS;
		const restart = afterStart ? RESTART_SECONDS : 0;
		return Math.max(durationMs / 1000, count / perSecond) + REST_SECONDS + change + restart;
	});
	return seconds.reduce((sum, each) => sum + each, START_SECONDS);
}

module.exports = { ENGINES, LOADS, NETWORKS, PARTS, WARM_UP, partOf, secondsOf };
