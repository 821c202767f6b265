'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { bootstrap } = require('./machine/bootstrap.js');
const { callbacksOf } = require('./system/callbacks.js');
const { buildCredentials } = require('./system/credentials.js');
const { n8nSettings, readEnv } = require('./system/env.js');
const { createN8n } = require('./system/n8n.js');
const { pack } = require('./machine/package.js');
const {
	pageAddress,
	pageCredential,
	placeholders,
	robotApiAddress,
	signingCredential,
} = require('./system/operators.js');
const { paths } = require('./machine/paths.js');
const { atSandbox } = require('./system/platforms.js');
const { freePorts } = require('./machine/ports.js');
const { atAddress, connectRecovery, recoveryCredential } = require('./system/recovery.js');
const { sandboxAccounts, startSandbox } = require('./system/sandbox.js');
const { runScript } = require('./machine/script.js');
const { createSteps, duration, StepFailure } = require('./machine/steps.js');
const { announce, openStore, runningSystem, withdraw } = require('./system/store.js');
const { importNewWorkflows, syncCredentials, syncWorkflows } = require('./workflows/sync.js');
const { readWorkflows } = require('./workflows/workflows.js');

const OWNER = 'owner@clawbot.local';
const began = Date.now();
const steps = createSteps();
const { step, say } = steps;

function configuration() {
	const variables = readEnv(paths.dotenv);
	return {
		variables,
		ports: [
			{
				port: Number(variables.CLAWBOT_N8N_PORT ?? 5678),
				use: 'n8n',
				variable: 'CLAWBOT_N8N_PORT',
			},
			{
				port: Number(variables.CLAWBOT_SANDBOX_PORT ?? 5690),
				use: 'the sandbox',
				variable: 'CLAWBOT_SANDBOX_PORT',
			},
		],
	};
}

function refuseSecondStart() {
	const other = runningSystem();
	if (!other) return;
	throw new StepFailure(
		`it is already running: ${other.n8nUrl ?? 'still starting'} (process ${other.pid})`,
		'Use that one, or end it with Ctrl-C in its terminal.',
	);
}

function freshLog(name) {
	const file = path.join(paths.logs, name);
	fs.rmSync(file, { force: true });
	return file;
}

/** The addresses to enter at the real platforms, for each real account with a trigger. */
function realCallbacks(credentials, callbacks, settings, n8nUrl) {
	const triggers = {
		dingTalkAppApi: 'dingtalk',
		feishuAppApi: 'feishu',
		weComAppApi: 'wecom',
		weComAiBotApi: 'wecom-aibot',
	};
	return credentials
		.filter(({ type, real }) => real && callbacks[triggers[type]])
		.map(({ type, name }) => {
			const address = callbacks[triggers[type]].replace(
				n8nUrl,
				settings.WEBHOOK_URL?.replace(/\/+$/, '') ?? n8nUrl,
			);
			return `  ${name}: callback address ${address}`;
		});
}

async function startN8n({ n8n, store, credentials, bundled, packed }) {
	await step('Install the package into n8n', async () =>
		(await n8n.installPackage(packed)) ? 'new' : 'up to date',
	);
	const remarks = [];
	await step('Import credentials and workflows', async () => {
		remarks.push(...(await syncCredentials(n8n, store, credentials)));
		const count = await importNewWorkflows(n8n, store, bundled);
		return count > 0 ? `${count} new` : 'nothing new';
	});
	await step('Start n8n', n8n.start);
	await step('Publish workflows', async () => {
		store.secrets.apiKey = await n8n.connect(store.secrets.apiKey);
		store.saveSecrets();
		await keepRecoveryKey(n8n, store);
		const result = await syncWorkflows(n8n, store, bundled);
		remarks.push(...result.remarks);
		return result.published > 0 ? `${result.published} new` : 'nothing new';
	});
	return remarks;
}

/** Kept like the credential itself: an import with the next start brings the same key. */
async function keepRecoveryKey(n8n, store) {
	const { secrets, state } = store;
	const apiKey = await connectRecovery(n8n, secrets.recoveryKey);
	if (apiKey === secrets.recoveryKey) return;
	secrets.recoveryKey = apiKey;
	store.saveSecrets();
	const { type, data } = recoveryCredential(n8n.url, apiKey);
	state.credentials[type] = store.fingerprint(data);
	store.saveState();
}

