'use strict';
const { marksIn } = require('./marks.js');

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
/**
 * While n8n starts, between connecting to its database and the end of its migrations, it answers every
 * request like this, with status 200: no node has seen the message, and the platform thinks it is taken.
 */
const START_PAGE = 'n8n is starting up. Please wait';

/** The text of the last thing that a person said to the model. */
function questionOf(body) {
	try {
		const { messages } = JSON.parse(body);
		const { content } = messages.findLast(({ role }) => role === 'user');
		return typeof content === 'string' ? content : JSON.stringify(content);
	} catch {
		// The ledger cuts long bodies: what is left of it has the same marks.
		return body;
	}
}

function robotCall(entry, platform) {
	const { refused = '' } = entry;
	if (FAULT.test(refused) && entry.text === undefined) return { outcome: 'failed', platform };
	if (TOO_FAST.test(refused)) return { outcome: 'limited', platform };
	return { outcome: entry.text === undefined ? 'refused' : 'sent', platform };
}

/**
 * What one entry of the sandbox's ledger tells: some of `{ delivery, call, answer, robotCall }`, in
 * the form of the checker's `History`, or a `repeat`: a message that its key kept from being shown
 * a second time.
 */
function factsOf(entry) {
	const at = Date.parse(entry.at);
	const end = at + entry.ms;
	const marks = marksIn(entry.text);
	if (entry.direction === 'out') {
		if (entry.kind !== 'delivery') return {};
		const toStartPage = entry.response?.body === START_PAGE;
		return {
			delivery: {
				id: entry.messageId,
				at,
				end,
				acknowledged: !entry.refused && !toStartPage,
				...(toStartPage && { toStartPage }),
			},
			...(entry.text && {
				answer: { at: end, id: `passive ${entry.seq}`, marks, text: entry.text, hasKey: false },
			}),
		};
	}
	if (entry.service === 'model') {
		if (entry.kind !== 'chat') return {};
		const ok = entry.status === 200 && !entry.refused;
		return { call: { at, end, ok, marks: marksIn(questionOf(entry.request?.body ?? '')) } };
	}
	const robot = ROBOTS.test(entry.path);
	if (/^duplicate/.test(entry.note ?? '')) return { repeat: { at, path: entry.path } };
	return {
		...(robot && {
			robotCall: { at, ...robotCall(entry, entry.service), text: entry.text, marks },
		}),
		...(entry.text !== undefined && {
			answer: {
				at,
				id: entry.messageId,
				marks,
				text: entry.text,
				hasKey: !WITHOUT_KEY.test(entry.path),
			},
		}),
	};
}

/** A sum of facts. An edit of an answer, as streaming makes them, is the same answer with more text. */
function createFacts() {
	const facts = { deliveries: [], calls: [], answers: [], robotCalls: [], repeats: [] };
	const answers = new Map();

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
		/** Takes an entry in and returns what it told. */
		take(entry) {
			const { delivery, call, answer, robotCall: robot, repeat } = factsOf(entry);
			if (delivery) facts.deliveries.push(delivery);
			if (call) facts.calls.push(call);
			if (robot) facts.robotCalls.push(robot);
			if (repeat) facts.repeats.push(repeat);
			if (answer) addAnswer(answer);
			return { delivery, call, answer };
		},
	};
}

module.exports = { createFacts, factsOf };
