'use strict';
const { deepStrictEqual: same } = require('node:assert');
const { dingtalkCrypt, dingtalkDecode, dingtalkSign, dingtalkStream } = require('../../index.js');
const {
	RECEIVED_MS,
	bytesOf,
	envelopeOf,
	lowerCase,
	noneEqual,
	outputs,
	reads,
	verdict,
} = require('./checks.js');

/** @import { Algorithm } from './checks.js' */

/** @type {Record<string, Algorithm>} */
const algorithms = {
	'dingtalk-custom-robot-webhook-sign'(inputs, expected) {
		const sign = dingtalkSign.sign(inputs.secret, inputs.timestampMs);
		outputs(expected, {
			sign,
			stringToSign: `${inputs.timestampMs}\n${inputs.secret}`,
			signUrlEncoded: encodeURIComponent(sign),
		});
		if (inputs.webhookUrl) {
			outputs(expected, {
				signedUrl: dingtalkSign.signWebhookUrl(
					inputs.webhookUrl,
					inputs.secret,
					inputs.timestampMs,
				),
			});
		}
		noneEqual(expected.wrong ?? {}, sign);
	},

	'dingtalk-inbound-robot-http-sign'(inputs, expected) {
		verdict(expected, () =>
			dingtalkSign.verifyRobotRequest(lowerCase(inputs.headers), inputs.appSecret, inputs.nowMs),
		);
	},

	'dingtalk-event-callback-crypto'(inputs, expected) {
		const keys = { token: inputs.token, aesKey: inputs.aesKey, receiverId: inputs.ownerKey };
		if (inputs.op === 'encrypt') {
			const { plaintext, timestamp, nonce, random16, random16Hex } = inputs;
			const random = bytesOf(random16Hex, random16);
			outputs(expected, {
				response: dingtalkCrypt.encryptAnswer(keys, plaintext, timestamp, nonce, random),
			});
			return;
		}
		const plaintext = verdict(expected, () => dingtalkCrypt.decryptEvent(keys, envelopeOf(inputs)));
		if (expected.valid) outputs(expected, { plaintext });
	},

	'dingtalk-event-decode'({ frame, event, id }, expected) {
		reads(expected, () =>
			frame
				? dingtalkDecode.decodeStreamEvent(
						dingtalkStream.decodeFrame(JSON.stringify(frame)),
						RECEIVED_MS,
					)
				: dingtalkDecode.decodeEvent(event, id, RECEIVED_MS),
		);
	},

	'dingtalk-stream-ack'({ frame, outcome }, expected) {
		const ack = verdict(expected, () =>
			dingtalkStream.acknowledgeFrame(dingtalkStream.decodeFrame(JSON.stringify(frame)), outcome),
		);
		// `null`: the frame is answered with nothing.
		if ('ack' in expected) same(ack ?? null, expected.ack);
	},
};

module.exports = { algorithms };
