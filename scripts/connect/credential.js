'use strict';
const { errorOf } = require('../machine/errors.js');
const { StepFailure } = require('../machine/steps.js');
const { CREDENTIALS } = require('../system/credentials.js');
const { APPS } = require('../system/connections.js');

/** @import { Api } from '../system/api.js' */
/** @import { Terminal } from './terminal.js' */
/** @typedef {Record<string, string>} Granted fields of a credential, with the secret */

/**
 * The id by which a platform knows a bot; no secret.
 *
 * @param {string} type of its credential
 * @param {Granted} values
 */
const botId = (type, values) => values[APPS[type]?.app ?? ''] ?? '';

/** The shortest beginning of a secret that tells anything of it. */
const MIN_PART = 4;

/**
 * A text without a value, nor its beginning where the text was cut in the middle of it.
 *
 * @param {string} text
 * @param {string} value
 */
function strike(text, value) {
	const clean = text.replaceAll(value, '***');
	for (let length = value.length - 1; length >= MIN_PART; length--) {
		if (clean.endsWith(value.slice(0, length))) return `${clean.slice(0, -length)}***`;
	}
	return clean;
}

/**
 * A text without what was granted, also as JSON writes it: n8n's words about a refusal are its own.
 *
 * @param {string} text
 * @param {Granted} values
 */
const without = (text, values) =>
	Object.values(values)
		.filter((value) => value !== '')
		.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
		.reduce(strike, text);

/**
 * Makes the credential of a new bot in n8n. The platform gives the secret once: whatever goes wrong here, it is kept
 * until n8n has it or the person gives it up. Returns undefined then.
 *
 * @param {Api} api
 * @param {{ type: string, values: Granted, isHere: boolean }} bot `isHere`: in the n8n of `npm start`
 * @param {Terminal} terminal
 */
async function makeCredential(api, { type, values, isHere }, { ask, say }) {
	const entry = CREDENTIALS.find((each) => each.type === type);
	const name = `${entry?.name} ${botId(type, values)}`;
	const data = { ...values, ...(isHere && entry?.keepAlive && { keepAlive: true }) };
	for (;;) {
		try {
			const made = await api.call('POST', '/credentials', { name, type, data });
			if (made?.id) return { id: String(made.id), name };
			throw new StepFailure(
				'its answer names none',
				'Check the address, and what stands before n8n.',
			);
		} catch (error) {
			say(`✗ n8n has not taken the credential: ${without(errorOf(error).message, values)}`);
			if (error instanceof StepFailure && error.cure) say(`  What to do: ${error.cure}`);
			say('  The bot is there, and its secret comes only once: it is kept while this waits.');
			const answer = await ask('Mend that, then press Enter to try again (q gives the bot up):');
			if (answer === undefined || /^q/i.test(answer)) return undefined;
		}
	}
}

module.exports = { botId, makeCredential, without };
