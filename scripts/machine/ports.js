'use strict';
const { randomInt } = require('node:crypto');
const net = require('node:net');

/**
 * True when nothing listens on the port of 127.0.0.1 and it can be taken.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function isFree(port) {
	return await new Promise((resolve) => {
		const server = net.createServer();
		server.once('error', () => resolve(false));
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			server.close(() => resolve(true));
		});
	});
}

/**
 * No system gives these to whoever asks for any port, or connects: one that is free stays so until it is taken, and
 * while its server is started anew. From, and below.
 */
const OURS = /** @type {const} */ ([20_000, 32_000]);

/**
 * Different free ports of 127.0.0.1, by the names of what they are for.
 *
 * @template {string} Name
 * @param {Name[]} names
 */
async function freePorts(...names) {
	/** @type {Set<number>} */
	const found = new Set();
	while (found.size < names.length) {
		const port = randomInt(...OURS);
		if (await isFree(port)) found.add(port);
	}
	const ports = [...found].map((port, index) => [names[index], port]);
	return /** @type {Record<Name, number>} */ (Object.fromEntries(ports));
}

module.exports = { freePorts, isFree };
