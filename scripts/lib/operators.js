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

const pageAddress = (n8nUrl) => `${n8nUrl}/webhook/clawbot-dead-letters`;

module.exports = { pageAddress, pageCredential };
