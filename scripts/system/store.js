'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHmac, randomBytes } = require('node:crypto');
const { paths } = require('../machine/paths.js');
const { StepFailure } = require('../machine/steps.js');

/**
 * @typedef {object} Secrets
 * @property {string} encryptionKey of n8n
 * @property {string} ownerPassword of n8n's owner
 * @property {string} operatorPassword of the operators' pages
 * @property {string} signingKey of the access tokens
 * @property {string} [apiKey] of n8n's public API
 * @property {string} [recoveryKey] the one by which bundled workflows recover executions
 * @property {string} [botsKey] the one by which a bundled workflow connects bots
 * @property {{ keyId: string, secret: string }} [robotKey] of the Robot API, for `npm run token`
 */
/**
 * @typedef {object} State hashes of what was imported
 * @property {Record<string, { bundled: string, imported: string, published: boolean }>} workflows by id
 * @property {Record<string, string>} credentials by type
 */
/** @typedef {ReturnType<typeof openStore>} Store */
/** @typedef {{ pid: number, n8nUrl?: string, sandboxUrl?: string }} Running without addresses while it starts */

/**
 * @template T
 * @param {string} file
 * @param {T} fallback where the file is not there
 * @returns {T}
 */
function readJson(file, fallback) {
	if (!fs.existsSync(file)) return fallback;
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8'));
	} catch {
		throw new StepFailure(
			`${path.relative(paths.root, file)} is damaged`,
			'Restore the file, or delete the folder .clawbot to begin anew (workflows edited there are lost).',
		);
	}
}

/**
 * Written beside and renamed, so that a crash leaves the old or the new file, never half of one.
 *
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(file, value) {
	fs.writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
	fs.renameSync(`${file}.new`, file);
}

/**
 * What `npm start` keeps between starts, in the data folder and readable by its owner only:
 * `secrets` (encryption key, passwords, API keys) and `state` (what was imported).
 */
function openStore(folder = paths.data) {
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	const secretsFile = path.join(folder, 'secrets.json');
	const stateFile = path.join(folder, 'state.json');
	/** @type {Omit<Secrets, 'operatorPassword' | 'signingKey'> & Partial<Secrets>} */
	const stored = readJson(secretsFile, {
		encryptionKey: randomBytes(32).toString('hex'),
		// n8n asks for a capital letter and a digit.
		ownerPassword: `Claw1${randomBytes(9).toString('base64url')}`,
	});
	/** @type {Secrets} */
	const secrets = {
		// Stores of earlier versions have neither.
		operatorPassword: randomBytes(12).toString('base64url'),
		signingKey: randomBytes(48).toString('base64url'),
		...stored,
	};
	/** @type {State} */
	const state = readJson(stateFile, { workflows: {}, credentials: {} });
	writeJson(secretsFile, secrets);
	return {
		secrets,
		state,
		saveSecrets: () => writeJson(secretsFile, secrets),
		saveState: () => writeJson(stateFile, state),
		/**
		 * A fingerprint of secret values, useless without this store's own key.
		 *
		 * @param {unknown} value
		 */
		fingerprint: (value) =>
			createHmac('sha256', secrets.encryptionKey).update(JSON.stringify(value)).digest('hex'),
	};
}

/** Where a running `npm start` says to other scripts what it is. */
const runFile = path.join(paths.data, 'running.json');

/** @param {number} pid */
function isStartScript(pid) {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	// Process ids are used again: where the system tells, look at what the process is.
	const commandLine = `/proc/${pid}/cmdline`;
	return !fs.existsSync(commandLine) || fs.readFileSync(commandLine, 'utf8').includes('start.js');
}

/** The running `npm start` of this folder, if there is one. */
function runningSystem() {
	const found = readJson(runFile, /** @type {Running | undefined} */ (undefined));
	return found && found.pid !== process.pid && isStartScript(found.pid) ? found : undefined;
}

module.exports = {
	openStore,
	runningSystem,
	/** @param {Omit<Running, 'pid'>} about */
	announce: (about) => writeJson(runFile, { pid: process.pid, ...about }),
	withdraw: () => fs.rmSync(runFile, { force: true }),
};
