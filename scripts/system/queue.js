'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { paths } = require('../machine/paths.js');
const { freePorts } = require('../machine/ports.js');
const { start, untilReady } = require('../machine/processes.js');
const { instanceEnvironment } = require('./n8nEnvironment.js');

/** @import { Started } from '../machine/processes.js' */
/** @import { Services } from '../machine/services.js' */
/** @import { Credential } from './credentials.js' */
/** @import { N8nOptions } from './n8nEnvironment.js' */

/**
 * What n8n's processes need to know of the services to share one queue.
 *
 * @param {Services} services
 * @returns {Record<string, string>}
 */
function queueSettings({ redis, postgres }) {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: redis.host,
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		QUEUE_BULL_REDIS_PASSWORD: redis.password,
		// n8n empties the executions of a worker that is found dead this way: see docs/queue-mode.md.
		QUEUE_WORKER_STALLED_INTERVAL: String(24 * 3_600_000),
		// A worker reports what it left unfinished before this module is ready, which then throws.
		N8N_DISABLED_MODULES: 'otel',
		// Workers tell the error workflow what they left unfinished; `simple` would keep it to themselves.
		N8N_EVENTBUS_RECOVERY_MODE: 'extensive',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: postgres.host,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'n8n',
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,
		DB_POSTGRESDB_POOL_SIZE: '10',
	};
}

/**
 * The credential of the Postgres store.
 *
 * @param {Services} services
 * @returns {Credential}
 */
function storeCredential({ postgres }) {
	const { host, port, user, password } = postgres;
	const place = { host, port, database: 'deliveries', user, password };
	return {
		id: 'clawbot-postgres',
		name: 'ClawBot Postgres',
		type: 'postgres',
		data: { ...place, ssl: 'disable', maxConnections: 10 },
	};
}

/** A worker of an n8n. Like one on a machine of its own it has its own user folder. */
class Worker {
	#options;
	#folder;
	/** @type {Started | undefined} */
	#server;

	/**
	 * @param {N8nOptions} options of the main process, whose installed package it uses
	 * @param {number} number
	 */
	constructor(options, number) {
		this.#options = options;
		this.#folder = `${options.folder}-worker-${number}`;
		const own = path.join(this.#folder, '.n8n');
		fs.mkdirSync(own, { recursive: true, mode: 0o700 });
		fs.symlinkSync(path.join(options.folder, '.n8n', 'nodes'), path.join(own, 'nodes'));
	}

	get pid() {
		return this.#server?.pid;
	}

	/** Starts it and waits until it is ready. */
	async start() {
		const ports = await freePorts('broker', 'health');
		const folder = this.#folder;
		const env = {
			...instanceEnvironment({ ...this.#options, folder, brokerPort: ports.broker }),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(ports.health),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		};
		const args = [paths.n8n, 'worker', '--concurrency=10'];
		this.#server = start(paths.node, args, { cwd: folder, env });
		const ready = `http://127.0.0.1:${ports.health}/healthz/readiness`;
		const isReady = async () => (await fetch(ready).catch(() => undefined))?.ok;
		await untilReady(this.#server, 'a worker of n8n', isReady, 300);
	}

	async stop() {
		await this.#server?.stop(20_000);
	}

	/** Ends the worker at once, as a crash would. */
	async kill() {
		const server = this.#server;
		if (!server?.pid) throw new Error('the worker was not started');
		process.kill(server.pid, 'SIGKILL');
		return await server.exited;
	}

	logs() {
		return this.#server?.output() ?? '';
	}
}

module.exports = { Worker, queueSettings, storeCredential };
