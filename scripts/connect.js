'use strict';
const { loadRegistration } = require('./connect/package.js');
const { connectPlatform } = require('./connect/platform.js');
const { createTerminal } = require('./connect/terminal.js');
const { readArguments } = require('./machine/arguments.js');
const { paths } = require('./machine/paths.js');
const { runScript } = require('./machine/script.js');
const { StepFailure, failureText } = require('./machine/steps.js');
const { readEnv } = require('./system/env.js');
const { registrationSettings } = require('./system/registrations.js');
const { runningSystem } = require('./system/store.js');
const { REMOTE } = require('./transfer/remote.js');
const { openTarget } = require('./transfer/target.js');
const { sandboxRegistrations } = require('./workflows/simulated.js');

/** @import { Platform } from './workflows/simulated.js' */
/** @import { Terminal } from './connect/terminal.js' */

/*
 * npm run connect [-- PLATFORM …] [USAGE]
 * Shows a QR code in the terminal. Who scans it makes a bot, which then works in the n8n that `npm start` runs, or in
 * the one that is named. `--sandbox` plays it with the simulated platforms.
 */

/** @type {Record<Platform, string>} as people know them */
const PLATFORMS = {
	dingtalk: 'DingTalk (钉钉)',
	feishu: 'Feishu (飞书)',
	wecom: 'WeCom (企业微信)',
};
const NAMES = /** @type {Platform[]} */ (Object.keys(PLATFORMS));
const USAGE = `[${NAMES.join('|')} …] [--workflow ID …] [--url https://n8n.example.com --api-key KEY] [--sandbox]`;

/**
 * The platforms that some words name, by name or by number.
 *
 * @param {string[]} words
 */
const platformsIn = (words) =>
	words.map((word) => {
		const found = NAMES.find((name, index) => [name, String(index + 1)].includes(word));
		if (found) return found;
		throw new StepFailure(`"${word}" is no platform`, `Known are ${USAGE}`);
	});

/** @param {Terminal} terminal */
async function choosePlatforms({ say, ask }) {
	for (const [index, name] of NAMES.entries()) say(`  ${index + 1}  ${PLATFORMS[name]}`);
	const answer = await ask('Which of them, e.g. 2 or 1 3? Enter: all, one after the other.');
	if (answer === undefined) throw new StepFailure('no platform was named', `Known are ${USAGE}`);
	return answer === '' ? NAMES : platformsIn(answer.toLowerCase().split(/[\s,]+/));
}

/**
 * Where and as whom each platform is asked.
 *
 * @param {boolean | undefined} isSandbox
 * @returns {(platform: Platform) => Record<string, string>}
 */
function settingsFor(isSandbox) {
	if (!isSandbox) {
		const variables = readEnv(paths.dotenv);
		return (platform) => registrationSettings(platform, variables);
	}
	const origin = runningSystem()?.sandboxUrl;
	if (origin) return (platform) => sandboxRegistrations(origin)[platform];
	throw new StepFailure('the sandbox is not running', 'Run npm start in another terminal.');
}

runScript(async (script) => {
	const { values, positionals } = readArguments(USAGE, {
		options: {
			...REMOTE,
			workflow: { type: 'string', multiple: true },
			sandbox: { type: 'boolean' },
		},
		allowPositionals: true,
	});
	const named = platformsIn(positionals);
	const { registrationOf } = loadRegistration();
	const settingsOf = settingsFor(values.sandbox);
	const api = openTarget(values);
	const terminal = createTerminal();
	/** @type {string[]} */
	let ifStopped = [];
	const tellStopped = () => {
		for (const line of ifStopped.splice(0)) terminal.say(line);
	};
	script.onEnd = tellStopped;
	let failed = 0;
	for (const platform of named.length > 0 ? named : await choosePlatforms(terminal)) {
		terminal.say(`\n${PLATFORMS[platform]}`);
		try {
			const isConnected = await connectPlatform({
				api,
				isHere: !values.url,
				workflows: values.workflow ?? [],
				registration: registrationOf(platform),
				settings: settingsOf(platform),
				name: PLATFORMS[platform],
				terminal,
				ifStopped: (lines) => (ifStopped = lines),
			});
			if (!isConnected) failed++;
		} catch (error) {
			failed++;
			terminal.say(failureText(error));
		}
		tellStopped();
	}
	terminal.close();
	return failed > 0 ? 1 : 0;
});
