'use strict';
const fs = require('node:fs');
const { paths } = require('../machine/paths.js');
const { start, untilReady } = require('../machine/processes.js');

/** @import { Callbacks } from './callbacks.js' */
/** @import { Accounts } from './credentials.js' */
/** @typedef {Awaited<ReturnType<typeof startSandbox>>} Sandbox */

/**
 * The sandbox's accounts as n8n credential data by type, for a sandbox at `origin`.
 *
 * @param {string} origin
 * @returns {Accounts}
 */
function sandboxAccounts(origin) {
	const text = fs
		.readFileSync(paths.accounts, 'utf8')
		.replaceAll('{sandbox}', origin)
		.replaceAll('{sandbox-ws}', origin.replace(/^http/, 'ws'));
	return JSON.parse(text);
}

/**
 * Starts the simulated platforms.
 *
 * @param {{ port: number, args?: string[], logFile?: string }} options
 */
async function startSandbox({ port, args = [], logFile }) {
	const origin = `http://127.0.0.1:${port}`;
	const server = start(paths.node, [paths.sandbox, '--port', String(port), ...args], {
		cwd: paths.root,
		logFile,
	});
	await untilReady(
		server,
		'the sandbox',
		async () => (await fetch(`${origin}/sandbox/ready`).catch(() => undefined))?.ok,
	);

	/**
	 * A request to the sandbox's control API; throws with its `error` text when refused.
	 *
	 * @param {string} method
	 * @param {string} path below `/sandbox`
	 * @param {unknown} [body]
	 * @returns {Promise<any>}
	 */
	async function call(method, path, body) {
		const response = await fetch(`${origin}/sandbox${path}`, {
			method,
			headers: body === undefined ? {} : { 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		const json = text ? JSON.parse(text) : undefined;
		if (!response.ok)
			throw new Error(`sandbox ${method} ${path}: ${response.status} ${json?.error}`);
		return json;
	}

	return {
		origin,
		call,
		/** @param {Callbacks} callbacks where each simulated platform delivers to */
		setCallbacks: async (callbacks) => await call('PUT', '/callbacks', callbacks),
		/**
		 * Lets the playground choose among the triggers of an n8n.
		 *
		 * @param {string} url
		 * @param {string} apiKey
		 */
		setN8n: async (url, apiKey) => await call('PUT', '/n8n', { url, apiKey }),
		logs: server.output,
		pid: server.pid,
		exited: server.exited,
		stop: async () => await server.stop(5_000),
	};
}

/** One that was started again and ends sooner has a fault that it would meet once more. */
const LEAST_LIFE_MS = 5_000;

/**
 * Starts a sandbox that ends by itself again, as a platform comes back after an outage. Resolves when that is of
 * no use.
 *
 * @param {Pick<Sandbox, 'exited'>} first
 * @param {() => Promise<Pick<Sandbox, 'exited'>>} startAgain
 */
async function keepSandbox(first, startAgain) {
	let readyAt = -Infinity;
	for (let sandbox = first; ; ) {
		await sandbox.exited;
		if (Date.now() - readyAt < LEAST_LIFE_MS) return;
		sandbox = await startAgain();
		// A busy machine takes longer to start it than it then lives.
		readyAt = Date.now();
	}
}

module.exports = { keepSandbox, sandboxAccounts, startSandbox };
