'use strict';
const { deepStrictEqual: same, notStrictEqual, ok } = require('node:assert');
const { Refused } = require('../../index.js');

/** @typedef {any} Inputs of a vector: what they hold follows from its algorithm */
/** @typedef {any} Expected of a vector, likewise */
/** @typedef {(inputs: Inputs, expected: Expected) => void} Algorithm throws where the package differs */

/**
 * Runs `action` and returns its value; where the vector expects a refusal, it must be refused, and
 * nothing else may go wrong.
 *
 * @template T
 * @param {Expected} expected
 * @param {() => T} action
 */
function verdict(expected, action) {
	/** @type {string | undefined} */
	let refused;
	/** @type {T | undefined} */
	let value;
	try {
		value = action();
	} catch (error) {
		if (!(error instanceof Refused)) throw error;
		refused = error.reason;
	}
	if (expected.reason === 'implementation-defined') return undefined;
	if (expected.valid === false) {
		ok(refused, `accepted, but must be refused (${expected.reason ?? 'no reason given'})`);
		return undefined;
	}
	ok(!refused, `refused: ${refused}`);
	return value;
}

/** When a vector's message was received. */
const RECEIVED_MS = Date.parse('2026-01-01T00:00:00Z');

/**
 * What is read in a message: its fields that the vector names, or the refusal that it expects.
 *
 * @param {Expected} expected
 * @param {() => object} decode
 */
function reads(expected, decode) {
	const message = verdict(expected, decode);
	if (message === undefined) return;
	for (const [name, value] of Object.entries(expected)) {
		same(/** @type {Record<string, unknown>} */ (message)[name], value, name);
	}
}

/**
 * Compares the outputs that a vector names; what it does not name is not its business.
 *
 * @param {Expected} expected
 * @param {Record<string, unknown>} actual
 */
function outputs(expected, actual) {
	for (const [name, value] of Object.entries(actual)) {
		if (name in expected) same(value, expected[name], name);
	}
}

/**
 * @param {Record<string, unknown>} wrong results of known mistakes
 * @param {unknown} value
 */
function noneEqual(wrong, value) {
	for (const [mistake, other] of Object.entries(wrong)) notStrictEqual(value, other, mistake);
}

/** @param {Record<string, string>} headers */
const lowerCase = (headers) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * Bytes that a vector gives in hexadecimal digits or as text, if it gives any.
 *
 * @param {string | undefined} hex
 * @param {string | undefined} text
 */
function bytesOf(hex, text) {
	if (hex !== undefined) return Buffer.from(hex, 'hex');
	return text === undefined ? undefined : Buffer.from(text);
}

/**
 * The envelope of an encrypted callback of DingTalk or WeCom.
 *
 * @param {Inputs} inputs
 */
function envelopeOf(inputs) {
	return {
		signature: inputs.msg_signature,
		timestamp: inputs.timestamp,
		nonce: inputs.nonce,
		encrypt: inputs.echostr ?? inputs.encrypt,
	};
}

module.exports = {
	RECEIVED_MS,
	bytesOf,
	envelopeOf,
	lowerCase,
	noneEqual,
	outputs,
	reads,
	verdict,
};
