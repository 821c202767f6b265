'use strict';

/** @import { OwnCredential } from './credentials.js' */

const USER = 'operator';

/**
 * Opens the operators' pages: whoever has it may replay, discard, make keys and connect bots.
 *
 * @param {string} password
 */
const pageCredential = (password) => ({
	id: 'clawbot-httpBasicAuth',
	name: 'ClawBot Operators Page',
	type: 'httpBasicAuth',
	data: { user: USER, password },
	real: false,
});

/**
 * Signs the access tokens of the Robot API.
 *
 * @param {string} secret 32 bytes or more
 */
const signingCredential = (secret) => ({
	id: 'clawbot-clawBotTokenSigningApi',
	name: 'ClawBot Token Signing',
	type: 'clawBotTokenSigningApi',
	data: {
		secretKeys: JSON.stringify([{ kid: 'start', secret }]),
		issuer: 'clawbot',
		audience: 'clawbot-robot-api',
	},
	real: false,
});

/**
 * Only a person has these, and n8n publishes no workflow with a node that lacks its credential. Nothing
 * answers at their addresses: what uses them fails, and says so in the operations group.
 *
 * @type {OwnCredential[]}
 */
const placeholders = [
	{
		id: 'clawbot-smtp',
		name: 'ClawBot SMTP',
		type: 'smtp',
		data: { host: '127.0.0.1', port: 9, secure: false, disableStartTls: true },
		real: false,
	},
	{
		id: 'clawbot-sshPrivateKey',
		name: 'ClawBot Host',
		type: 'sshPrivateKey',
		data: { host: '127.0.0.1', port: 9, username: 'nobody', privateKey: '' },
		real: false,
	},
];

/** @param {string} n8nUrl */
const pageAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot-dead-letters`;
/** @param {string} n8nUrl */
const botsAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot-connect`;
/** @param {string} n8nUrl */
const keysAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot-keys`;

/**
 * Where the Robot API is, and the tokens for it.
 *
 * @param {string} n8nUrl
 */
const robotApiAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot/v1`;

module.exports = {
	botsAddress,
	keysAddress,
	pageAddress,
	pageCredential,
	placeholders,
	robotApiAddress,
	signingCredential,
};
