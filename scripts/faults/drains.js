'use strict';

/** From when n8n answers again until everything it had acknowledged before is settled. */
const LIMIT_MS = 60_000;

/**
 * What each life of n8n had to make up for: `[{ life, backlog, drainMs, late }]` for every life that
 * follows a kill. `drainMs` is undefined where the next kill came first; `late` are the marks that
 * took longer than a minute, by a life that lasted as long.
 */
function drains(all, lives) {
	return lives.slice(1).flatMap((life, index) => {
		const { killedAt } = lives[index];
		if (killedAt === undefined) return [];
		const backlog = all.filter(
			({ acknowledgedAt, settledAt }) =>
				acknowledgedAt <= killedAt && !(settledAt !== undefined && settledAt <= killedAt),
		);
		const end = life.killedAt ?? Infinity;
		const limit = life.readyAt + LIMIT_MS;
		const settled = backlog.map(({ settledAt = Infinity }) => settledAt);
		const late = backlog.filter((_, at) => settled[at] > limit && end > limit);
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

module.exports = { drains };
