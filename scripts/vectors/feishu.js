'use strict';
const { deepStrictEqual: same, ok, strictEqual: equal } = require('node:assert');
const { feishuCrypt, feishuDecode, feishuSign, feishuStream } = require('../../index.js');
const { RECEIVED_MS, lowerCase, noneEqual, outputs, reads, verdict } = require('./checks.js');

/** @import { Algorithm, Inputs } from './checks.js' */

/** @param {Inputs} frame as a vector writes it */
function frameOf(frame) {
	return {
		seqId: BigInt(frame.SeqID),
		logId: BigInt(frame.LogID),
		service: frame.service,
		method: frame.method,
		headers: frame.headers,
		...(frame.payload !== undefined && { payload: Buffer.from(frame.payload) }),
		...(frame.payloadEncoding !== undefined && { payloadEncoding: frame.payloadEncoding }),
		...(frame.payloadType !== undefined && { payloadType: frame.payloadType }),
		...(frame.LogIDNew !== undefined && { logIdNew: frame.LogIDNew }),
	};
}

/** @type {Record<string, Algorithm>} */
const algorithms = {
	'feishu-custom-bot-sign'(inputs, expected) {
		const sign = feishuSign.sign(inputs.secret, inputs.timestampSec);
		outputs(expected, { sign });
		if (inputs.message) {
			outputs(expected, {
				body: feishuSign.signBody(inputs.message, inputs.secret, inputs.timestampSec),
			});
		}
		noneEqual(expected.wrong ?? {}, sign);
	},

	'feishu-event-decrypt'(inputs, expected) {
		const plaintext = verdict(expected, () =>
			feishuCrypt.decryptEvent(inputs.encryptKey, inputs.encrypt),
		);
		if (plaintext === undefined) return;
		outputs(expected, { plaintext });
		if (expected.challengeResponse) {
			same({ challenge: JSON.parse(plaintext).challenge }, expected.challengeResponse);
		}
	},

	'feishu-event-signature'(inputs, expected) {
		const headers = lowerCase(inputs.headers);
		const body = Buffer.from(inputs.rawBody);
		verdict(expected, () => feishuSign.verifyEvent(headers, inputs.encryptKey, body));
		if (!expected.valid) return;
		outputs(expected, {
			signature: feishuSign.eventSignature(
				headers['x-lark-request-timestamp'] ?? '',
				headers['x-lark-request-nonce'] ?? '',
				inputs.encryptKey,
				body,
			),
		});
	},

	'feishu-legacy-card-signature'(inputs, expected) {
		const { timestamp, nonce, verificationToken, rawBody } = inputs;
		const body = Buffer.from(rawBody);
		const signature = feishuSign.legacyCardSignature(timestamp, nonce, verificationToken, body);
		outputs(expected, { signature });
		equal(signature === (inputs.signature ?? expected.signature), expected.valid, 'valid');
	},

	'feishu-event-decode'({ payload, botOpenId }, expected) {
		reads(expected, () => feishuDecode.decode(payload, { nowMs: RECEIVED_MS, botOpenId }));
	},

	'feishu-long-connection-frame'(inputs, expected) {
		if (inputs.frame) {
			const frame = frameOf(inputs.frame);
			equal(feishuStream.encodeFrame(frame).toString('hex'), expected.hex);
			same(feishuStream.decodeFrame(Buffer.from(expected.hex, 'hex')), frame);
			return;
		}
		const assembler = new feishuStream.FrameAssembler();
		/** @type {string[]} */
		const delivered = inputs.deliveredHex ?? [inputs.hex];
		verdict(expected, () => {
			const payloads = delivered.map((hex) =>
				assembler.add(feishuStream.decodeFrame(Buffer.from(hex, 'hex')), 0),
			);
			if (expected.completesAtIndex !== undefined) {
				equal(
					payloads.findIndex((payload) => payload !== undefined),
					expected.completesAtIndex,
				);
			}
			if (expected.payloadUtf8) ok(payloads.includes(expected.payloadUtf8), 'payload');
		});
	},
};

module.exports = { algorithms };
