'use strict';
const { once } = require('node:events');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { makeCertificates } = require('../machine/certificates.js');
const { createRelay, createTlsEnd, listen } = require('./relay.js');

/** @typedef {Awaited<ReturnType<typeof startNetwork>>} Network */

/**
 * The way from n8n to the simulated platforms over TLS, with a round-trip time: none at first. It works in a thread
 * of its own, so that neither n8n nor the benchmark is in its way.
 *
 * @param {{ port: number, target: number, folder: string }} options where n8n connects to, the sandbox's port, and
 * where the certificates go
 */
async function startNetwork({ port, target, folder }) {
	const { caFile, ...identity } = makeCertificates(folder);
	const worker = new Worker(__filename, { workerData: { port, target, identity } });
	await once(worker, 'message');

	/** @param {number} [rttMs] to be from now on; returns the connections made since the last time */
	async function ask(rttMs) {
		worker.postMessage({ rttMs });
		const [connections] = await once(worker, 'message');
		return Number(connections);
	}

	return {
		origin: `https://127.0.0.1:${port}`,
		caFile,
		/** @param {number} rttMs */
		setRoundTrip: async (rttMs) => await ask(rttMs),
		/** How many connections were made since this was last asked, or the round trip set. */
		countConnections: async () => await ask(),
		stop: async () => await worker.terminate(),
	};
}

/** @param {{ port: number, target: number, identity: { key: string, cert: string } }} options */
async function work({ port, target, identity }) {
	const network = { rttMs: 0, connections: 0 };
	const inner = await listen(createTlsEnd(target, identity));
	await listen(createRelay(inner, network), port);
	parentPort?.on('message', ({ rttMs = network.rttMs }) => {
		parentPort?.postMessage(network.connections);
		Object.assign(network, { rttMs, connections: 0 });
	});
	parentPort?.postMessage('ready');
}

if (!isMainThread) void work(workerData);

module.exports = { startNetwork };
