'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { bootstrap } = require('./machine/bootstrap.js');
const { errorOf } = require('./machine/errors.js');
const { pack } = require('./machine/package.js');
const { paths } = require('./machine/paths.js');
const { freePorts } = require('./machine/ports.js');
const { runScript } = require('./machine/script.js');
const { createSteps, StepFailure } = require('./machine/steps.js');
const { callbacksOf } = require('./system/callbacks.js');
const { connectionStates } = require('./system/connections.js');
const { buildCredentials } = require('./system/credentials.js');
const { n8nSettings, readEnv } = require('./system/env.js');
const { N8n } = require('./system/n8n.js');
const { BOTS, RECOVERY, connectKey, ownCredential } = require('./system/ownKeys.js');
const { pageCredential, placeholders, signingCredential } = require('./system/operators.js');
const { keepSandbox, sandboxAccounts, startSandbox } = require('./system/sandbox.js');
const { announce, openStore, runningSystem, withdraw } = require('./system/store.js');
const { welcome } = require('./system/welcome.js');
const { importNewWorkflows, syncCredentials, syncWorkflows } = require('./transfer/sync.js');
const { localWorkflows } = require('./workflows/simulated.js');

/** @import { Sandbox } from './system/sandbox.js' */
/** @import { Script } from './machine/script.js' */
/** @import { OwnCredential, Variables } from './system/credentials.js' */
/** @import { Secrets, Store } from './system/store.js' */
/** @import { Workflow } from './workflows/workflows.js' */

/**
 * @typedef {object} Plan what is to be started
 * @property {string} n8nUrl
 * @property {string} sandboxUrl
 * @property {Record<string, string>} settings of n8n
 * @property {OwnCredential[]} credentials
 * @property {Workflow[]} bundled
 */

const OWNER = 'owner@clawbot.local';
const began = Date.now();
const steps = createSteps();
const { step, say } = steps;

/** @param {Variables} variables */
const portsOf = (variables) => ({
	n8n: {
		port: Number(variables.CLAWBOT_N8N_PORT ?? 5678),
		use: 'n8n',
		variable: 'CLAWBOT_N8N_PORT',
	},
	sandbox: {
		port: Number(variables.CLAWBOT_SANDBOX_PORT ?? 5690),
		use: 'the sandbox',
		variable: 'CLAWBOT_SANDBOX_PORT',
	},
});

function refuseSecondStart() {
	const other = runningSystem();
	if (!other) return;
	throw new StepFailure(
		`it is already running: ${other.n8nUrl ?? 'still starting'} (process ${other.pid})`,
		'Use that one, or end it with Ctrl-C in its terminal.',
	);
}

/** @param {string} name */
function freshLog(name) {
	const file = path.join(paths.logs, name);
	fs.rmSync(file, { force: true });
	return file;
}

/**
 * @param {Variables} variables
 * @param {ReturnType<typeof portsOf>} ports
 * @param {Secrets} secrets
 * @returns {Plan}
 */
function planOf(variables, ports, secrets) {
	const sandboxUrl = `http://127.0.0.1:${ports.sandbox.port}`;
	const n8nUrl = `http://127.0.0.1:${ports.n8n.port}`;
	const accounts = buildCredentials(sandboxAccounts(sandboxUrl), variables);
	const credentials = [
		...accounts,
		ownCredential(RECOVERY, n8nUrl, secrets.recoveryKey),
		ownCredential(BOTS, n8nUrl, secrets.botsKey),
		pageCredential(secrets.operatorPassword),
		signingCredential(secrets.signingKey),
		...placeholders,
	];
	const bundled = localWorkflows(paths.workflows, { n8nUrl, sandboxUrl, accounts });
	return { n8nUrl, sandboxUrl, settings: n8nSettings(variables), credentials, bundled };
}

/**
 * Installs, imports, starts and publishes. Returns remarks for the person.
 *
 * @param {N8n} n8n
 * @param {Store} store
 * @param {Plan} plan
 */
async function startN8n(n8n, store, { credentials, bundled }) {
	const packed = await step(
		'Pack the package',
		async () => await pack(path.join(paths.data, 'package')),
	);
	await step('Install the package into n8n', async () =>
		(await n8n.installPackage(packed)) ? 'new' : 'up to date',
	);
	/** @type {string[]} */
	const remarks = [];
	await step('Import credentials and workflows', async () => {
		remarks.push(...(await syncCredentials(n8n, store, credentials)));
		const count = await importNewWorkflows(n8n, store, bundled);
		return count > 0 ? `${count} new` : 'nothing new';
	});
	await step('Start n8n', async () => await n8n.start());
	await step('Publish workflows', async () => {
		store.secrets.apiKey = await n8n.connect(store.secrets.apiKey);
		store.saveSecrets();
		await keepOwnKeys(n8n, store);
		const result = await syncWorkflows(n8n, store, bundled);
		remarks.push(...result.remarks);
		return result.published > 0 ? `${result.published} new` : 'nothing new';
	});
	return remarks;
}

