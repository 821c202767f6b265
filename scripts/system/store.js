'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHmac, randomBytes } = require('node:crypto');
const { paths } = require('../machine/paths.js');
const { StepFailure } = require('../machine/steps.js');

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
	const secrets = readJson(secretsFile, {
		encryptionKey: randomBytes(32).toString('hex'),
		// n8n asks for a capital letter and a digit.
		ownerPassword: `Claw1${randomBytes(9).toString('base64url')}`,
	});
	// Stores of earlier versions have none.
	secrets.operatorPassword ??= randomBytes(12).toString('base64url');
	secrets.signingKey ??= randomBytes(48).toString('base64url');
	const state = readJson(stateFile, { workflows: {}, credentials: {} });
	writeJson(secretsFile, secrets);
	return {
		secrets,
		state,
		saveSecrets: () => writeJson(secretsFile, secrets),
		saveState: () => writeJson(stateFile, state),
		/** A fingerprint of secret values, useless without this store's own key. */
		fingerprint: (value) =>
			createHmac('sha256', secrets.encryptionKey).update(JSON.stringify(value)).digest('hex'),
	};
}

/** What a running `npm start` says about itself to other scripts: `{ pid, n8nUrl, sandboxUrl }`. */
const runFile = path.join(paths.data, 'running.json');

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
	const found = readJson(runFile, undefined);
	return found && found.pid !== process.pid && isStartScript(found.pid) ? found : undefined;
}

module.exports = {
	openStore,
	runningSystem,
	announce: (about) => writeJson(runFile, { pid: process.pid, ...about }),
	withdraw: () => fs.rmSync(runFile, { force: true }),
};
