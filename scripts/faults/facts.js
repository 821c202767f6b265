'use strict';
const { marksIn } = require('./marks.js');

/**
 * @typedef {object} LedgerEntry what the sandbox notes of a request, in the part that is read here
 * @property {number} seq
 * @property {string} at ISO 8601
 * @property {number} ms
 * @property {string} service
 * @property {string} direction `in` to the platform, `out` from it
 * @property {string} kind
 * @property {string} [by] `stream` for a connection
 * @property {string} path
 * @property {number} [status]
 * @property {string} [messageId]
 * @property {string} [text]
 * @property {string} [refused]
 * @property {string} [note]
 * @property {{ body?: string }} [request]
 * @property {{ body?: string }} [response]
 */

/**
 * @typedef {object} Delivery of a message to n8n; times are ms since 1970
 * @property {string} id of the message
 * @property {number} at
 * @property {number} end
 * @property {boolean} acknowledged
 * @property {string} [by] `stream` for a connection
 * @property {boolean} [toStartPage] answered by the page that n8n shows while it starts
 * @property {boolean} [unconfirmed] the platform counts as taken what it has written, and hears no more of it
 * @property {boolean} [forgotten] not acknowledged, and the platform does not deliver it again
 */
/** @typedef {{ service: string, at: number, change: 1 | -1 }} Link a long connection has come, or gone */
/** @typedef {{ at: number, end: number, ok: boolean, marks: string[] }} Call of the model */
/**
 * @typedef {object} Answer a visible message of a bot
 * @property {number} at
 * @property {string} id
 * @property {string[]} marks
 * @property {boolean} hasKey whether the platform takes a repetition of it once
 * @property {string} [text]
 */
/**
 * @typedef {object} RobotCall of a group robot
 * @property {string} platform
 * @property {number} at
 * @property {'sent' | 'limited' | 'refused' | 'failed'} outcome `failed`: by a fault, before the platform
 * saw it
 * @property {string} [text]
 * @property {string[]} [marks]
 */
/** @typedef {{ at: number, path: string }} Repeat a message that its key kept from being shown twice */

/**
 * @typedef {object} Told what one entry tells
 * @property {Delivery} [delivery]
 * @property {Call} [call]
 * @property {Answer} [answer]
 * @property {RobotCall} [robotCall]
 * @property {Repeat} [repeat]
 * @property {Link} [link]
 */

const ROBOTS = /\/(robot\/send|bot\/v2\/hook\/[^/]+|cgi-bin\/webhook\/send)$/;
/**
 * Ways that show the same message twice when it is sent twice: the app's sends of DingTalk, the group
 * robots of Feishu and WeCom. All others have an idempotency key, or take one answer to a message only.
 */
const WITHOUT_KEY =
	/\/(v1\.0\/robot\/(oToMessages\/batchSend|groupMessages\/send)|bot\/v2\/hook\/[^/]+|cgi-bin\/webhook\/send)$/;
/** How the platforms refuse a group robot for its rate. */
const TOO_FAST = /^(130101|410100|45009|11232)\b/;
const FAULT = /^fault:/;
/** A bot's message by WeCom's connection that answers none. */
const SEND_FRAME = /"cmd":\s*"aibot_send_msg"/;
/**
 * While n8n starts, between connecting to its database and the end of its migrations, it answers every
 * request like this, with status 200: no node has seen the message, and the platform thinks it is taken.
 */
const START_PAGE = 'n8n is starting up. Please wait';

/**
 * The text of the last thing that a person said to the model.
 *
 * @param {string} body
 * @returns {string}
 */
function questionOf(body) {
	try {
		const { messages } = JSON.parse(body);
		const { content } = messages.findLast((/** @type {any} */ { role }) => role === 'user');
		return typeof content === 'string' ? content : JSON.stringify(content);
	} catch {
		// The ledger cuts long bodies: what is left of it has the same marks.
		return body;
	}
}

/** @param {LedgerEntry} entry */
const hasKey = ({ path, request }) =>
	!WITHOUT_KEY.test(path) && !SEND_FRAME.test(request?.body ?? '');

/**
 * @param {LedgerEntry} entry
 * @returns {RobotCall['outcome']}
 */