/**
 * Kept like the credentials themselves: an import with the next start brings the same keys.
 *
 * @param {N8n} n8n
 * @param {Store} store
 */
async function keepOwnKeys(n8n, store) {
	const { secrets, state } = store;
	for (const { own, kept } of /** @type {const} */ ([
		{ own: RECOVERY, kept: 'recoveryKey' },
		{ own: BOTS, kept: 'botsKey' },
	])) {
		const apiKey = await connectKey(own, n8n, secrets[kept]);
		if (apiKey === secrets[kept]) continue;
		secrets[kept] = apiKey;
		store.saveSecrets();
		const { type, data } = ownCredential(own, n8n.url, apiKey);
		state.credentials[type] = store.fingerprint(data);
		store.saveState();
	}
}

/**
 * Published workflows as they run now, with the person's published changes; bundled ones first.
 *
 * @param {N8n} n8n
 * @param {Workflow[]} bundled
 */
async function liveWorkflows(n8n, bundled) {
	const ids = new Set(bundled.map(({ id }) => id));
	const active = (await n8n.api.workflows()).filter((workflow) => workflow.active);
	active.sort((a, b) => Number(ids.has(b.id)) - Number(ids.has(a.id)));
	return active.map((workflow) => ({
		...workflow,
		nodes: workflow.activeVersion?.nodes ?? workflow.nodes,
	}));
}

/**
 * The simulated platforms keep the bots that people make by a scan: n8n keeps their credentials.
 *
 * @param {{ port: number }} options
 */
const sandboxOptionsOf = ({ port }) => ({
	port,
	args: ['--bots', path.join(paths.data, 'sandbox-bots.json')],
	logFile: freshLog('sandbox.log'),
});

/** @param {Script} script */
async function main(script) {
	const variables = readEnv(paths.dotenv);
	const ports = portsOf(variables);
	refuseSecondStart();
	await bootstrap(steps, Object.values(ports));
	refuseSecondStart();
	announce({});
	script.onEnd = withdraw;

	const store = openStore();
	const plan = planOf(variables, ports, store.secrets);
	const { broker } = await freePorts('broker');
	const n8n = new N8n({
		folder: path.join(paths.data, 'n8n'),
		port: ports.n8n.port,
		brokerPort: broker,
		encryptionKey: store.secrets.encryptionKey,
		owner: { email: OWNER, password: store.secrets.ownerPassword },
		settings: plan.settings,
		logFile: freshLog('n8n.log'),
	});
	const sandboxOptions = sandboxOptionsOf(ports.sandbox);
	const sandbox = await step('Start the sandbox', async () => await startSandbox(sandboxOptions));
	const remarks = await startN8n(n8n, store, plan);
	const live = await liveWorkflows(n8n, plan.bundled);
	const callbacks = callbacksOf(live, n8n.url);
	/** @param {Sandbox} started */
	const tellSandbox = async (started) => {
		await started.setCallbacks(callbacks);
		await started.setN8n(n8n.url, store.secrets.apiKey ?? '');
	};
	await step('Wait until each webhook answers', async () => {
		await tellSandbox(sandbox);
		await n8n.waitForWebhooks(live).catch((error) => remarks.push(errorOf(error).message));
	});
	const connections = await step(
		'Wait until each long connection is open',
		async () => await connectionStates(live, plan.credentials, () => n8n.logs()),
	);

	announce({ n8nUrl: n8n.url, sandboxUrl: sandbox.origin });
	script.exitCode = 0;
	for (const remark of remarks) say(`! ${remark}`);
	const { secrets } = store;
	const tookMs = Date.now() - began;
	say(welcome({ ...plan, secrets, email: OWNER, callbacks, connections, tookMs }));
	const ended = await Promise.race([
		n8n.exited.then(() => 'n8n'),
		keepSandbox(sandbox, async () => {
			const started = await startSandbox(sandboxOptions);
			await tellSandbox(started);
			say('! The sandbox ended by itself, and was started again: what it had shown is gone.');
			return started;
		}).then(() => 'the sandbox'),
	]);
	throw new StepFailure(
		`${ended} ended by itself`,
		`Read ${path.relative(paths.root, paths.logs)}, then start again.`,
	);
}

runScript(main);
