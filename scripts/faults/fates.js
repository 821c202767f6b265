'use strict';
const { DRAIN_MS } = require('./drains.js');
const { grouped } = require('./marks.js');

/** @import { Life, Message } from './arena.js' */
/** @import { History } from './checker.js' */
/** @import { Answer, Delivery, Link } from './facts.js' */
/** @import { Row } from './store.js' */

/**
 * @typedef {object} Fate what became of a message; times are ms since 1970
 * @property {Message} message
 * @property {number} [acknowledgedAt]
 * @property {Delivery} [firstDelivery] the one that was acknowledged. One before that, whose answer came
 * too late for the platform, may have been taken, too
 * @property {number} firstTriedAt
 * @property {boolean} toStartPage whether a delivery was answered by the page that n8n shows while it starts
 * @property {Answer[]} answers
 * @property {Row[]} rows
 * @property {string} state `answered`, `merged`, a settled row's, `waiting` where it still waits in the
 * store, `forgotten` where the platform gave it up, `open` where it was acknowledged a moment ago and the
 * history goes on, `none` where nothing is known of it
 * @property {number} [settledAt]
 * @property {('twice' | 'twiceWithoutKey')[]} repetitions
 */

/** A kill so shortly after a send can have come before the send was on record. */
const RECORD_MS = 5_000;
/** What was written to a connection that ends so soon after may not have been stored. */
const STORING_MS = 5_000;
const SETTLED = ['dead', 'uncertain', 'discarded'];

/**
 * @param {{ at: number }} a
 * @param {{ at: number }} b
 */
const byTime = (a, b) => a.at - b.at;

/**
 * An answer that was seen before: on a way without an idempotency key, a kill can cause it.
 *
 * @param {Answer} earlier
 * @param {Answer} later
 * @param {Life[]} lives
 */
function repetition(earlier, later, lives) {
	const killed = lives.some(
		({ killedAt }) =>
			killedAt !== undefined &&
			killedAt >= earlier.at &&
			killedAt <= earlier.at + RECORD_MS &&
			killedAt <= later.at,
	);
	return killed && !later.hasKey ? 'twiceWithoutKey' : 'twice';
}

/**
 * `answered`: its own answer is there; `merged`: an answer to later messages speaks of it, too.
 *
 * @param {string} mark
 * @param {Answer[]} answers
 * @param {Row[]} rows
 */
function stateOf(mark, answers, rows) {
	const [answer] = answers;
	if (answer) return answer.marks.at(-1) === mark ? 'answered' : 'merged';
	const settled = rows.find(({ status }) => SETTLED.includes(status));
	if (settled) return settled.status;
	if (rows.some(({ status }) => status === 'waiting')) return 'waiting';
	return 'none';
}

/**
 * Whether the platform gave up a message that never got to n8n: by its rules, or, where it hears nothing of
 * what it has written, with the connection that this was written to.
 *
 * @param {Delivery[]} received
 * @param {Link[]} links
 */
function isForgotten(received, links) {
	const taken = received.filter(({ acknowledged }) => acknowledged);
	if (taken.length === 0) return received.some(({ forgotten }) => forgotten);
	return taken.every(
		({ unconfirmed, at }) =>
			unconfirmed &&
			links.some(
				(link) =>
					link.service === 'wecom' &&
					link.change < 0 &&
					link.at >= at &&
					link.at <= at + STORING_MS,
			),
	);
}

/**
 * Whether an acknowledged message may be answered yet: nobody can say that it is lost.
 *
 * @param {number} acknowledgedAt
 * @param {Pick<History, 'lives' | 'seenAt'>} history
 */
function isUnderWay(acknowledgedAt, { lives, seenAt }) {
	const life = lives.at(-1);
	if (seenAt === undefined || !life) return false;
	const isDown = life.killedAt !== undefined;
	return isDown || seenAt <= Math.max(acknowledgedAt, life.readyAt) + DRAIN_MS;
}

/**
 * What became of every message.
 *
 * @param {Omit<History, 'robotCalls'>} history
 * @returns {Fate[]}
 */
function fates(history) {
	const { messages, deliveries, calls, answers, rows, lives } = history;
	const asked = new Set(calls.flatMap(({ marks }) => marks));
	const deliveriesOf = grouped(deliveries, ({ id }) => [id]);
	const answersOf = grouped([...answers].sort(byTime), ({ marks }) => marks);
	const rowsOf = grouped(rows, ({ marks }) => marks);
	return messages.map((message) => {
		const { id, mark } = message;
		const received = deliveriesOf.get(id) ?? [];
		const firstDelivery = received.filter(({ acknowledged }) => acknowledged).sort(byTime)[0];
		const acknowledgedAt = firstDelivery?.end;
		const own = answersOf.get(mark) ?? [];
		const ownRows = rowsOf.get(mark) ?? [];
		/** @returns {string} */
		const stateNow = () => {
			const known = stateOf(mark, own, ownRows);
			// Of what the model was asked about, n8n had an execution.
			const mayBeGone = known === 'none' && !asked.has(mark);
			if (mayBeGone && isForgotten(received, history.links)) return 'forgotten';
			if (!['none', 'waiting'].includes(known) || acknowledgedAt === undefined) return known;
			return isUnderWay(acknowledgedAt, history) ? 'open' : known;
		};
		const state = stateNow();
		const row = ownRows.find(({ status }) => status === state);
		return {
			message,
			acknowledgedAt,
			firstDelivery,
			firstTriedAt: Math.min(...received.map(({ at }) => at)),
			toStartPage: received.some((delivery) => delivery.toStartPage === true),
			answers: own,
			rows: ownRows,
			state,
			settledAt: own[0]?.at ?? (state === 'waiting' ? undefined : row?.settledAt),
			repetitions: own.flatMap((answer, index) => {
				const earlier = own[index - 1];
				return earlier ? [repetition(earlier, answer, lives)] : [];
			}),
		};
	});
}

module.exports = { fates };