function outcomeOf({ refused = '', text }) {
	if (FAULT.test(refused) && text === undefined) return 'failed';
	if (TOO_FAST.test(refused)) return 'limited';
	return text === undefined ? 'refused' : 'sent';
}

/**
 * @param {LedgerEntry} entry a request of a platform to the bot
 * @returns {Told}
 */
function deliveryFacts(entry) {
	if (entry.kind !== 'delivery') return {};
	const at = Date.parse(entry.at);
	const end = at + entry.ms;
	const toStartPage = entry.response?.body === START_PAGE;
	const { messageId: id = '', note, refused, seq, text } = entry;
	const unconfirmed = entry.by === 'stream' && entry.service === 'wecom';
	const acknowledged = !refused && !toStartPage;
	const marks = marksIn(text);
	return {
		delivery: {
			id,
			at,
			end,
			acknowledged,
			...(entry.by && { by: entry.by }),
			...(toStartPage && { toStartPage }),
			...(unconfirmed && { unconfirmed }),
			...(note === 'forgotten' && { forgotten: true }),
		},
		...(text && { answer: { at: end, id: `passive ${seq}`, marks, text, hasKey: false } }),
	};
}

/**
 * @param {LedgerEntry} entry a request of the bot, or what became of its connection
 * @returns {Told}
 */
function linkFacts({ at, by, kind, service, status }) {
	if (by !== 'stream') return {};
	const link = { service, at: Date.parse(at) };
	if (kind === 'connect' && status === 101) return { link: { ...link, change: 1 } };
	return kind === 'disconnect' ? { link: { ...link, change: -1 } } : {};
}

/**
 * What one entry of the sandbox's ledger tells.
 *
 * @param {LedgerEntry} entry
 * @returns {Told}
 */
function factsOf(entry) {
	if (entry.direction === 'out') return deliveryFacts(entry);
	const at = Date.parse(entry.at);
	const { kind, messageId: id = '', note = '', path, refused, service, status, text } = entry;
	if (service === 'model') {
		if (kind !== 'chat') return {};
		const marks = marksIn(questionOf(entry.request?.body ?? ''));
		return { call: { at, end: at + entry.ms, ok: status === 200 && !refused, marks } };
	}
	if (/^duplicate/.test(note)) return { repeat: { at, path } };
	const marks = marksIn(text);
	const outcome = outcomeOf(entry);
	return {
		...linkFacts(entry),
		...(ROBOTS.test(path) && { robotCall: { at, platform: service, outcome, text, marks } }),
		...(text !== undefined && {
			answer: { at, id, marks, text, hasKey: hasKey(entry) },
		}),
	};
}

/** @typedef {ReturnType<typeof createFacts>} Facts */

/** A sum of facts. An edit of an answer, as streaming makes them, is the same answer with more text. */
function createFacts() {
	/** @type {{ deliveries: Delivery[], calls: Call[], answers: Answer[], robotCalls: RobotCall[], repeats: Repeat[], links: Link[] }} */
	const facts = { deliveries: [], calls: [], answers: [], robotCalls: [], repeats: [], links: [] };
	/** @type {Map<string, Answer>} */
	const answers = new Map();

	/** @param {Answer} answer */
	function addAnswer(answer) {
		const known = answers.get(answer.id);
		if (known) {
			Object.assign(known, { text: answer.text, marks: answer.marks });
			return;
		}
		answers.set(answer.id, answer);
		facts.answers.push(answer);
	}

	return {
		...facts,
		/**
		 * Takes an entry in and returns what it told.
		 *
		 * @param {LedgerEntry} entry
		 * @returns {Told}
		 */
		take(entry) {
			const told = factsOf(entry);
			const { delivery, call, answer, robotCall, repeat, link } = told;
			if (delivery) facts.deliveries.push(delivery);
			if (call) facts.calls.push(call);
			if (robotCall) facts.robotCalls.push(robotCall);
			if (repeat) facts.repeats.push(repeat);
			if (link) facts.links.push(link);
			if (answer) addAnswer(answer);
			return told;
		},
	};
}

module.exports = { createFacts, factsOf };
