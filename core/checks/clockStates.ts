import type { OperationsNotification } from '../common/notification';
import { asFields, asText } from '../../protocol/fields';
import type { Host, ReadRows as Rows } from '../common/hosts';
import {
	agree,
	between,
	estimate,
	jumpedBack,
	levelOf,
	offsetOf,
	spanOf,
	type Agreement,
	type ClockState,
	type Level,
	type Offset,
	type ClockReading,
} from './clock';
import type { HostAnswer } from './hostAnswers';
import { readingOf, timeServiceOf } from './ntp';
import { notificationOf, type Told } from './clockWords';

export interface ClockCheck {
	/** Of the platforms' clocks. */
	readings: ClockReading[];
	looks: HostAnswer[];
	hosts: Rows<Host>;
	/** Rows of the table. */
	before: unknown[];
	now: number;
}

/** No name that an operator would give to a host. */
export const THIS_MACHINE = '本机 (this n8n)';

const MINUTE = 60_000;
/** A host answers for the check before, ten minutes ago; twice that is too long. */
const LOOK_LIFE_MS = 25 * MINUTE;
/** What cannot be asked for a moment is nobody's concern. */
const UNKNOWN_MS = 25 * MINUTE;
/** As long as a clock is wrong people are reminded once a day. */
const REMIND_MS = 24 * 60 * MINUTE;

interface Finding {
	subject: string;
	level: Level;
	driftMs: number;
	uncertaintyMs: number;
	note: string;
}

/** Judges all clocks: the states to save, and what people are told. */
export function judgeClocks(check: ClockCheck): {
	states: ClockState[];
	notifications: OperationsNotification[];
} {
	const { readings, looks, hosts, now } = check;
	const before = new Map(check.before.map(readState).map((state) => [state.subject, state]));
	const levelBefore = (subject: string): Level => before.get(subject)?.level ?? 'ok';
	const truth = agree(readings);
	const earlier = before.get(THIS_MACHINE);
	const then = earlier && earlier.uncertaintyMs > 0 ? spanOf(earlier) : truth;
	const findings = [
		ofThisMachine(readings, truth, levelBefore(THIS_MACHINE)),
		...hosts.good.map(({ name }) =>
			ofHost(
				name,
				looks.find(({ host }) => host === name),
				then,
				levelBefore(name),
				now,
			),
		),
		...hosts.problems.map((problem) => unknown(problem.split(':')[0]!, problem)),
	];
	const states = findings.map((finding) => next(finding, before.get(finding.subject), now));
	const told = states.filter(({ toldMs }) => toldMs === now);
	return {
		states,
		notifications: told.map((state) =>
			notificationOf(state, before.get(state.subject)?.toldLevel ?? 'ok'),
		),
	};
}

function ofThisMachine(
	readings: ClockReading[],
	truth: Agreement | undefined,
	levelBefore: Level,
): Finding {
	const jumped = readings.some(jumpedBack);
	if (!truth) {
		const errors = readings.map(({ source, error }) => `${source}: ${error ?? '-'}`).join('; ');
		const known = readings.filter((reading) => offsetOf(reading)).length;
		if (jumped) return { ...unknown(THIS_MACHINE, JUMPED), level: 'warn' };
		return unknown(
			THIS_MACHINE,
			known > 0
				? '各平台的时钟互不一致 The platforms’ clocks disagree with each other'
				: `没有平台可以询问 No platform could be asked: ${errors}`,
		);
	}
	const { others } = truth;
	const off =
		others.length > 0 ? `${others.join(', ')} 与其他平台不一致 disagrees with the others` : '';
	const level = levelOf(truth, levelBefore);
	const note = [jumped ? JUMPED : '', off].filter(Boolean).join('; ');
	return {
		subject: THIS_MACHINE,
		level: jumped && level === 'ok' ? 'warn' : level,
		...estimate(truth),
		note,
	};
}

const JUMPED =
	'检查期间时钟被往回拨 The clock was set back during the check: something other than a time service sets it';

function ofHost(
	name: string,
	look: HostAnswer | undefined,
	// Of when the host was asked: our own clock may have jumped since.
	truth: Offset | undefined,
	levelBefore: Level,
	now: number,
): Finding {
	if (!look || now - look.before > LOOK_LIFE_MS) {
		return unknown(
			name,
			'SSH 没有回答（连不上或挂起） SSH did not answer: unreachable, or it hangs',
		);
	}
	const reading = readingOf(look);
	const ours = offsetOf(reading);
	if (!ours) return unknown(name, reading.error ?? JUMPED);
	// Without any platform the host is compared with this machine, which is better than nothing.
	const offset: Offset = truth ? between(truth, ours) : { low: -ours.high, high: -ours.low };
	const level = levelOf(offset, levelBefore);
	const service = timeServiceOf(look);
	const note =
		service === 'unsynchronized'
			? '时间服务没有同步 Its time service is not synchronized'
			: service === 'unknown'
				? '没有找到 chrony 或 systemd-timesyncd No time service was found'
				: '';
	return {
		subject: name,
		// Without a time service a clock that is right today drifts away.
		level: level === 'ok' && service === 'unsynchronized' ? 'warn' : level,
		...estimate(offset),
		note,
	};
}

const unknown = (subject: string, note: string): Finding => ({
	subject,
	level: 'unknown',
	driftMs: 0,
	uncertaintyMs: 0,
	note,
});

function next(finding: Finding, before: ClockState | undefined, now: number): ClockState {
	const same = before?.level === finding.level;
	const state: ClockState = {
		...finding,
		sinceMs: same ? before.sinceMs : now,
		toldLevel: before?.toldLevel ?? 'ok',
		toldMs: before?.toldMs ?? 0,
		checkedMs: now,
	};
	return mustTell(state, now) ? { ...state, toldLevel: state.level, toldMs: now } : state;
}

function mustTell({ level, sinceMs, toldLevel, toldMs }: Told, now: number): boolean {
	// A clock that jumps makes times of the future: those count as long ago.
	const long = (since: number, ms: number): boolean => now - since >= ms || since > now;
	if (level !== toldLevel) return level !== 'unknown' || long(sinceMs, UNKNOWN_MS);
	return level !== 'ok' && long(toldMs, REMIND_MS);
}

const LEVELS: readonly string[] = ['ok', 'warn', 'alarm', 'unknown'] satisfies Level[];

function readState(row: unknown): ClockState {
	const fields = asFields(row);
	const count = (value: unknown): number => Number(asText(value)) || 0;
	const level = (value: unknown): Level =>
		LEVELS.includes(asText(value)) ? (asText(value) as Level) : 'ok';
	return {
		subject: asText(fields.subject),
		level: level(fields.level),
		driftMs: count(fields.driftMs),
		uncertaintyMs: count(fields.uncertaintyMs),
		note: asText(fields.note),
		sinceMs: count(fields.sinceMs),
		toldLevel: level(fields.toldLevel),
		toldMs: count(fields.toldMs),
		checkedMs: count(fields.checkedMs),
	};
}
