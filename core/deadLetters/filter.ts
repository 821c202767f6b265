import type { DeliveryRow } from '../delivery/delivery';
import { groupOf, isOpen } from './rows';
import { isCodeOf } from '../common/codes';
import { readDuration } from '../common/time';
import { choiceOf, isChosen } from './words';

/** What is looked for. Everything that is set must hold. */
export interface Filter {
	platform?: string;
	bot?: string;
	class?: string;
	code?: string;
	kind?: string;
	conversation?: string;
	/** Code of a group. */
	group?: string;
	/** Left out: dead and uncertain ones. `all`: whatever status. */
	status?: string;
	/** Older or younger than this, in ms since it got its status. */
	olderThanMs?: number;
	youngerThanMs?: number;
}

/** Other names of fields and values, as people type them. */
const FIELDS: Readonly<Record<string, keyof Filter | 'age'>> = {
	platform: 'platform',
	平台: 'platform',
	bot: 'bot',
	机器人: 'bot',
	class: 'class',
	类别: 'class',
	code: 'code',
	错误码: 'code',
	kind: 'kind',
	种类: 'kind',
	conversation: 'conversation',
	会话: 'conversation',
	group: 'group',
	组: 'group',
	status: 'status',
	状态: 'status',
	age: 'age',
	时长: 'age',
};

/** Further names of platforms, as people type them. */
const PLATFORM_NAMES: Readonly<Record<string, string>> = { lark: 'feishu', 企微: 'wecom' };

/**
 * What a field of a filter looks for.
 * @param operator `=`; of an age `<` or `>`
 * @returns undefined where no letter could be meant by it
 */
export function readField(
	name: keyof Filter | 'age',
	operator: string,
	value: string,
): Filter | undefined {
	if (name === 'age') {
		const ms = readDuration(value);
		if (ms === undefined || operator === '=') return undefined;
		return operator === '>' ? { olderThanMs: ms } : { youngerThanMs: ms };
	}
	if (operator !== '=') return undefined;
	if (name === 'group') return /^[a-z2-7]{4,24}$/i.test(value) ? { group: value } : undefined;
	if (!isChosen(name)) return { [name]: value };
	const text = name === 'platform' ? (PLATFORM_NAMES[value.toLowerCase()] ?? value) : value;
	const choice = choiceOf(name, text);
	return choice === undefined ? undefined : { [name]: choice };
}

/**
 * Reads `platform=feishu age>2h` and the like into a filter.
 * @returns the filter, or the word that is not understood
 */
export function readFilter(words: string[]): { filter: Filter } | { wrong: string } {
	const filter: Filter = {};
	for (const word of words) {
		const [, name, operator, value] = /^([^=<>]+)([=<>])(.+)$/su.exec(word) ?? [];
		const key = name?.toLowerCase() ?? '';
		const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
		const read = field && operator && value && readField(field, operator, value);
		if (!read) return { wrong: word };
		Object.assign(filter, read);
	}
	return { filter };
}

const same = (wanted: string | undefined, value: string): boolean =>
	!wanted || value.toLowerCase() === wanted.toLowerCase();

/** The rows that a filter leaves, newest first. */
export function filterRows(rows: DeliveryRow[], filter: Filter, now: number): DeliveryRow[] {
	const { status, group, conversation, olderThanMs, youngerThanMs } = filter;
	return rows
		.filter(
			(row) =>
				(status === 'all' || (status ? same(status, row.status) : isOpen(row))) &&
				same(filter.platform, row.platform) &&
				same(filter.bot, row.bot) &&
				same(filter.class, row.class) &&
				same(filter.code, row.code) &&
				same(filter.kind, row.kind) &&
				(!conversation || row.conversation.includes(conversation)) &&
				(!group || isCodeOf(group, groupOf(row))) &&
				(olderThanMs === undefined || now - changedAt(row) > olderThanMs) &&
				(youngerThanMs === undefined || now - changedAt(row) < youngerThanMs),
		)
		.sort((a, b) => changedAt(b) - changedAt(a) || (a.key < b.key ? -1 : 1));
}

/** A group of like failures by its code, or all since a time, ms since 1970. */
export type Many = { group: string } | { since: number };

/** The dead and uncertain ones of a group, or those that died since a time. */
export function openAmong(rows: DeliveryRow[], which: Many): DeliveryRow[] {
	return rows.filter(
		(row) =>
			isOpen(row) &&
			('group' in which ? isCodeOf(which.group, groupOf(row)) : row.settledAtMs >= which.since),
	);
}

/** When it got its status; while it waits, when it came. */
export const changedAt = (row: DeliveryRow): number => row.settledAtMs || row.createdAtMs;
