'use strict';
const net = require('node:net');
const tls = require('node:tls');
const { pipeline, Transform } = require('node:stream');

/** @import { Duplex } from 'node:stream' */
/** @import { AddressInfo } from 'node:net' */

/* A network between n8n and the platforms, as far as its distance goes: TCP, and TLS at its far end. */

const now = () => performance.now();
/** A connection that breaks ends at both of its sides: `pipeline` sees to it. */
const ended = () => {};

/** One direction: what comes in goes out a while later, in its order. */
class Delay extends Transform {
	/** @type {(() => void)[]} */
	#waiting = [];
	#waitMs;

	/** @param {() => number} waitMs how long what comes in now is under way */
	constructor(waitMs) {
		super();
		this.#waitMs = waitMs;
	}

	/** @param {() => void} act */
	#later(act) {
		const ms = this.#waitMs();
		if (ms <= 0 && this.#waiting.length === 0) return act();
		this.#waiting.push(act);
		// Whichever timer comes first: the order is that of the bytes.
		setTimeout(() => this.#waiting.shift()?.(), ms);
	}

	/**
	 * @override
	 * @type {Transform['_transform']}
	 */
	_transform(chunk, _encoding, done) {
		this.#later(() => {
			if (!this.destroyed) this.push(chunk);
		});
		done();
	}

	/**
	 * @override
	 * @type {Transform['_flush']}
	 */
	_flush(done) {
		this.#later(() => done());
	}
}

/** @param {number} port */
const connectTo = (port) =>
	net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });

/**
 * @param {net.Server} server
 * @param {number} [port] any free one when left out
 * @returns {Promise<number>} its port
 */
const listen = (server, port = 0) =>
	new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () =>
			resolve(/** @type {AddressInfo} */ (server.address()).port),
		);
	});

/**
 * A TCP relay on which both directions take half a round trip each. On a network the first bytes go out when the
 * other side has answered the connect, one round trip after it; here connects are answered at once, so that the first
 * bytes wait for as long.
 *
 * @param {number} target port
 * @param {{ rttMs: number, connections: number }} network `rttMs` may change at any time; connections are counted
 */
function createRelay(target, network) {
	return net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
		network.connections += 1;
		const openedAt = now();
		const server = connectTo(target);
		const half = () => network.rttMs / 2;
		const connecting = () => Math.max(0, openedAt + network.rttMs - now());
		pipeline(client, new Delay(() => connecting() + half()), server, ended);
		pipeline(server, new Delay(half), client, ended);
	});
}

/**
 * Takes TLS and passes on what was in it.
 *
 * @param {number} target port
 * @param {{ key: string, cert: string }} identity
 */
function createTlsEnd(target, identity) {
	/** @param {Duplex} secure */
	const serve = (secure) => {
		const server = connectTo(target);
		pipeline(secure, server, ended);
		pipeline(server, secure, ended);
	};
	return tls.createServer({ ...identity, allowHalfOpen: true, noDelay: true }, serve);
}

module.exports = { createRelay, createTlsEnd, listen };
