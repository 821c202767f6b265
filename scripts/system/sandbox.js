'use strict';
const fs = require('node:fs');
const { paths } = require('../machine/paths.js');
const { start, untilReady } = require('../machine/processes.js');

/** The sandbox's accounts as n8n credential data by type, for a sandbox at `origin`. */
function sandboxAccounts(origin, file = paths.accounts) {
	const text = fs
		.readFileSync(file, 'utf8')
		.replaceAll('{sandbox}', origin)
		.replaceAll('{sandbox-ws}', origin.replace(/^http/, 'ws'));
	return JSON.parse(text);
}

/**
 * Starts the simulated platforms; `{ origin, call, setCallbacks, logs, stop, kill, pid, exited }`.
 */
async function startSandbox({ port, args = [], env, logFile }) {
	const origin = `http://127.0.0.1:${port}`;
	const server = start(paths.node, [paths.sandbox, '--port', String(port), ...args], {
		cwd: paths.root,
		env,
		logFile,
	});
	await untilReady(
		server,
		'the sandbox',
		async () => (await fetch(`${origin}/sandbox/ready`).catch(() => undefined))?.ok,
	);

	/** A request to the sandbox's control API; throws with its `error` text when refused. */
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
		/** Tells each simulated platform where it delivers to. */
		setCallbacks: async (callbacks) => await call('PUT', '/callbacks', callbacks),
		logs: server.output,
		pid: server.pid,
		exited: server.exited,
		stop: async () => await server.stop(5_000),
	};
}

module.exports = { sandboxAccounts, startSandbox };
