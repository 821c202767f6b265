'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { randomBytes } = require('node:crypto');
const { paths } = require('../machine/paths.js');
const { freePorts } = require('../machine/ports.js');
const { startServices } = require('../machine/services.js');
const { failureText } = require('../machine/steps.js');
const { localWorkflows } = require('../workflows/simulated.js');
const { withQuickLooks } = require('../workflows/quickLooks.js');
const { withCallbacks } = require('../workflows/streams.js');
const { callbacksOf } = require('./callbacks.js');
const { buildCredentials } = require('./credentials.js');
const { N8n } = require('./n8n.js');
const { pageCredential, placeholders, signingCredential } = require('./operators.js');
const { BOTS, RECOVERY, connectKey, ownCredential } = require('./ownKeys.js');
const { Worker, queueSettings, storeCredential } = require('./queue.js');
const { sandboxAccounts, startSandbox } = require('./sandbox.js');
const { compileCache, prepareTemplate } = require('./template.js');

/** @import { Packed } from '../machine/package.js' */
/** @import { Services } from '../machine/services.js' */
/** @import { Workflow } from '../workflows/workflows.js' */
/** @import { Credential, OwnCredential } from './credentials.js' */
/** @import { N8nOptions } from './n8nEnvironment.js' */
/** @import { Sandbox } from './sandbox.js' */
/** @import { Template } from './template.js' */

/**
 * @typedef {object} SystemOptions
 * @property {string} [folder] data folder; a fresh temporary one, removed on stop, when left out
 * @property {number} [n8nPort] free ports are taken when left out
 * @property {number} [sandboxPort]
 * @property {string | null} [workflowsDir] the bundled workflows; `null` for none
 * @property {'stream' | 'httpCallback'} [connection] how messages come to the bundled bot; by HTTP, which
 * answers each delivery for itself, when left out
 * @property {Workflow[]} [extraWorkflows] workflows of the test; published as well
 * @property {Credential[]} [extraCredentials]
 * @property {Record<string, string>} [env] n8n settings
 * @property {string} [logFile] gets all that n8n prints
 * @property {string[]} [sandboxArgs] further arguments of the sandbox
 * @property {string} [sandboxUrl] where n8n reaches the sandbox, if something stands before it
 * @property {boolean} [sandbox] `false` starts n8n alone, without credentials
 * @property {Packed} [packed] a packed package to install instead
 * @property {boolean} [editor] `true` for whoever opens n8n's editor: without it n8n starts quicker
 * @property {boolean} [publish] `false` leaves the workflows unpublished
 * @property {{ workers: number }} [queue] runs n8n in queue mode, with Redis and PostgreSQL of its own
 * and the deliveries kept in PostgreSQL
 */

/** The n8n of a test: after each start it waits until the webhooks of its published workflows answer. */
class TestedN8n extends N8n {
	apiKey = '';
	/** @type {Workflow[]} */
	published = [];

	/** @override */
	async start() {
		await super.start();
		await this.waitForWebhooks(this.published);
	}

	/** Stops n8n as an operator does, and starts it again. */
	async restart() {
		await this.stop();
		await this.start();
	}
}

/** @param {number} bytes */
const secret = (bytes) => randomBytes(bytes).toString('hex');

/** A complete system for a test. */
class System {
	owner = { email: 'owner@clawbot.local', password: `Aa1${secret(12)}` };
	/** Who may open the pages of dead letters and of keys. */
	#page = pageCredential(secret(12));
	/** Signs the access tokens. */
	#signing = signingCredential(secret(48));
	#options;
	#template;
	#sandboxPort;
	/** @type {Sandbox | undefined} */
	#sandbox;

	/**
	 * @param {SystemOptions} options
	 * @param {{ free: Record<'n8n' | 'sandbox' | 'broker', number>, template: Template, services?: Services }} given
	 * free ports, what its n8n is a copy of, and the services of queue mode
	 */
	constructor(options, { free, template, services }) {
		this.#options = options;
		this.#template = template;
		this.services = services;
		this.folder = options.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-'));
		/** @type {N8nOptions} */
		const instance = {
			folder: path.join(this.folder, 'n8n'),
			logFile: options.logFile,
			port: options.n8nPort ?? free.n8n,
			brokerPort: free.broker,
			encryptionKey: template.encryptionKey,
			owner: this.owner,
			settings: {
				...compileCache,
				// In production n8n waits for ten seconds after a crash.
				NODE_ENV: 'development',
				...(!options.editor && { N8N_DISABLE_UI: 'true' }),
				...(services && queueSettings(services)),
				...options.env,
			},
		};
		this.n8n = new TestedN8n(instance);
		this.workers = Array.from(
			{ length: options.queue?.workers ?? 0 },
			(_, index) => new Worker(instance, index + 1),
		);
		this.#sandboxPort = options.sandboxPort ?? free.sandbox;
	}