/** Bundled workflows as they run now: with the person's published changes. */
async function liveWorkflows(n8n, bundled) {
	const ids = new Set(bundled.map(({ id }) => id));
	const active = (await n8n.api.workflows()).filter((workflow) => workflow.active);
	active.sort((a, b) => Number(ids.has(b.id)) - Number(ids.has(a.id)));
	return active.map((workflow) => ({
		...workflow,
		nodes: workflow.activeVersion?.nodes ?? workflow.nodes,
	}));
}

/** Where everything is, and how to get in. */
function welcome(n8nUrl, sandboxUrl, { ownerPassword, operatorPassword }, callbackLines) {
	return [
		'',
		`Ready after ${duration(Date.now() - began)}.`,
		'',
		`  Editor        ${n8nUrl}`,
		`  Login         ${OWNER}`,
		`  Password      ${ownerPassword}`,
		`  Playground    ${sandboxUrl}/`,
		`  Dead letters  ${pageAddress(n8nUrl)}`,
		`                operator, ${operatorPassword}`,
		`  Robot API     ${robotApiAddress(n8nUrl)}/openapi.json`,
		'                npm run token -- --expire 36000',
		...callbackLines,
		'',
		`Ctrl-C ends everything. Logs are in ${path.relative(paths.root, paths.logs)}.`,
	].join('\n');
}

async function main(script) {
	const { variables, ports } = configuration();
	refuseSecondStart();
	const [n8nPort, sandboxPort] = ports.map(({ port }) => port);
	await bootstrap(steps, ports);
	refuseSecondStart();
	announce({});
	script.onEnd = withdraw;

	const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
	const n8nUrl = `http://127.0.0.1:${n8nPort}`;
	const settings = n8nSettings(variables);
	const store = openStore();
	const credentials = [
		...buildCredentials(sandboxAccounts(sandboxUrl), variables),
		recoveryCredential(n8nUrl, store.secrets.recoveryKey),
		pageCredential(store.secrets.operatorPassword),
		signingCredential(store.secrets.signingKey),
		...placeholders,
	];
	const bundled = atSandbox(
		atAddress(
			readWorkflows(paths.workflows).map(({ workflow }) => workflow),
			n8nUrl,
		),
		sandboxUrl,
		credentials,
	);
	const { broker } = await freePorts('broker');
	const n8n = createN8n({
		folder: path.join(paths.data, 'n8n'),
		port: n8nPort,
		brokerPort: broker,
		encryptionKey: store.secrets.encryptionKey,
		owner: { email: OWNER, password: store.secrets.ownerPassword },
		settings,
		logFile: freshLog('n8n.log'),
	});

	const packed = await step(
		'Pack the package',
		async () => await pack(path.join(paths.data, 'package')),
	);
	const sandbox = await step('Start the sandbox', async () => {
		return await startSandbox({ port: sandboxPort, logFile: freshLog('sandbox.log') });
	});
	const remarks = await startN8n({ n8n, store, credentials, bundled, packed });
	let callbacks = {};
	await step('Wait until each webhook answers', async () => {
		const live = await liveWorkflows(n8n, bundled);
		callbacks = callbacksOf(live, n8n.url);
		await sandbox.setCallbacks(callbacks);
		await n8n.waitForWebhooks(live).catch((error) => remarks.push(error.message));
	});

	announce({ n8nUrl: n8n.url, sandboxUrl });
	script.exitCode = 0;
	for (const remark of remarks) say(`! ${remark}`);
	const real = realCallbacks(credentials, callbacks, settings, n8n.url);
	say(welcome(n8n.url, sandbox.origin, store.secrets, real));

	const ended = await Promise.race([
		n8n.exited.then(() => 'n8n'),
		sandbox.exited.then(() => 'the sandbox'),
	]);
	throw new StepFailure(
		`${ended} ended by itself`,
		`Read ${path.relative(paths.root, paths.logs)}, then start again.`,
	);
}

runScript(main);
