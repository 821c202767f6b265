'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { paths } = require('../machine/paths.js');
const { hasEnded, run, start, tail } = require('../machine/processes.js');
const { pause } = require('../machine/signals.js');
const { StepFailure } = require('../machine/steps.js');
const { inDependencyOrder, webhooks } = require('../workflows/workflows.js');
const { ApiError, createApi, createApiKey } = require('./api.js');
const { installPackage } = require('./installation.js');
const { instanceEnvironment } = require('./n8nEnvironment.js');

/** @import { Packed } from '../machine/package.js' */
/** @import { Started } from '../machine/processes.js' */
/** @import { Workflow } from '../workflows/workflows.js' */
/** @import { Api } from './api.js' */
/** @import { Credential } from './credentials.js' */
/** @import { N8nOptions } from './n8nEnvironment.js' */

/**
 * Whether n8n has registered a webhook. A pre-flight request names the registered methods and,
 * unlike a call, starts no execution.
 *
 * @param {string} url of n8n
 * @param {string} webhookPath
 */
async function isRegistered(url, webhookPath) {
	const response = await fetch(`${url}/webhook/${webhookPath}`, {
		method: 'OPTIONS',
		headers: { origin: url },
	}).catch(() => undefined);
	return /GET|POST|PUT|PATCH|DELETE|HEAD/.test(
		response?.headers.get('access-control-allow-methods') ?? '',
	);
}

/** One n8n with a user folder of its own. */
class N8n {
	#options;
	#env;
	/** @type {Started | undefined} */
	#server;
	/** @type {Api | undefined} */
	#api;
	#earlierLogs = '';

	/** @param {N8nOptions} options */
	constructor(options) {
		this.#options = options;
		this.#env = instanceEnvironment(options);
		this.folder = options.folder;
		this.url = `http://127.0.0.1:${options.port}`;
		// n8n reads a `.env` from the folder it runs in: it must not be the project's.
		fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
	}

	get #running() {
		if (!this.#server) throw new Error('n8n was not started');
		return this.#server;
	}

	/** n8n's public API; there after `connect`. */
	get api() {
		if (!this.#api) throw new Error('nobody has connected to n8n yet');
		return this.#api;
	}

	get pid() {
		return /** @type {number} */ (this.#running.pid);
	}

	/** Resolves when n8n has ended, however it did. */
	get exited() {
		return this.#running.exited;
	}

	/** The end of what it printed, earlier starts included. */
	logs() {
		return this.#earlierLogs + (this.#server?.output() ?? '');
	}

	/** @param {Packed} packed */
	async installPackage(packed) {
		return await installPackage(this.folder, packed);
	}

	/**
	 * Runs a command of n8n's on its data and returns what it printed.
	 *
	 * @param {string[]} args
	 */
	async cli(args) {
		return await run(paths.node, [paths.n8n, ...args], {
			cwd: this.folder,
			env: this.#env,
			logFile: this.#options.logFile,
			title: `n8n ${args[0]}`,
		});
	}

	/**
	 * @param {'credentials' | 'workflow'} what as n8n's command has it
	 * @param {string} word as n8n's answer has it
	 * @param {object[]} list
	 */
	async #importList(what, word, list) {
		if (list.length === 0) return;
		const file = path.join(this.folder, `import-${process.pid}.json`);
		fs.writeFileSync(file, JSON.stringify(list), { mode: 0o600 });
		try {
			const output = await this.cli([`import:${what}`, `--input=${file}`]);
			// n8n logs some failures and still ends with code 0.
			if (!output.includes(`Successfully imported ${list.length} ${word}`)) {
				throw new StepFailure(`n8n did not take all ${list.length} ${word}s`, '', tail(output));
			}
		} finally {
			fs.rmSync(file, { force: true });
		}
	}

	/** @param {Credential[]} list */
	async importCredentials(list) {
		await this.#importList('credentials', 'credential', list);
	}

	/** @param {Workflow[]} list */
	async importWorkflows(list) {
		await this.#importList('workflow', 'workflow', list);
	}

	/**
	 * @param {string} what ends "n8n ended before …"
	 * @param {number} seconds
	 * @param {() => Promise<boolean>} test
	 */
	async #waitUntil(what, seconds, test) {
		const { logFile } = this.#options;
		const limit = Date.now() + seconds * 1000;
		while (!(await test())) {
			const ended = hasEnded(this.#running);
			if (ended || Date.now() > limit) {
				throw new StepFailure(
					ended ? `n8n ended before ${what}` : `n8n: ${what} took more than ${seconds} s`,
					logFile ? `Read ${path.relative(process.cwd(), logFile)}.` : '',
					tail(this.logs()),
				);
			}
			await pause(100);
		}
	}

	/** Starts n8n on its data and waits until its API is there. */
	async start() {
		if (this.#server) this.#earlierLogs = this.logs().slice(-1_048_576);
		this.#server = start(paths.node, [paths.n8n, 'start'], {
			cwd: this.folder,
			env: this.#env,
			logFile: this.#options.logFile,
		});
		/** @param {string} place */
		const status = async (place) =>
			(await fetch(`${this.url}${place}`).catch(() => undefined))?.status;
		await this.#waitUntil('it was ready', 300, async () => {
			// n8n says ready before its API is there; a request without a key is refused once it is.
			return (
				(await status('/healthz/readiness')) === 200 && (await status('/api/v1/workflows')) === 401
			);
		});
	}

	/**
	 * Uses a known key when it still works, else signs the owner in and makes one. Returns the key.
	 *
	 * @param {string} [knownKey]
	 */
	async connect(knownKey) {
		if (knownKey) {
			this.#api = createApi(this.url, knownKey);
			try {
				await this.#api.workflows();
				return knownKey;
			} catch (error) {
				if (!(error instanceof ApiError) || error.status !== 401) throw error;
			}
		}
		const apiKey = await this.createKey('clawbot');
		this.#api = createApi(this.url, apiKey);
		return apiKey;
	}

	/**
	 * Makes an API key; with every scope it may have where `scopes` is left out.
	 *
	 * @param {string} label
	 * @param {string[]} [scopes]
	 */
	async createKey(label, scopes) {
		return await createApiKey(this.url, this.#options.owner, label, scopes);
	}

	/** @param {Pick<Workflow, 'nodes'>[]} workflows */
	async waitForWebhooks(workflows) {
		for (const { node, path: webhookPath } of workflows.flatMap(webhooks)) {
			await this.#waitUntil(
				`the webhook of "${node.name}" answered`,
				180,
				async () => await isRegistered(this.url, webhookPath),
			);
		}
	}

	/**
	 * Publishes workflows, called ones first, and waits until each webhook answers.
	 *
	 * @param {Workflow[]} workflows
	 */
	async publish(workflows) {
		for (const workflow of inDependencyOrder(workflows)) await this.api.activate(workflow.id);
		await this.waitForWebhooks(workflows);
	}

	/** SIGTERM, so that running executions end; after `graceMs` what is left is killed. */
	async stop(graceMs = 20_000) {
		await this.#server?.stop(graceMs);
	}

	/** Ends n8n at once, as a crash would. */
	async kill() {
		process.kill(this.pid, 'SIGKILL');
		return await this.exited;
	}
}

module.exports = { N8n };
