'use strict';

/** @import { Owner } from './api.js' */

/**
 * @typedef {object} N8nOptions
 * @property {string} folder holds its data
 * @property {number} port of 127.0.0.1
 * @property {number} brokerPort of 127.0.0.1, for its task runners
 * @property {string} encryptionKey
 * @property {Owner} owner
 * @property {Record<string, string>} [settings] further environment variables of n8n
 * @property {string} [logFile] gets all that it prints
 */

// n8n is what we say it is: NODE_ENV=test, which jest sets, would silence it.
const NOT_FOR_N8N = /^(npm_|N8N_|DB_|QUEUE_|EXECUTIONS_|JEST_|NODE_ENV$|NODE_OPTIONS$)/i;

/** The caller's environment without what would change n8n behind our back. */
function cleanEnvironment() {
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !NOT_FOR_N8N.test(name)),
	);
	// A company's proxy must not be asked for this machine's own addresses.
	const local = [env.NO_PROXY ?? env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
	return { ...env, NO_PROXY: local, no_proxy: local };
}

/**
 * What one n8n process is started with, its workers included.
 *
 * @param {N8nOptions} options
 * @returns {NodeJS.ProcessEnv}
 */
function instanceEnvironment({ folder, port, brokerPort, encryptionKey, owner, settings }) {
	return {
		...cleanEnvironment(),
		N8N_USER_FOLDER: folder,
		N8N_ENCRYPTION_KEY: encryptionKey,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		// Its default is one fixed port, on which two instances would meet.
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// Plain http on this machine: a cookie for https only would make the login fail in some
		// browsers.
		N8N_SECURE_COOKIE: 'false',
		// Otherwise n8n writes its stack and its paths into errors that anybody can cause.
		NODE_ENV: 'production',
		// MB. n8n keeps as much of each request in memory, unpacked, before any workflow sees it: 16 by default.
		N8N_PAYLOAD_SIZE_MAX: '2',
		// Long connections, and requests that keep theirs open, go by the proxies that n8n's own requests go by.
		NODE_USE_ENV_PROXY: '1',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
		// Its default, 200 MB, is an hour of a dead model at ten messages a second: then nothing is kept.
		N8N_DATA_TABLES_MAX_SIZE_BYTES: String(2 ** 30),
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
		// After a crash n8n otherwise pieces executions together from its log: one that had just begun
		// stays `running` for ever, and one that had not quite begun fails the start (n8n-io/n8n #22064).
		N8N_EVENTBUS_RECOVERY_MODE: 'simple',
		// At its start n8n takes each workflow from a list to publish it. One that it had just taken when it
		// was killed stays taken for two minutes by default: a bot that does not answer.
		N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
		N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '5000',
		// n8n stores each execution before it begins, also those that are not to be saved: what clients and
		// operators showed to get in, out of sight. They go with its sweeps, by default every 15 minutes, those that were
		// started by hand an hour later. Nothing reads them meanwhile, recovery included.
		EXECUTIONS_DATA_HARD_DELETE_BUFFER: '0',
		EXECUTIONS_DATA_PRUNE_HARD_DELETE_INTERVAL: '1',
		GENERIC_TIMEZONE: process.env.GENERIC_TIMEZONE ?? 'Asia/Shanghai',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: owner.email,
		N8N_INSTANCE_OWNER_FIRST_NAME: 'ClawBot',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
		N8N_INSTANCE_OWNER_PASSWORD_HASH: require('bcryptjs').hashSync(owner.password, 10),
		...settings,
	};
}

module.exports = { instanceEnvironment };
