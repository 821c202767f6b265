'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { randomBytes } = require('node:crypto');
const { callbacksOf } = require('./callbacks.js');
const { buildCredentials } = require('./credentials.js');
const { createN8n } = require('./n8n.js');
const { build, pack } = require('../machine/package.js');
const { pageCredential, placeholders, signingCredential } = require('./operators.js');
const { paths } = require('../machine/paths.js');
const { atSandbox } = require('./platforms.js');
const { freePorts } = require('../machine/ports.js');
const { createWorker, queueSettings, storeCredential } = require('./queue.js');
const { atAddress, connectRecovery, recoveryCredential } = require('./recovery.js');
const { sandboxAccounts, startSandbox } = require('./sandbox.js');
const { startServices } = require('../machine/services.js');
const { failureText } = require('../machine/steps.js');
const { readWorkflows } = require('../workflows/workflows.js');

/**
 * Starts a complete system for a test: sandbox, and a real n8n with the packed package installed as
 * a user would install it, credentials of the sandbox's accounts, the workflows imported and
 * published.
 *
 * @param {object} [options]
 * @param {string} [options.folder] data folder; a fresh temporary one, removed on stop, when left out
 * @param {number} [options.n8nPort] free ports are taken when left out
 * @param {number} [options.sandboxPort]
 * @param {string | null} [options.workflowsDir] the bundled workflows; `null` for none
 * @param {object[]} [options.extraWorkflows] workflows of the test, with `id`; published as well
 * @param {object[]} [options.extraCredentials] `{ id, name, type, data }`
 * @param {Record<string, string>} [options.env] n8n settings
 * @param {string} [options.logFile] gets all that n8n prints
 * @param {string[]} [options.sandboxArgs] further arguments of the sandbox
 * @param {boolean} [options.sandbox] `false` starts n8n alone, without credentials
 * @param {{ tarball: string, hash: string }} [options.packed] a packed package to install instead
 * @param {boolean} [options.publish] `false` leaves the workflows unpublished
 * @param {{ workers: number }} [options.queue] runs n8n in queue mode, with Redis and PostgreSQL of
 * its own and the deliveries kept in PostgreSQL; the result then has `workers` and `services`
 */
async function startSystem(options = {}) {
	const folder = options.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-'));
	const temporary = options.folder === undefined;
	const free = await freePorts('n8n', 'sandbox', 'broker');
	const page = pageCredential(randomBytes(12).toString('hex'));
	const signing = signingCredential(randomBytes(48).toString('base64url'));
	const owner = { email: 'owner@clawbot.local', password: `Aa1${randomBytes(12).toString('hex')}` };
	const withSandbox = options.sandbox !== false;
	const bundled =
		options.workflowsDir === null
			? []
			: readWorkflows(options.workflowsDir ?? paths.workflows, {
					store: options.queue ? 'postgres' : 'embedded',
				});
	const services = options.queue && (await startServices());
	const instance = {
		folder: path.join(folder, 'n8n'),
		logFile: options.logFile,
		port: options.n8nPort ?? free.n8n,
		brokerPort: free.broker,
		encryptionKey: randomBytes(24).toString('hex'),
		owner,
		settings: { ...(services && queueSettings(services)), ...options.env },
	};
	const n8n = createN8n(instance);
	const sandboxPort = options.sandboxPort ?? free.sandbox;
	const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
	const accounts = withSandbox ? buildCredentials(sandboxAccounts(sandboxUrl), {}) : [];
	const workflows = [
		...atSandbox(
			atAddress(
				bundled.map(({ workflow }) => workflow),
				n8n.url,
			),
			sandboxUrl,
			accounts,
		),
		...(options.extraWorkflows ?? []),
	];
	const workers = Array.from({ length: options.queue?.workers ?? 0 }, (_, i) =>
		createWorker(instance, i + 1),
	);
	let sandbox;

	async function stop() {
		await Promise.all([n8n.stop(), sandbox?.stop(), ...workers.map((worker) => worker.stop())]);
		await services?.stop();
		if (temporary) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	try {
		if (withSandbox) {
			sandbox = await startSandbox({ port: sandboxPort, args: options.sandboxArgs });
		}
		if (!options.packed) await build();
		await n8n.installPackage(options.packed ?? (await pack(path.join(folder, 'package'))));
		const theirs = (options.extraCredentials ?? []).map(({ name }) => name);
		const missing = placeholders.filter(({ name }) => !theirs.includes(name));
		const own = [recoveryCredential(n8n.url), page, signing, ...missing];
		const credentials = [...accounts, ...own].map(({ real, ...credential }) => credential);
		await n8n.importCredentials([
			...credentials,
			...(services ? [storeCredential(services)] : []),
			...(options.extraCredentials ?? []),
		]);
		await n8n.importWorkflows(workflows);
		await n8n.start();
		await Promise.all(workers.map(async (worker) => await worker.start()));
		const apiKey = await n8n.connect();
		await connectRecovery(n8n);
		if (options.publish !== false) await n8n.publish(workflows);
		await sandbox?.setCallbacks(callbacksOf(workflows, n8n.url));

		/** Boots n8n again on the same data and waits until the published webhooks answer. */
		const start = async () => {
			await n8n.start();
			if (options.publish !== false) await n8n.waitForWebhooks(workflows);
		};
		return {
			folder,
			owner,
			/** Of the pages of dead letters and of keys. */
			operator: page.data,
			/** Of the access tokens. */
			signing: signing.data,
			n8n: {
				url: n8n.url,
				apiKey,
				api: n8n.api,
				cli: n8n.cli,
				importWorkflows: n8n.importWorkflows,
				importCredentials: n8n.importCredentials,
				publish: n8n.publish,
				start,
				stop: n8n.stop,
				kill: n8n.kill,
				logs: n8n.logs,
				get pid() {
					return n8n.pid;
				},
				async restart() {
					await n8n.stop();
					await start();
				},
			},
			sandbox,
			workers,
			services,
			/** Address of a trigger node's webhook. */
			webhookUrl: (webhookId) => `${n8n.url}/webhook/${webhookId}/webhook`,
			stop,
		};
	} catch (error) {
		await stop();
		throw new Error(failureText(error), { cause: error });
	}
}

module.exports = { startSystem };
