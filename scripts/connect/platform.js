'use strict';
const { StepFailure } = require('../machine/steps.js');
const { call } = require('./call.js');
const { drawCode } = require('./code.js');
const { botId, makeCredential, without } = require('./credential.js');
const { follow } = require('./follow.js');
const { isRegistrationError, loadRegistration } = require('./package.js');
const { mayPublish, publish } = require('./publish.js');
const { chooseWorkflows } = require('./workflows.js');

/** @import { Bilingual, EndedRegistration, PlatformRegistration, RegistrationCode, RegistrationSettings } from './package.js' */
/** @import { Api } from '../system/api.js' */
/** @import { Terminal } from './terminal.js' */

/**
 * @typedef {object} Connecting one platform
 * @property {Api} api of the n8n that gets the bot
 * @property {boolean} isHere whether that is the n8n of `npm start`, whose log can be read
 * @property {string[]} workflows ids; empty: the bundled workflow that answers people
 * @property {PlatformRegistration} registration
 * @property {RegistrationSettings} settings
 * @property {string} name of the platform, for people
 * @property {Terminal} terminal
 * @property {(words: string[]) => void} ifStopped sets what is to be said if it goes no further
 */

/** @typedef {{ values: Record<string, string>, person?: EndedRegistration['person'] }} Granted */

/** @param {Bilingual} words */
const both = ({ en, zh }) => [en, zh];

/** @param {Connecting} about */
async function beginRegistration({ registration, settings }) {
	try {
		return await registration.begin(call, settings);
	} catch (error) {
		if (!isRegistrationError(error)) throw error;
		const { en, zh } = loadRegistration().problemWords(error);
		throw new StepFailure(en, zh);
	}
}

/**
 * Shows a code, its address, and what the person who scans it is asked for.
 *
 * @param {Connecting} about
 * @param {RegistrationCode} code
 */
async function showCode({ registration, name, terminal }, { address }) {
	const { columns, say, draw } = terminal;
	if (registration.permissions.length > 0) {
		say(`\nWho scans it is asked to let the bot do this:`);
		for (const { name: permission, why } of registration.permissions) {
			say(`  ${permission}: ${why.en}`);
		}
	}
	const { lines, width } = await drawCode(address, columns);
	say(`\nScan this code with the app of ${name}:\n`);
	if (lines) draw(lines);
	else {
		say(
			`! This window has ${columns} columns, and the code needs ${width}. Make it wider or its letters`,
		);
		say('  smaller, and start again.');
	}
	say(`\nIts address: ${address}\n`);
}

/**
 * @param {Connecting} about
 * @param {Granted} granted
 */
async function greet({ registration, terminal }, { values, person }) {
	if (!registration.greet || !person) return;
	const text = '你好，我已连接，可以直接给我发消息。\nHello, I am connected: just write to me.';
	const problem = await registration.greet(call, values, { personId: person.id, text });
	terminal.say(
		problem
			? `! The person who scanned the code was not greeted (${without(problem, values)}): write to the bot first.`
			: '✓ The bot has written to the person who scanned the code.',
	);
}

/**
 * Shows a code and waits for what becomes of it. Returns what was granted, if it was.
 *
 * @param {Connecting} about
 * @returns {Promise<Granted | undefined>}
 */
async function scanned(about) {
	const { registration, settings, terminal, ifStopped } = about;
	const { cancel, endingWords } = loadRegistration();
	const code = await beginRegistration(about);
	await showCode(about, code);
	const { ended, answer } = await follow({
		...{ registration, settings, code, terminal },
		onStep: (flow) => {
			const stopped = cancel(flow, Date.now());
			if ('ending' in stopped) ifStopped(both(endingWords(stopped)));
		},
	});
	ifStopped([]);
	const isGranted = answer?.status === 'granted';
	terminal.say(`${isGranted ? '✓' : '✗'} ${both(endingWords(ended)).join('\n  ')}`);
	return isGranted ? { values: answer.values, person: ended.person } : undefined;
}

/**
 * From a code to a bot that answers:
 * 1. checks that the workflows can get such a bot
 * 2. lets a person scan a code
 * 3. makes the credential in n8n: the secret goes nowhere else
 * 4. asks the operator, who sees who confirmed it, and publishes the workflows with the bot
 *
 * @param {Connecting} about
 * @returns {Promise<boolean>} whether the bot works
 */
async function connectPlatform(about) {
	const { api, isHere, registration, name, terminal, ifStopped } = about;
	const { credential: type, isTrigger } = registration;
	const wanted = { type, credential: { id: null, name: '' }, isTrigger };
	await chooseWorkflows(api, about.workflows, wanted);

	const granted = await scanned(about);
	if (!granted) return false;
	const { values, person } = granted;
	const bot = `The bot ${botId(type, values)}`;
	const lost = `delete the bot at ${name}, and the credential if there is one`;
	ifStopped([`${bot} is there, but n8n has not said that it has its credential: ${lost}.`]);
	const credential = await makeCredential(api, { type, values, isHere }, terminal);
	if (!credential) return false;
	terminal.say(`✓ n8n has its credential: "${credential.name}"`);

	const cure = `choose the credential "${credential.name}" on the canvas, or delete both`;
	ifStopped([`${bot} is in no workflow yet: ${cure}.`]);
	// Minutes have passed since the first look.
	const choice = await chooseWorkflows(api, about.workflows, wanted);
	if (!(await mayPublish(about, { ...choice, person }))) return false;
	ifStopped([`${bot} may be in some of the workflows only: look at ${api.url}.`]);
	const isOpen = await publish(about, { ...wanted, credential }, { ...choice, values });
	ifStopped([]);
	if (isOpen) await greet(about, granted);
	return isOpen;
}

module.exports = { connectPlatform };