	/** The simulated platforms. */
	get sandbox() {
		if (!this.#sandbox) throw new Error('this system has no sandbox');
		return this.#sandbox;
	}

	get operator() {
		return this.#page.data;
	}

	get signing() {
		return this.#signing.data;
	}

	/**
	 * Address of a trigger node's webhook.
	 *
	 * @param {string} webhookId
	 */
	webhookUrl(webhookId) {
		return `${this.n8n.url}/webhook/${webhookId}/webhook`;
	}

	async start() {
		const { publish = true, sandbox = true, sandboxArgs = [] } = this.#options;
		const { sandboxUrl = `http://127.0.0.1:${this.#sandboxPort}` } = this.#options;
		const accounts = sandbox ? buildCredentials(sandboxAccounts(sandboxUrl), {}) : [];
		const workflows = this.#workflows(sandboxUrl, accounts);
		const args = ['--public-url', sandboxUrl, ...sandboxArgs];
		if (sandbox) this.#sandbox = await startSandbox({ port: this.#sandboxPort, args });
		await fs.promises.cp(this.#template.folder, this.n8n.folder, { recursive: true });
		await this.n8n.importCredentials(this.#credentials(accounts));
		await this.n8n.importWorkflows(workflows);
		await this.n8n.start();
		await Promise.all(this.workers.map(async (worker) => await worker.start()));
		this.n8n.apiKey = await this.n8n.connect();
		for (const own of [RECOVERY, BOTS]) await connectKey(own, this.n8n);
		if (publish) {
			await this.n8n.publish(workflows);
			this.n8n.published = workflows;
		}
		await this.#sandbox?.setCallbacks(callbacksOf(workflows, this.n8n.url));
		await this.#sandbox?.setN8n(this.n8n.url, this.n8n.apiKey);
	}

	/**
	 * @param {string} sandboxUrl
	 * @param {OwnCredential[]} accounts
	 */
	#workflows(sandboxUrl, accounts) {
		const { workflowsDir = paths.workflows, extraWorkflows = [], queue } = this.#options;
		const { connection = 'httpCallback' } = this.#options;
		const store = queue ? 'postgres' : 'embedded';
		const place = { n8nUrl: this.n8n.url, sandboxUrl, accounts, store };
		const local = workflowsDir === null ? [] : localWorkflows(workflowsDir, place);
		const bundled = connection === 'stream' ? local : withCallbacks(local);
		return [...(queue ? withQuickLooks(bundled) : bundled), ...extraWorkflows];
	}

	/**
	 * @param {OwnCredential[]} accounts
	 * @returns {Credential[]}
	 */
	#credentials(accounts) {
		const { extraCredentials = [] } = this.#options;
		const theirs = extraCredentials.map(({ name }) => name);
		const missing = placeholders.filter(({ name }) => !theirs.includes(name));
		const keys = [RECOVERY, BOTS].map((own) => ownCredential(own, this.n8n.url));
		const own = [...keys, this.#page, this.#signing, ...missing];
		return [
			...[...accounts, ...own].map(({ real, ...credential }) => credential),
			...(this.services ? [storeCredential(this.services)] : []),
			...extraCredentials,
		];
	}

	/** Ends everything, and removes a temporary folder. */
	async stop() {
		const workers = this.workers.map(async (worker) => await worker.stop());
		await Promise.all([this.n8n.stop(), this.#sandbox?.stop(), ...workers]);
		await this.services?.stop();
		if (this.#options.folder === undefined)
			fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

/**
 * Starts a complete system for a test: sandbox, and a real n8n with the packed package installed as
 * a user would install it, credentials of the sandbox's accounts, the workflows imported and
 * published.
 *
 * @param {SystemOptions} [options]
 */
async function startSystem(options = {}) {
	const template = await prepareTemplate(options.packed);
	const free = await freePorts('n8n', 'sandbox', 'broker');
	const services = options.queue && (await startServices());
	const system = new System(options, { free, template, services });
	try {
		await system.start();
		return system;
	} catch (error) {
		await system.stop();
		throw new Error(failureText(error), { cause: error });
	}
}

module.exports = { startSystem };
