'use strict';
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

/** @returns {Promise<{ port: number, release: () => Promise<void> }>} */
async function holdPort() {
	const server = net.createServer();
	await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve(undefined));
	});
	const { port } = /** @type {net.AddressInfo} */ (server.address());
	return { port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/**
 * Different free ports of 127.0.0.1, held together until all are known, by the names of what they are for.
 *
 * @template {string} Name
 * @param {Name[]} names
 */
async function freePorts(...names) {
	const held = await Promise.all(names.map(holdPort));
	await Promise.all(held.map(async ({ release }) => await release()));
	const ports = held.map(({ port }, index) => [names[index], port]);
	return /** @type {Record<Name, number>} */ (Object.fromEntries(ports));
}

module.exports = { freePorts, isFree };
