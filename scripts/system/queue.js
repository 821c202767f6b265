'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { instanceEnvironment } = require('./n8n.js');
const { paths } = require('../machine/paths.js');
const { freePorts } = require('../machine/ports.js');
const { start, untilReady } = require('../machine/processes.js');

/** What n8n's processes need to know of the services of `startServices` to share one queue. */
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

/** The credential of the Postgres store. */
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

/**
 * A worker of the n8n that `options` describes (as for `createN8n`). Like one on a machine of its
 * own it has its own user folder; the installed package in it is the main process's.
 *
 * Returns `{ pid, start, stop, kill, logs }`; it is ready when `start` resolves.
 */
function createWorker(options, number) {
	const folder = `${options.folder}-worker-${number}`;
	fs.mkdirSync(path.join(folder, '.n8n'), { recursive: true, mode: 0o700 });
	fs.symlinkSync(path.join(options.folder, '.n8n', 'nodes'), path.join(folder, '.n8n', 'nodes'));
	let server;

	async function boot() {
		const ports = await freePorts('broker', 'health');
		const env = {
			...instanceEnvironment({ ...options, folder, brokerPort: ports.broker }),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(ports.health),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		};
		server = start(paths.node, [paths.n8n, 'worker', '--concurrency=10'], { cwd: folder, env });
		const ready = `http://127.0.0.1:${ports.health}/healthz/readiness`;
		await untilReady(
			server,
			'a worker of n8n',
			async () => (await fetch(ready).catch(() => undefined))?.ok,
			120,
		);
	}

	return {
		get pid() {
			return server?.pid;
		},
		start: boot,
		stop: async () => await server?.stop(20_000),
		/** Ends the worker at once, as a crash would. */
		async kill() {
			process.kill(server.pid, 'SIGKILL');
			return await server.exited;
		},
		logs: () => server?.output() ?? '',
	};
}

module.exports = { createWorker, queueSettings, storeCredential };
