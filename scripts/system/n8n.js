'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createApi, createApiKey } = require('./api.js');
const { paths } = require('../machine/paths.js');
const { hasEnded, run, start, tail } = require('../machine/processes.js');
const { pause } = require('../machine/signals.js');
const { StepFailure } = require('../machine/steps.js');
const { inDependencyOrder, webhooks } = require('../workflows/workflows.js');

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

/** What one n8n process is started with, its workers included; see `createN8n`. */
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
		GENERIC_TIMEZONE: process.env.GENERIC_TIMEZONE ?? 'Asia/Shanghai',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: owner.email,
		N8N_INSTANCE_OWNER_FIRST_NAME: 'ClawBot',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
		N8N_INSTANCE_OWNER_PASSWORD_HASH: require('bcryptjs').hashSync(owner.password, 10),
		...settings,
	};
}

/** Installs the tarball into n8n's folder, as a user would the published package; false when it is there. */
async function installPackage(folder, { tarball, hash }) {
	const nodes = path.join(folder, '.n8n', 'nodes');
	const stamp = path.join(nodes, 'installed-package');
	if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return false;
	fs.mkdirSync(nodes, { recursive: true });
	fs.rmSync(stamp, { force: true });
	// npm compares by version and keeps an older build of the same one.
	fs.rmSync(path.join(nodes, 'node_modules', 'n8n-nodes-clawbot'), {
		recursive: true,
		force: true,
	});
	fs.rmSync(path.join(nodes, 'package-lock.json'), { force: true });
	await run(
		'npm',
		[
			'install',
			'--prefix',
			nodes,
			'--legacy-peer-deps',
			'--omit=peer',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			tarball,
		],
		{ cwd: nodes, title: 'installing the package into n8n' },
	);
	fs.writeFileSync(stamp, hash);
	return true;
}

/**
 * Whether n8n has registered a webhook. A pre-flight request names the registered methods and,
 * unlike a call, starts no execution.
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

/**
 * One n8n with a user folder of its own.
 *
 * `folder` holds its data; `port` and `brokerPort` are on 127.0.0.1; `owner` is `{ email, password
 * }`; `settings` are further environment variables of n8n; `logFile` gets all that it prints.
 */
function createN8n(options) {
	const { folder, port, owner, logFile } = options;
	const url = `http://127.0.0.1:${port}`;
	const env = instanceEnvironment(options);
	let server;
	let api;
	let earlierLogs = '';

	// n8n reads a `.env` from the folder it runs in: it must not be the project's.
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	const logs = () => earlierLogs + (server?.output() ?? '');

	async function cli(args) {
		return await run(paths.node, [paths.n8n, ...args], {
			cwd: folder,
			env,
			logFile,
			title: `n8n ${args[0]}`,
		});
	}

	async function importList(command, word, list) {
		if (list.length === 0) return;
		const file = path.join(folder, `import-${process.pid}.json`);
		fs.writeFileSync(file, JSON.stringify(list), { mode: 0o600 });
		try {
			const output = await cli([command, `--input=${file}`]);
			// n8n logs some failures and still ends with code 0.
			if (!output.includes(`Successfully imported ${list.length} ${word}`)) {
				throw new StepFailure(`n8n did not take all ${list.length} ${word}s`, '', tail(output));
			}
		} finally {
			fs.rmSync(file, { force: true });
		}
	}

	async function waitUntil(what, seconds, test) {
		const limit = Date.now() + seconds * 1000;
		while (!(await test())) {
			const ended = hasEnded(server);
			if (ended || Date.now() > limit) {
				throw new StepFailure(
					ended ? `n8n ended before ${what}` : `n8n: ${what} took more than ${seconds} s`,
					logFile ? `Read ${path.relative(process.cwd(), logFile)}.` : '',
					tail(logs()),
				);
			}
			await pause(100);
		}
	}

	async function boot() {
		if (server) earlierLogs = logs().slice(-1_048_576);
		server = start(paths.node, [paths.n8n, 'start'], { cwd: folder, env, logFile });
		const status = async (place) => (await fetch(`${url}${place}`).catch(() => undefined))?.status;
		await waitUntil('it was ready', 120, async () => {
			// n8n says ready before its API is there; a request without a key is refused once it is.
			return (
				(await status('/healthz/readiness')) === 200 && (await status('/api/v1/workflows')) === 401
			);
		});
	}

	/** Uses a known key when it still works, else signs the owner in and makes one. */
	async function connect(knownKey) {
		if (knownKey) {
			api = createApi(url, knownKey);
			try {
				await api.workflows();
				return knownKey;
			} catch (error) {
				if (error.status !== 401) throw error;
			}
		}
		const apiKey = await createApiKey(url, owner, 'clawbot');
		api = createApi(url, apiKey);
		return apiKey;
	}

	async function waitForWebhooks(workflows) {
		for (const { node, path: webhookPath } of workflows.flatMap(webhooks)) {
			await waitUntil(
				`the webhook of "${node.name}" answered`,
				60,
				async () => await isRegistered(url, webhookPath),
			);
		}
	}

	/** Publishes workflows, called ones first, and waits until each webhook answers. */
	async function publish(workflows) {
		for (const workflow of inDependencyOrder(workflows)) await api.activate(workflow.id);
		await waitForWebhooks(workflows);
	}

	return {
		url,
		folder,
		installPackage: async (packed) => await installPackage(folder, packed),
		importCredentials: async (list) => await importList('import:credentials', 'credential', list),
		importWorkflows: async (list) => await importList('import:workflow', 'workflow', list),
		cli,
		start: boot,
		connect,
		createKey: async (label, scopes) => await createApiKey(url, owner, label, scopes),
		publish,
		waitForWebhooks,
		logs,
		get api() {
			return api;
		},
		get pid() {
			return server?.pid;
		},
		get exited() {
			return server?.exited;
		},
		/** SIGTERM, so that running executions end; after `graceMs` what is left is killed. */
		stop: async (graceMs = 20_000) => await server?.stop(graceMs),
		/** Ends n8n at once, as a crash would. */
		async kill(signal = 'SIGKILL') {
			process.kill(server.pid, signal);
			return await server.exited;
		},
	};
}

module.exports = { createN8n, instanceEnvironment };
