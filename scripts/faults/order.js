'use strict';
const { grouped } = require('./marks.js');

/** @import { History } from './checker.js' */
/** @import { Answer, Call } from './facts.js' */
/** @import { Fate } from './fates.js' */

/** The ledger's times are whole milliseconds: closer than this, nobody knows which was first. */
const BLUR_MS = 2;

/**
 * Whether one message was there before the other came. What came together has no order.
 *
 * @param {Fate} a
 * @param {Fate} b
 */
const before = ({ firstDelivery }, b) =>
	firstDelivery !== undefined && firstDelivery.end + BLUR_MS < b.firstTriedAt;

/**
 * Whether one message was answered after the other.
 *
 * @param {Fate} a
 * @param {Fate} b
 */
const answeredAfter = (a, b) => (a.answers[0]?.at ?? 0) > (b.answers[0]?.at ?? Infinity);

/**
 * Messages that were answered after a later one of their conversation.
 *
 * @param {Fate[]} all
 */
function inversions(all) {
	const answered = all.filter((fate) => fate.firstDelivery && fate.answers.length > 0);
	const conversations = grouped(answered, ({ message }) =>
		message.conversation ? [message.conversation] : [],
	);
	return [...conversations.values()].flatMap((list) =>
		list.flatMap((fate) => {
			const overtaker = list.find((other) => before(fate, other) && answeredAfter(fate, other));
			return overtaker ? [{ mark: fate.message.mark, after: overtaker.message.mark }] : [];
		}),
	);
}

/**
 * A turn is over when its answer has arrived; where that never happened, when the model was done.
 *
 * @param {Call} call
 * @param {Answer[]} answers
 */
function turnEnd(call, answers) {
	const key = call.marks.join();
	const own = answers.find(({ at, marks }) => at >= call.at && marks.join() === key);
	return own && call.ok ? Math.max(call.end, own.at) : call.end;
}

/**
 * Model requests of a conversation that began before an earlier one was over.
 *
 * @param {Pick<History, 'messages' | 'calls' | 'answers'>} history
 * @param {'model' | 'answer'} [turnsEndWith] `answer` where every answer is sent at once; where some
 * are sent later by the retry queue, a turn ends with the model
 */
function overlaps({ messages, calls, answers }, turnsEndWith = 'model') {
	const conversationOf = new Map(messages.map(({ mark, conversation }) => [mark, conversation]));
	const sent = grouped(answers, ({ marks }) => marks);
	const turns = grouped(calls, ({ marks: [first = ''] }) => {
		const conversation = conversationOf.get(first);
		return conversation ? [conversation] : [];
	});
	return [...turns.values()].flatMap((list) => {
		const found = [];
		/** @type {{ end: number, mark: string } | undefined} */
		let last;
		for (const call of [...list].sort((a, b) => a.at - b.at)) {
			if (last && call.at + BLUR_MS < last.end) {
				found.push({ mark: call.marks.join('+'), during: last.mark });
			}
			const [first = ''] = call.marks;
			const end = turnsEndWith === 'answer' ? turnEnd(call, sent.get(first) ?? []) : call.end;
			if (!last || end > last.end) last = { end, mark: call.marks.join('+') };
		}
		return found;
	});
}

module.exports = { inversions, overlaps };
