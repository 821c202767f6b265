'use strict';
const net = require('node:net');

/** True when nothing listens on the port of 127.0.0.1 and it can be taken. */
async function isFree(port) {
	return await new Promise((resolve) => {
		const server = net.createServer();
		server.once('error', () => resolve(false));
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			server.close(() => resolve(true));
		});
	});
}

/** `count` different free ports of 127.0.0.1, held together until all are known. */
async function freePorts(count) {
	const servers = Array.from({ length: count }, () => net.createServer());
	await Promise.all(
		servers.map(
			async (server) =>
				await new Promise((resolve, reject) => {
					server.once('error', reject);
					server.listen(0, '127.0.0.1', resolve);
				}),
		),
	);
	const ports = servers.map((server) => server.address().port);
	await Promise.all(
		servers.map(async (server) => await new Promise((resolve) => server.close(resolve))),
	);
	return ports;
}

module.exports = { freePorts, isFree };
