'use strict';
const { fetchReason } = require('../machine/errors.js');
const { loadPackage } = require('./package.js');

/** @import { RegistrationCall } from './package.js' */

const TIMEOUT_MS = 15_000;
/** No answer of a platform is nearly as long. */
const MAX_BYTES = 100_000;

/**
 * The beginning of a body, as far as an answer may go.
 *
 * @param {Response} response
 */
async function readText(response) {
	const chunks = [];
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > MAX_BYTES) break;
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** @param {string} text */
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/**
 * Makes one request of a platform.
 *
 * @type {RegistrationCall}
 */
async function call({ url, ...init }) {
	try {
		const response = await fetch(url, {
			...init,
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		return { status: response.status, body: parsed(await readText(response)) };
	} catch (error) {
		return loadPackage().classifyNetwork(fetchReason(error));
	}
}

module.exports = { call };
