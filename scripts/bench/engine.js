'use strict';
const path = require('node:path');
const { freePorts } = require('../machine/ports.js');
const { sandboxAccounts } = require('../system/sandbox.js');
const { startSystem } = require('../system/system.js');
const { createConnector, measureCells } = require('./loads.js');
const { idle } = require('./measure.js');
const { startNetwork } = require('./network.js');
const { ENGINES, WARM_UP } = require('./plan.js');
const { NO_KEEP_ALIVE, STREAM } = require('./sides.js');
const { AFTER_START, untilAtRest } = require('./usage.js');
const {
	copyByStream,
	copyWithoutKeepAlive,
	credentialsWithoutKeepAlive,
	floorCredential,
	floorWorkflow,
} = require('./workflows.js');

/** @import { SystemOptions } from '../system/system.js' */
/** @import { Note } from './loads.js' */
/** @import { Network } from './network.js' */
/** @import { Cell, Engine, Part } from './plan.js' */
/** @typedef {SystemOptions & { folder: string }} BenchOptions */
/** @typedef {Awaited<ReturnType<typeof measurePart>>} MeasuredPart */

const IDLE_SECONDS = 10;
const NAME = 'clawbotBench';

/** @param {string} id */
const nameOf = (id) => id.slice(NAME.length);

/**
 * The system's options: all sides, and the way to the platforms.
 *
 * @param {Engine} engine
 * @param {BenchOptions} options
 * @param {number} sandboxPort
 * @param {Network | undefined} network
 */
function systemOptions(engine, options, sandboxPort, network) {
	const sandboxUrl = network?.origin ?? `http://127.0.0.1:${sandboxPort}`;
	const accounts = sandboxAccounts(sandboxUrl);
	const { apiKey, baseUrl } = accounts.clawBotModelApi;
	return {
		...options,
		sandboxPort,
		sandboxUrl,
		env: {
			...ENGINES[engine].env,
			...(network && { NODE_EXTRA_CA_CERTS: network.caFile }),
		},
		extraCredentials: [floorCredential(apiKey), ...credentialsWithoutKeepAlive(accounts)],
		extraWorkflows: [
			floorWorkflow(baseUrl),
			copyByStream(nameOf(STREAM)),
			copyWithoutKeepAlive(nameOf(NO_KEEP_ALIVE)),
		],
	};
}

/**
 * An n8n with the bundled workflows and all sides, and the platforms: over TLS, or as they are.
 *
 * @param {Pick<Part, 'engine' | 'tls'>} part
 * @param {BenchOptions} options
 */
async function startBench({ engine, tls }, options) {
	const ports = await freePorts('sandbox', 'network');
	const folder = path.join(options.folder, 'network');
	const network = tls
		? await startNetwork({ port: ports.network, target: ports.sandbox, folder })
		: undefined;
	try {
		const system = await startSystem(systemOptions(engine, options, ports.sandbox, network));
		// The platforms' patience is not what is measured.
		await system.sandbox.call('PUT', '/limits', { enabled: false });
		return { system, network, connect: createConnector(system) };
	} catch (error) {
		await network?.stop();
		throw error;
	}
}

/** @typedef {Awaited<ReturnType<typeof startBench>>} Bench */

/** @param {Bench} bench */
async function stopBench({ system, network }) {
	try {
		await system.stop();
	} finally {
		await network?.stop();
	}
}

/**
 * Each side once: what is made at a side's first message is not measured.
 *
 * @param {Cell[]} cells
 * @returns {Cell[]}
 */
const warmUpOf = (cells) =>
	[...new Map(cells.map((cell) => [cell.side, cell])).values()].map((cell) => ({
		...cell,
		load: WARM_UP,
	}));

/**
 * All cells of a part, on an n8n of its own.
 *
 * @param {Part} part
 * @param {BenchOptions} options
 * @param {{ seconds: number, note: Note }} run after `seconds` what has not begun is left out
 */
async function measurePart({ engine, tls, cells }, options, { seconds, note }) {
	const limit = Date.now() + seconds * 1000;
	note('starting n8n and the platforms');
	const bench = await startBench({ engine, tls }, options);
	try {
		const whole = { limit: Infinity, note };
		await measureCells(bench, warmUpOf(cells), whole);
		await untilAtRest(bench.system.n8n.pid, AFTER_START);
		const idleCpu = await idle(bench.system, IDLE_SECONDS);
		const { measured, leftOut } = await measureCells(bench, cells, { limit, note });
		return {
			idleCpu,
			cells: measured.map((cell) => ({ engine, ...cell })),
			leftOut: leftOut.map((cell) => ({ engine, ...cell })),
		};
	} finally {
		await stopBench(bench);
	}
}

module.exports = { measurePart, startBench, stopBench };
