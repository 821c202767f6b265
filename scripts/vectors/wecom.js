'use strict';
const { deepStrictEqual: same, notStrictEqual } = require('node:assert');
const {
	wecomCrypt,
	wecomDecode,
	wecomDecodeAiBot,
	wecomEncode,
	wecomXml,
} = require('../../index.js');
const { RECEIVED_MS, bytesOf, envelopeOf, outputs, reads, verdict } = require('./checks.js');

/** @import { Algorithm, Inputs } from './checks.js' */

/**
 * What stands in the root element of a WeCom message.
 *
 * @param {string} xml
 */
const fieldsOf = (xml) => /** @type {Record<string, unknown>} */ (wecomXml.parseXml(xml).xml);

/**
 * Both kinds of WeCom callback differ only in how an answer is written.
 *
 * @param {(keys: { token: string, aesKey: string, receiverId: string }, inputs: Inputs, random16: Buffer | undefined) => Record<string, unknown>} encrypt
 * @returns {Algorithm}
 */
function wecomCallback(encrypt) {
	return (inputs, expected) => {
		const keys = {
			token: inputs.token,
			aesKey: inputs.encodingAESKey,
			receiverId: inputs.receiveId,
		};
		if (inputs.op === 'encrypt') {
			outputs(expected, encrypt(keys, inputs, bytesOf(inputs.random16Hex, inputs.random16)));
			return;
		}
		const plaintext = verdict(expected, () => wecomCrypt.decryptCallback(keys, envelopeOf(inputs)));
		if (plaintext === undefined) return;
		// Only what is addressed to this id was opened.
		outputs(expected, { plaintext, receiveId: inputs.receiveId });
		if (expected.parsed) same({ ...fieldsOf(plaintext) }, expected.parsed);
	};
}

/** @type {Record<string, Algorithm>} */
const algorithms = {
	'wecom-callback-crypto': wecomCallback((keys, inputs, random16) => {
		const { plaintext, timestamp, nonce } = inputs;
		const xml = wecomCrypt.encryptXmlReply(keys, plaintext, String(timestamp), nonce, random16);
		const reply = fieldsOf(xml);
		return { responseXml: xml, encrypt: reply.Encrypt, msg_signature: reply.MsgSignature };
	}),

	'wecom-aibot-json-crypto': wecomCallback((keys, inputs, random16) => {
		const { plaintext, timestamp, nonce } = inputs;
		return { body: wecomCrypt.encryptJsonReply(keys, plaintext, timestamp, nonce, random16) };
	}),

	'wecom-app-decode'(inputs, expected) {
		const xml = /** @type {any} */ (wecomXml.parseXml(inputs.xml).xml);
		const isEvent = wecomXml.xmlText(xml, 'MsgType') === 'event';
		const decode = isEvent ? wecomDecode.decodeEvent : wecomDecode.decodeMessage;
		reads(expected, () => decode(xml, RECEIVED_MS));
	},

	'wecom-aibot-decode'({ body, botName }, expected) {
		const context = { nowMs: RECEIVED_MS, signedAtMs: RECEIVED_MS, botName };
		const { decodeAiBotEvent, decodeAiBotMessage } = wecomDecodeAiBot;
		const decode = body.msgtype === 'event' ? decodeAiBotEvent : decodeAiBotMessage;
		reads(expected, () => decode(body, context));
	},

	'wecom-aibot-media-decrypt'(inputs, expected) {
		const plain = verdict(expected, () =>
			wecomCrypt.decryptMedia(inputs.aeskey, Buffer.from(inputs.encryptedBase64, 'base64')),
		);
		if (plain === undefined) return;
		outputs(expected, {
			plainBase64: plain.toString('base64'),
			md5: wecomEncode.imageBody(plain).image.md5,
		});
	},

	'wecom-webhook-image'(inputs, expected) {
		const body = wecomEncode.imageBody(Buffer.from(inputs.rawBase64, 'base64'));
		outputs(expected, { body });
		if (expected.wrongMd5OfBase64) notStrictEqual(body.image.md5, expected.wrongMd5OfBase64);
	},
};

module.exports = { algorithms };
