'use strict';
const { fates } = require('./fates.js');

/** @import { History } from './checker.js' */

/** An answer is on record well within this. */
const SENDING_MS = 250;

/**
 * What each kill hit: how many messages were in which stage, over all kills.
 *
 * @param {History} history
 */
function stages(history) {
	const all = fates(history);
	const kills = history.lives.flatMap(({ killedAt }) => (killedAt === undefined ? [] : [killedAt]));
	const found = { beforeAck: 0, afterAck: 0, inModel: 0, afterSend: 0 };
	for (const kill of kills) {
		/** @param {{ at: number, end: number }} delivery */
		const during = ({ at, end }) => at <= kill && kill <= end + SENDING_MS;
		const asked = new Set(
			history.calls
				.filter(({ at, end }) => at <= kill && kill <= end)
				.flatMap(({ marks }) => marks),
		);
		found.beforeAck += history.deliveries.filter(
			(delivery) => !delivery.acknowledged && during(delivery),
		).length;
		for (const { acknowledgedAt, answers, message } of all) {
			const answeredAt = answers[0]?.at ?? Infinity;
			if (answeredAt <= kill) found.afterSend += answeredAt > kill - SENDING_MS ? 1 : 0;
			else if (asked.has(message.mark)) found.inModel += 1;
			else if (acknowledgedAt !== undefined && acknowledgedAt <= kill) found.afterAck += 1;
		}
	}
	return found;
}

module.exports = { stages };
