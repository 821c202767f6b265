'use strict';
const { errorOf } = require('../machine/errors.js');
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

/**
 * A text without what was granted: n8n's words about a refusal are its own.
 *
 * @param {string} text
 * @param {Granted} values
 */
const without = (text, values) =>
	Object.values(values)
		.filter((value) => value !== '')
		.reduce((clean, value) => clean.replaceAll(value, '***'), text);

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
			/** @type {{ id: string }} */
			const { id } = await api.call('POST', '/credentials', { name, type, data });
			return { id, name };
		} catch (error) {
			say(`✗ n8n has not taken the credential: ${without(errorOf(error).message, values)}`);
			say('  The bot is there, and its secret comes only once: it is kept while this waits.');
			const answer = await ask('Mend that, then press Enter to try again (q gives the bot up):');
			if (answer === undefined || /^q/i.test(answer)) return undefined;
		}
	}
}

module.exports = { botId, makeCredential, without };
