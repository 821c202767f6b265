'use strict';

/** @import { History } from './checker.js' */
/** @import { Fate } from './fates.js' */
/** @typedef {ReturnType<typeof drains>[number]} Drain */

/** From when n8n answers again until everything it had acknowledged before is settled. */
const DRAIN_MS = 60_000;

/**
 * What each life of n8n that follows a kill had to make up for. `drainMs` is undefined where the next
 * kill came first; `late` are the marks that took longer than a minute, by a life that lasted as long.
 *
 * @param {Fate[]} all
 * @param {Pick<History, 'lives' | 'seenAt'>} history
 */
function drains(all, { lives, seenAt = Infinity }) {
	return lives.slice(1).flatMap((life, index) => {
		const killedAt = lives[index]?.killedAt;
		if (killedAt === undefined) return [];
		const backlog = all.filter(
			({ acknowledgedAt, settledAt, state }) =>
				// It never got to n8n.
				state !== 'forgotten' &&
				acknowledgedAt !== undefined &&
				acknowledgedAt <= killedAt &&
				!(settledAt !== undefined && settledAt <= killedAt),
		);
		const end = life.killedAt ?? seenAt;
		const limit = life.readyAt + DRAIN_MS;
		const late = backlog.filter(({ settledAt = Infinity }) => settledAt > limit && end > limit);
		const settled = backlog.map(({ settledAt = Infinity }) => settledAt);
		const last = Math.max(life.readyAt, ...settled);
		return [
			{
				life: index + 1,
				backlog: backlog.length,
				drainMs: last < end && Number.isFinite(last) ? last - life.readyAt : undefined,
				late: late.map(({ message }) => message.mark),
			},
		];
	});
}

module.exports = { DRAIN_MS, drains };
