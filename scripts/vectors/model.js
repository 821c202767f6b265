'use strict';
const { notStrictEqual, strictEqual: equal } = require('node:assert');
const { errorOf } = require('../machine/errors.js');
const { modelAuth } = require('../../index.js');
const { outputs } = require('./checks.js');

/** @import { Algorithm } from './checks.js' */

/** @type {Record<string, Algorithm>} */
const algorithms = {
	'zhipu-jwt'(inputs, expected) {
		let token;
		try {
			const { keyId, secret } = modelAuth.splitKey(inputs.apiKey, inputs.apiSecret ?? '');
			token = modelAuth.signedToken(keyId, secret, inputs.nowMs, inputs.ttlMs);
		} catch (error) {
			equal(expected.valid, false, errorOf(error).message);
			return;
		}
		notStrictEqual(expected.valid, false, 'accepted a key without a secret');
		const [header, payload] = token
			.split('.', 2)
			.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
		outputs(expected, { jwt: token, header, payload });
	},
};

module.exports = { algorithms };
