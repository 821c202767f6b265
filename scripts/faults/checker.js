'use strict';
const { drains } = require('./drains.js');
const { fates } = require('./fates.js');
const { marksIn } = require('./marks.js');
const { inversions, overlaps } = require('./order.js');
const { quotas } = require('./quota.js');

/**
 * @typedef {object} History what the sandbox's ledger and n8n's store say. Times are ms since 1970.
 * @property {{ id: string, mark: string, conversation?: string }[]} messages what was written to bots
 * and handed in to be sent; those without a conversation have no order
 * @property {{ id: string, at: number, end: number, acknowledged: boolean, toStartPage?: boolean }[]}
 * deliveries to n8n; `toStartPage`: answered by the page that n8n shows while it starts
 * @property {{ at: number, end: number, ok: boolean, marks: string[] }[]} calls of the model
 * @property {{ at: number, id: string, marks: string[], hasKey: boolean }[]} answers visible messages
 * of bots; `hasKey`: the platform takes a repetition of it once
 * @property {{ platform: string, at: number, outcome: 'sent' | 'limited' | 'refused' | 'failed' }[]}
 * robotCalls of group robots; `failed`: by a fault, before the platform saw it
 * @property {{ key: string, status: string, kind: string, attempts: number, fingerprint: string,
 * settledAt?: number, marks: string[] }[]} rows of the delivery store
 * @property {{ startedAt: number, readyAt: number, failedStarts?: number, killedAt?: number }[]} lives of n8n
 */

const list = (marks, shown = 8) =>
	marks.slice(0, shown).join(', ') +
	(marks.length > shown ? ` and ${marks.length - shown} more` : '');

/** How many messages of each state, and what went wrong. */
function count(all, history, turnsEndWith) {
	const marksOf = (holds) => all.filter(holds).map(({ message }) => message.mark);
	const inState = (state) => (fate) => fate.acknowledgedAt !== undefined && fate.state === state;
	const repeated = (kind) => (fate) => fate.repetitions.includes(kind);
	return {
		written: all.map(({ message }) => message.mark),
		notAcknowledged: marksOf(({ acknowledgedAt }) => acknowledgedAt === undefined),
		// Of these the platform thinks that they are taken: lost before the package could do anything.
		toStartPage: marksOf(
			({ acknowledgedAt, toStartPage }) => acknowledgedAt === undefined && toStartPage,
		),
		...Object.fromEntries(
			['answered', 'merged', 'dead', 'uncertain', 'discarded', 'waiting'].map((state) => [
				state,
				marksOf(inState(state)),
			]),
		),
		lost: marksOf(inState('none')),
		// A person decides over a dead one: somebody who has an answer must not stand among them. An
		// execution that was given up may have answered some of its messages.
		contradictory: marksOf(
			({ answers, rows }) =>
				answers.length > 0 &&
				rows.some(({ status, kind }) => status === 'dead' && kind !== 'execution'),
		),
		twice: marksOf(repeated('twice')),
		twiceWithoutKey: marksOf(repeated('twiceWithoutKey')),
		inversions: inversions(all).map(({ mark, after }) => `${mark} after ${after}`),
		overlaps: overlaps(history, turnsEndWith).map(({ mark, during }) => `${mark} during ${during}`),
	};
}

/** What every history must keep, whatever was done to n8n. */
const ALWAYS = ['lost', 'waiting', 'twice', 'contradictory', 'overlaps'];

/**
 * Judges a history, which must have come to rest.
 *
 * @param {History} history
 * @param {object} [rules]
 * @param {string[]} [rules.none] further counts that must be zero, e.g. `inversions`
 * @param {'model' | 'answer'} [rules.turnsEndWith]
 * @param {number} [rules.deadlineMs] by when an acknowledged message must be answered
 * @returns {{ counts: Record<string, number>, drains: object[], quotas: object[],
 * violations: { kind: string, what: string, marks: string[] }[] }} `marks` of the messages concerned
 */
function check(history, { none = [], turnsEndWith, deadlineMs = Infinity } = {}) {
	const all = fates(history);
	const found = count(all, history, turnsEndWith);
	const drained = drains(all, history.lives);
	const windows = quotas(history.robotCalls);
	const violations = [...new Set([...ALWAYS, ...none])]
		.filter((kind) => found[kind].length > 0)
		.map((kind) => ({
			kind,
			what: `${found[kind].length}: ${list(found[kind])}`,
			marks: marksIn(found[kind].join(' ')),
		}));
	const overdue = all
		.filter(({ answers, acknowledgedAt }) => answers[0]?.at > acknowledgedAt + deadlineMs)
		.map(({ message }) => message.mark);
	if (overdue.length > 0) violations.push({ kind: 'overdue', what: list(overdue), marks: overdue });
	for (const { life, late } of drained) {
		if (late.length > 0)
			violations.push({
				kind: 'late',
				what: `${list(late)}: over 60 s after restart ${life}`,
				marks: late,
			});
	}
	for (const { platform, windowMs, allowed, most, refused } of windows) {
		if (most > allowed || refused > 0) {
			const what = `${platform}: ${most} of ${allowed} in ${windowMs / 1000} s, ${refused} refused`;
			violations.push({ kind: 'quota', what, marks: [] });
		}
	}
	const counts = Object.fromEntries(
		Object.entries(found).map(([kind, marks]) => [kind, marks.length]),
	);
	return { counts, drains: drained, quotas: windows, violations };
}

module.exports = { check, fates };
