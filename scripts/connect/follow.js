'use strict';
const { duration } = require('../machine/steps.js');
const { pause } = require('../machine/signals.js');
const { call } = require('./call.js');
const { loadRegistration } = require('./package.js');

/** @import { EndedRegistration, OpenRegistration, PlatformRegistration, RegistrationAnswer, RegistrationCode, RegistrationSettings } from './package.js' */
/** @import { Terminal } from './terminal.js' */

/** How often the time left is written anew. */
const TICK_MS = 1000;

/**
 * @typedef {object} Followed
 * @property {PlatformRegistration} registration
 * @property {RegistrationSettings} settings
 * @property {RegistrationCode} code
 * @property {Terminal} terminal
 * @property {(flow: OpenRegistration) => void} onStep gets the flow after each answer
 */

/**
 * Waits for the next question of a flow, and shows meanwhile how much time is left to scan.
 *
 * @param {OpenRegistration} flow
 * @param {Terminal} terminal
 */
async function untilNextAsk(flow, terminal) {
	const { troubleWords, waitMs } = loadRegistration();
	const trouble = troubleWords(flow);
	for (let now = Date.now(); waitMs(flow, now) > 0; now = Date.now()) {
		const seconds = Math.ceil((flow.expiresAt - now) / 1000);
		const left = `Waiting for the scan: ${duration(seconds * 1000)} left`;
		terminal.status(trouble ? `${left}. ${trouble.en}` : left);
		await pause(Math.min(TICK_MS, waitMs(flow, now)));
	}
}

/**
 * Asks the platform what has become of a code until that is known.
 *
 * @param {Followed} about
 * @returns {Promise<{ ended: EndedRegistration, answer?: RegistrationAnswer }>} the answer with which it ended
 */
async function follow({ registration, settings, code, terminal, onStep }) {
	const { begin, isOpen, look, mayAsk, step } = loadRegistration();
	let flow = begin(code, Date.now());
	for (;;) {
		onStep(flow);
		await untilNextAsk(flow, terminal);
		const answer = mayAsk(flow, Date.now())
			? await registration.ask(call, flow, settings)
			: undefined;
		const next = answer ? step(flow, answer, Date.now()) : look(flow, Date.now());
		if (!isOpen(next)) return { ended: next, answer };
		flow = next;
	}
}

module.exports = { follow };
