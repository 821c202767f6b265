'use strict';

/*
 * node scripts/vectors.js FOLDER
 * Runs the package's protocol code (dist/) over every vector file of a folder and ends with
 * `N passed, N failed`. A file is { algorithm, vectors: [{ id, inputs, expected }] }.
 */

const { deepStrictEqual: same, ok, strictEqual: equal, notStrictEqual } = require('node:assert');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const {
	Refused,
	dingtalkCrypt,
	dingtalkSign,
	dingtalkStream,
	feishuCrypt,
	feishuSign,
	feishuStream,
	modelAuth,
	wecomCrypt,
	wecomEncode,
	wecomXml,
} = require('..');

/** Runs `action`; where the vector expects a refusal, it must be refused, and nothing else may go wrong. */
function verdict(expected, action) {
	let refused;
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

/** Compares the outputs that a vector names; what it does not name is not its business. */
function outputs(expected, actual) {
	for (const [name, value] of Object.entries(actual)) {
		if (name in expected) same(value, expected[name], name);
	}
}

function noneEqual(wrong, value) {
	for (const [mistake, other] of Object.entries(wrong)) notStrictEqual(value, other, mistake);
}

const lowerCase = (headers) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const hexOr = (hex, text) =>
	hex === undefined
		? text === undefined
			? undefined
			: Buffer.from(text)
		: Buffer.from(hex, 'hex');

function envelopeOf(inputs) {
	return {
		signature: inputs.msg_signature,
		timestamp: inputs.timestamp,
		nonce: inputs.nonce,
		encrypt: inputs.echostr ?? inputs.encrypt,
	};
}

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
			const random = hexOr(random16Hex, random16);
			outputs(expected, {
				response: dingtalkCrypt.encryptAnswer(keys, plaintext, timestamp, nonce, random),
			});
			return;
		}
		const plaintext = verdict(expected, () => dingtalkCrypt.decryptEvent(keys, envelopeOf(inputs)));
		if (expected.valid) outputs(expected, { plaintext });
	},

	'dingtalk-stream-ack'({ frame }, expected) {
		const ack = verdict(expected, () =>
			dingtalkStream.acknowledgeFrame(dingtalkStream.decodeFrame(JSON.stringify(frame))),
		);
		if (expected.ack) same(ack, expected.ack);
	},

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
		if (!expected.valid) return;
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
				headers['x-lark-request-timestamp'],
				headers['x-lark-request-nonce'],
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

	'feishu-long-connection-frame'(inputs, expected) {
		if (inputs.frame) {
			const frame = frameOf(inputs.frame);
			equal(feishuStream.encodeFrame(frame).toString('hex'), expected.hex);
			same(feishuStream.decodeFrame(Buffer.from(expected.hex, 'hex')), frame);
			return;
		}
		const assembler = new feishuStream.FrameAssembler();
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

	'wecom-callback-crypto': wecomCallback((keys, inputs, random16) => {
		const { plaintext, timestamp, nonce } = inputs;
		const xml = wecomCrypt.encryptXmlReply(keys, plaintext, String(timestamp), nonce, random16);
		const reply = wecomXml.parseXml(xml).xml;
		return { responseXml: xml, encrypt: reply.Encrypt, msg_signature: reply.MsgSignature };
	}),

	'wecom-aibot-json-crypto': wecomCallback((keys, inputs, random16) => {
		const { plaintext, timestamp, nonce } = inputs;
		return { body: wecomCrypt.encryptJsonReply(keys, plaintext, timestamp, nonce, random16) };
	}),

	'wecom-aibot-media-decrypt'(inputs, expected) {
		const plain = verdict(expected, () =>
			wecomCrypt.decryptMedia(inputs.aeskey, Buffer.from(inputs.encryptedBase64, 'base64')),
		);
		if (!expected.valid) return;
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

	'zhipu-jwt'(inputs, expected) {
		let token;
		try {
			const { keyId, secret } = modelAuth.splitKey(inputs.apiKey, inputs.apiSecret ?? '');
			token = modelAuth.signedToken(keyId, secret, inputs.nowMs, inputs.ttlMs);
		} catch (error) {
			equal(expected.valid, false, error.message);
			return;
		}
		notStrictEqual(expected.valid, false, 'accepted a key without a secret');
		const [header, payload] = token
			.split('.', 2)
			.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
		outputs(expected, { jwt: token, header, payload });
	},
};

/** Both kinds of WeCom callback differ only in how an answer is written. */
function wecomCallback(encrypt) {
	return (inputs, expected) => {
		const keys = {
			token: inputs.token,
			aesKey: inputs.encodingAESKey,
			receiverId: inputs.receiveId,
		};
		if (inputs.op === 'encrypt') {
			outputs(expected, encrypt(keys, inputs, hexOr(inputs.random16Hex, inputs.random16)));
			return;
		}
		const plaintext = verdict(expected, () => wecomCrypt.decryptCallback(keys, envelopeOf(inputs)));
		if (!expected.valid) return;
		// Only what is addressed to this id was opened.
		outputs(expected, { plaintext, receiveId: inputs.receiveId });
		if (expected.parsed) same({ ...wecomXml.parseXml(plaintext).xml }, expected.parsed);
	};
}

/** Runs one vector. @returns undefined when it passed, else what was wrong. */
function runVector(algorithm, vector) {
	const run = algorithms[algorithm];
	if (!run) return `unknown algorithm ${algorithm}`;
	try {
		run(vector.inputs, vector.expected);
		return undefined;
	} catch (error) {
		return error.message.split('\n').slice(0, 12).join('\n');
	}
}

function runFolder(folder, log) {
	let passed = 0;
	let failed = 0;
	for (const file of readdirSync(folder)
		.filter((name) => name.endsWith('.json'))
		.sort()) {
		let document;
		try {
			document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
			if (!Array.isArray(document.vectors)) throw new Error('no list of vectors');
		} catch (error) {
			failed++;
			log(`${file}: cannot be read as a vector file: ${error.message}`);
			continue;
		}
		for (const vector of document.vectors) {
			const problem = runVector(document.algorithm, vector);
			if (problem === undefined) passed++;
			else {
				failed++;
				log(`${file} ${vector.id}: ${problem}`);
			}
		}
	}
	return { passed, failed };
}

module.exports = { runFolder, runVector };

if (require.main === module) {
	const folder = process.argv[2];
	if (!folder) {
		console.error('Say which folder: npm run vectors -- test/vectors');
		process.exit(2);
	}
	const { passed, failed } = runFolder(folder, console.log);
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
