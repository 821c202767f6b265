'use strict';
const { drains } = require('./drains.js');
const { fates } = require('./fates.js');
const { marksIn } = require('./marks.js');
const { inversions, overlaps } = require('./order.js');
const { quotas } = require('./quota.js');

/** @import { Life, Message } from './arena.js' */
/** @import { Drain } from './drains.js' */
/** @import { Answer, Call, Delivery, Link, RobotCall } from './facts.js' */
/** @import { Fate } from './fates.js' */
/** @import { Quota } from './quota.js' */
/** @import { Row } from './store.js' */

/**
 * @typedef {object} History what the sandbox's ledger and n8n's store say
 * @property {Message[]} messages what was written to bots and handed in to be sent
 * @property {Delivery[]} deliveries
 * @property {Call[]} calls of the model
 * @property {Answer[]} answers
 * @property {RobotCall[]} robotCalls
 * @property {Row[]} rows
 * @property {Link[]} links
 * @property {Life[]} lives of n8n
 * @property {number} [seenAt] of a history that goes on: until when it is known, ms since 1970
 */
/** @typedef {{ kind: string, what: string, marks: string[] }} Violation `marks` of the messages concerned */
/**
 * @typedef {object} Rules what a scenario promises beyond what every history must keep
 * @property {string[]} [none] further counts that must be zero, e.g. `inversions`
 * @property {'model' | 'answer'} [turnsEndWith] see `overlaps`
 * @property {number} [deadlineMs] by when an acknowledged message must be answered
 */
/**
 * @typedef {object} Verdict
 * @property {Record<string, number>} counts
 * @property {Drain[]} drains
 * @property {Quota[]} quotas
 * @property {Violation[]} violations
 */

/** @param {string[]} marks */
const list = (marks, shown = 8) =>
	marks.slice(0, shown).join(', ') +
	(marks.length > shown ? ` and ${marks.length - shown} more` : '');

/**
 * The messages of each state, and those with which something went wrong.
 *
 * @param {Fate[]} all
 * @param {History} history
 * @param {Rules['turnsEndWith']} turnsEndWith
 * @returns {Record<string, string[]>} marks
 */
function sort(all, history, turnsEndWith) {
	/** @param {(fate: Fate) => unknown} holds */
	const marksOf = (holds) => all.filter(holds).map(({ message }) => message.mark);
	/** @param {string} wanted */
	const inState = (wanted) =>
		marksOf(({ acknowledgedAt, state }) => acknowledgedAt !== undefined && state === wanted);
	/** @param {'twice' | 'twiceWithoutKey'} kind */
	const repeated = (kind) => marksOf(({ repetitions }) => repetitions.includes(kind));
	return {
		written: all.map(({ message }) => message.mark),
		notAcknowledged: marksOf(({ acknowledgedAt }) => acknowledgedAt === undefined),
		// Of these the platform thinks that they are taken: lost before the package could do anything.
		toStartPage: marksOf(
			({ acknowledgedAt, toStartPage }) => acknowledgedAt === undefined && toStartPage,
		),
		// The platform's rules let it deliver these no more.
		forgotten: marksOf(({ state }) => state === 'forgotten'),
		// Neither acknowledged nor given up: the platform still has them, or ought to.
		undecided: marksOf(
			({ acknowledgedAt, state }) => acknowledgedAt === undefined && state === 'none',
		),
		...Object.fromEntries(
			['answered', 'merged', 'dead', 'uncertain', 'discarded', 'waiting', 'open'].map((state) => [
				state,
				inState(state),
			]),
		),
		lost: inState('none'),
		// A person decides over a dead one: somebody who has an answer must not stand among them. An
		// execution that was given up may have answered some of its messages.
		contradictory: marksOf(
			({ answers, rows }) =>
				answers.length > 0 &&
				rows.some(({ status, kind }) => status === 'dead' && kind !== 'execution'),
		),
		twice: repeated('twice'),
		twiceWithoutKey: repeated('twiceWithoutKey'),
		inversions: inversions(all).map(({ mark, after }) => `${mark} after ${after}`),
		overlaps: overlaps(history, turnsEndWith).map(({ mark, during }) => `${mark} during ${during}`),
	};
}

/** What every history must keep, whatever was done to n8n. */
const ALWAYS = ['lost', 'waiting', 'twice', 'contradictory', 'overlaps'];
/** Of these the platform may deliver again: they say something at the end only. */
const AT_REST = ['notAcknowledged', 'undecided'];

/**
 * Counts that must be zero and are not.
 *
 * @param {Record<string, string[]>} found
 * @param {string[]} kinds
 * @returns {Violation[]}
 */
function forbidden(found, kinds) {
	return [...new Set(kinds)].flatMap((kind) => {
		const told = found[kind] ?? [];
		if (told.length === 0) return [];
		return [{ kind, what: `${told.length}: ${list(told)}`, marks: marksIn(told.join(' ')) }];
	});
}

/**
 * Messages that were answered too late.
 *
 * @param {Fate[]} all
 * @param {number} deadlineMs
 * @returns {Violation[]}
 */
function overdue(all, deadlineMs) {
	const marks = all
		.filter(({ answers: [first], acknowledgedAt = Infinity }) => {
			return first !== undefined && first.at > acknowledgedAt + deadlineMs;
		})
		.map(({ message }) => message.mark);
	return marks.length > 0 ? [{ kind: 'overdue', what: list(marks), marks }] : [];
}

/**
 * Drains that took too long.
 *
 * @param {Drain[]} drained
 * @returns {Violation[]}
 */
const slow = (drained) =>
	drained
		.filter(({ late }) => late.length > 0)
		.map(({ life, late }) => ({
			kind: 'late',
			what: `${list(late)}: over 60 s after restart ${life}`,
			marks: late,
		}));

/**
 * Limits of group robots that were broken.
 *
 * @param {Quota[]} windows
 * @returns {Violation[]}
 */
const exceeded = (windows) =>
	windows
		.filter(({ allowed, most, refused }) => most > allowed || refused > 0)
		.map(({ platform, windowMs, allowed, most, refused }) => ({
			kind: 'quota',
			what: `${platform}: ${most} of ${allowed} in ${windowMs / 1000} s, ${refused} refused`,
			marks: [],
		}));

/**
 * Judges a history. As long as it goes on, nothing is held against what may yet be answered in time.
 *
 * @param {History} history
 * @param {Rules} [rules]
 * @returns {Verdict}
 */
function check(history, { none = [], turnsEndWith, deadlineMs = Infinity } = {}) {
	const all = fates(history);
	const found = sort(all, history, turnsEndWith);
	const drained = drains(all, history);
	const asked = none.filter((kind) => history.seenAt === undefined || !AT_REST.includes(kind));
	const windows = quotas(history.robotCalls);
	const counts = Object.entries(found).map(([kind, marks]) => [kind, marks.length]);
	return {
		counts: Object.fromEntries(counts),
		drains: drained,
		quotas: windows,
		violations: [
			...forbidden(found, [...ALWAYS, ...asked]),
			...overdue(all, deadlineMs),
			...slow(drained),
			...exceeded(windows),
		],
	};
}

module.exports = { check };
