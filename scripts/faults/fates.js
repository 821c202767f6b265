'use strict';
const { grouped } = require('./marks.js');

/** A kill so shortly after a send can have come before the send was on record. */
const RECORD_MS = 5_000;
const SETTLED = ['dead', 'uncertain', 'discarded'];

const byTime = (a, b) => a.at - b.at;

/** An answer that was seen before: on a way without an idempotency key, a kill can cause it. */
function repetition(earlier, later, lives) {
	const killed = lives.some(
		({ killedAt }) =>
			killedAt >= earlier.at && killedAt <= earlier.at + RECORD_MS && killedAt <= later.at,
	);
	return killed && !later.hasKey ? 'twiceWithoutKey' : 'twice';
}

/** `answered`: its own answer is there; `merged`: an answer to later messages speaks of it, too. */
function stateOf(mark, answers, rows) {
	if (answers.length > 0) return answers[0].marks.at(-1) === mark ? 'answered' : 'merged';
	const settled = rows.find(({ status }) => SETTLED.includes(status));
	if (settled) return settled.status;
	if (rows.some(({ status }) => status === 'waiting')) return 'waiting';
	return 'none';
}

/**
 * What became of every message: `[{ message, acknowledgedAt, firstDelivery, firstTriedAt, toStartPage,
 * answers, rows, state, settledAt, repetitions }]`. Times are ms since 1970. `state` is `none` where nothing
 * is known of it, `waiting` where it still waits in the store; `firstDelivery` is the one that was
 * acknowledged. One before that, whose answer came too late for the platform, may have been taken, too.
 */
function fates({ messages, deliveries, answers, rows, lives }) {
	const deliveriesOf = grouped(deliveries, ({ id }) => [id]);
	const answersOf = grouped([...answers].sort(byTime), ({ marks }) => marks);
	const rowsOf = grouped(rows, ({ marks }) => marks);
	return messages.map((message) => {
		const { id, mark } = message;
		const received = deliveriesOf.get(id) ?? [];
		const firstDelivery = received.filter(({ acknowledged }) => acknowledged).sort(byTime)[0];
		const own = answersOf.get(mark) ?? [];
		const ownRows = rowsOf.get(mark) ?? [];
		const state = stateOf(mark, own, ownRows);
		const row = ownRows.find(({ status }) => status === state);
		return {
			message,
			acknowledgedAt: firstDelivery?.end,
			firstDelivery,
			firstTriedAt: Math.min(...received.map(({ at }) => at)),
			toStartPage: received.some(({ toStartPage }) => toStartPage),
			answers: own,
			rows: ownRows,
			state,
			settledAt: own[0]?.at ?? (state === 'waiting' ? undefined : row?.settledAt),
			repetitions: own.slice(1).map((answer, index) => repetition(own[index], answer, lives)),
		};
	});
}

module.exports = { fates };
