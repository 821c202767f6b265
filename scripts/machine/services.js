'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { randomBytes } = require('node:crypto');
const { freePorts } = require('./ports.js');
const { Postgres, postgresFolder } = require('./postgres.js');
const { start, untilReady } = require('./processes.js');
const { StepFailure } = require('./steps.js');

/** @import { Started } from './processes.js' */
/** @typedef {Awaited<ReturnType<typeof startServices>>} Services */

const REDIS = '/usr/bin/redis-server';

/** Debian packages that are missing for `startServices`. */
const missingServices = () => [
	...(fs.existsSync(REDIS) ? [] : ['redis-server']),
	...(postgresFolder() ? [] : ['postgresql']),
];

/**
 * @param {string} folder
 * @param {number} port
 * @param {string} password
 */
async function startRedis(folder, port, password) {
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
	const nothingOnDisk = ['--save', '', '--appendonly', 'no'];
	const server = start(REDIS, [...args, ...nothingOnDisk, '--requirepass', password]);
	await untilReady(server, 'Redis', () => server.output().includes('Ready to accept connections'));
	return server;
}

/**
 * Starts Redis and PostgreSQL for a test, on free ports of 127.0.0.1, in a temporary folder that is
 * removed on stop.
 */
async function startServices() {
	const bin = postgresFolder();
	const missing = missingServices();
	if (!bin || missing.length > 0) {
		throw new StepFailure(
			`queue mode needs ${missing.join(' and ')}`,
			`Install them (Debian, Ubuntu): apt-get install ${missing.join(' ')}`,
		);
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-services-'));
	const ports = await freePorts('redis', 'postgres');
	const password = randomBytes(16).toString('hex');
	const postgres = new Postgres(bin, { folder, port: ports.postgres, password });
	/** @type {Started | undefined} */
	let redis;

	async function stop() {
		await Promise.all([redis?.stop(2_000), postgres.stop()]);
		fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	try {
		[redis] = await Promise.all([startRedis(folder, ports.redis, password), postgres.create()]);
	} catch (error) {
		await stop();
		throw error;
	}
	return { redis: { host: '127.0.0.1', port: ports.redis, password }, postgres, stop };
}

module.exports = { missingServices, startServices };
