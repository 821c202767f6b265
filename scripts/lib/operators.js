'use strict';

const USER = 'operator';

/** Opens the bundled page of dead letters: whoever has it may replay and discard. */
const pageCredential = (password) => ({
	id: 'clawbot-httpBasicAuth',
	name: 'ClawBot Dead Letter Page',
	type: 'httpBasicAuth',
	data: { user: USER, password },
	real: false,
});

/** Signs the access tokens of the Robot API; `secret` has 32 bytes or more. */
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

const pageAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot-dead-letters`;

/** Where the Robot API is, and the tokens for it. */
const robotApiAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot/v1`;

module.exports = { pageAddress, pageCredential, robotApiAddress, signingCredential };
