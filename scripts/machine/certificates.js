'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { StepFailure } = require('./steps.js');

/**
 * @typedef {object} Certificates
 * @property {string} caFile of the authority, for NODE_EXTRA_CA_CERTS
 * @property {string} key of the server, PEM
 * @property {string} cert of the server, PEM
 */

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * An authority of its own, and the certificate that it gave to a server on this machine: for a day.
 *
 * @param {string} folder gets the files
 * @returns {Certificates}
 */
function makeCertificates(folder) {
	/** @param {string} name */
	const file = (name) => path.join(folder, name);
	/**
	 * @param {string} name
	 * @param {string[]} args
	 */
	const make = (name, args) =>
		execFileSync(
			'openssl',
			[
				...['req', '-x509', ...NEW_KEY, '-days', '1', '-subj', `/CN=ClawBot ${name}`],
				...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), ...args],
			],
			{ stdio: 'pipe' },
		);
	fs.mkdirSync(folder, { recursive: true });
	try {
		make('authority', []);
		make('server', [
			...['-CA', file('authority.pem'), '-CAkey', file('authority.key')],
			...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
			...['-addext', 'basicConstraints=critical,CA:FALSE'],
		]);
	} catch (error) {
		throw new StepFailure(
			`no certificate could be made: ${error}`,
			'Install OpenSSL 3 (Debian, Ubuntu): apt-get install openssl',
		);
	}
	return {
		caFile: file('authority.pem'),
		key: fs.readFileSync(file('server.key'), 'utf8'),
		cert: fs.readFileSync(file('server.pem'), 'utf8'),
	};
}

module.exports = { makeCertificates };
