import { dayOf, daysBetween, type TimeContext } from '../common/time';
import { strikeSecrets } from '../common/redact';
import { asText, type Fields } from '../../protocol/fields';

/*
 * The operator's table of every key, `clawbot_keys`: platform secrets, model keys, Robot API keys and whatever
 * else has to be changed some day. It holds no key, only when each was made.
 */

export interface Key {
	name: string;
	/** `robotApi` for those that this package makes; otherwise what the operator likes to call it. */
	kind: string;
	/** Where it is changed and used: a console, a credential. */
	where: string;
	owner: string;
	/** The day it was made, YYYY-MM-DD. */
	issued: string;
	rotatesAfterDays: number;
}

/** A row of the table that says nothing usable, and what is wrong with it. */
export interface KeyProblem {
	name: string;
	problem: string;
}

const DEFAULT_DAYS = 90;

const MOST_DAYS = 3650;

export const ageOf = (key: Key, { now, timezone }: TimeContext): number =>
	daysBetween(key.issued, dayOf(now, timezone));

/** Days until it should be changed: 0 on the day itself, negative after. */
export const daysLeft = (key: Key, time: TimeContext): number =>
	key.rotatesAfterDays - ageOf(key, time);

/** Reads the table. A row that cannot be read is a mistake of that row alone; an empty one is nothing. */
export function readKeys(
	rows: Fields[],
	time: TimeContext,
): { keys: Key[]; mistakes: KeyProblem[] } {
	const keys: Key[] = [];
	const mistakes: KeyProblem[] = [];
	for (const row of rows) {
		const columns = ['name', 'kind', 'where', 'owner'] as const;
		const [name, kind, where, owner] = columns.map((column) => textIn(row[column]));
		if (!name && !kind && !where && !owner && isEmpty(row.issuedAt)) continue;
		const issued = readDay(row.issuedAt, time.timezone);
		const rotatesAfterDays = isEmpty(row.rotatesAfterDays)
			? DEFAULT_DAYS
			: Number(row.rotatesAfterDays);
		const problem = problemOf(name!, issued, rotatesAfterDays, time);
		if (problem) mistakes.push({ name: name || `id ${asText(row.id) || '?'}`, problem });
		else {
			keys.push({
				name: name!,
				kind: kind!,
				where: where!,
				owner: owner!,
				issued: issued!,
				rotatesAfterDays,
			});
		}
	}
	return { keys, mistakes };
}

const isEmpty = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** One line of bounded length: the table is typed by hand, and people paste keys into the wrong field. */
const textIn = (value: unknown): string =>
	strikeSecrets(asText(value).slice(0, 400)).replace(/\s+/gu, ' ').trim().slice(0, 80);

/** A date column comes as a date or as ISO 8601; a day alone means that day wherever n8n runs. */
function readDay(value: unknown, timezone: string): string | undefined {
	const text = value instanceof Date ? value.getTime() : value;
	if (typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text.trim())) {
		const day = text.trim();
		return Number.isNaN(Date.parse(day)) ? undefined : day;
	}
	const ms = typeof text === 'number' ? text : Date.parse(asText(text));
	return ms > 0 && ms < 8.64e15 ? dayOf(ms, timezone) : undefined;
}

function problemOf(
	name: string,
	issued: string | undefined,
	rotatesAfterDays: number,
	{ now, timezone }: TimeContext,
): string | undefined {
	if (!name) return '缺少名称 name is empty';
	if (!issued) return '缺少启用日期，或写法不对 issuedAt is no date';
	if (daysBetween(dayOf(now, timezone), issued) > 0) {
		return `启用日期在将来 issuedAt ${issued} is in the future`;
	}
	if (issued < '2000') return `启用日期太早 issuedAt ${issued} is too long ago`;
	if (!Number.isInteger(rotatesAfterDays) || rotatesAfterDays < 1 || rotatesAfterDays > MOST_DAYS) {
		return `rotatesAfterDays 应为 1 到 ${MOST_DAYS} 的整数 is no whole number from 1 to ${MOST_DAYS}`;
	}
	return undefined;
}
