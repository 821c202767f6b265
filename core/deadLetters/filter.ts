import type { DeliveryRow } from '../delivery/delivery';
import { groupOf, isOpen } from './rows';
import { isCodeOf } from '../common/codes';
import { readDuration } from '../common/time';

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

const VALUES: Readonly<Record<string, string>> = {
	钉钉: 'dingtalk',
	飞书: 'feishu',
	lark: 'feishu',
	企业微信: 'wecom',
	企微: 'wecom',
	全部: 'all',
};

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
		if (field === undefined || value === undefined) return { wrong: word };
		if (field === 'age') {
			const ms = readDuration(value);
			if (ms === undefined || operator === '=') return { wrong: word };
			filter[operator === '>' ? 'olderThanMs' : 'youngerThanMs'] = ms;
		} else if (operator !== '=') {
			return { wrong: word };
		} else {
			const known = value.toLowerCase();
			(filter as Record<string, string>)[field] = Object.hasOwn(VALUES, known)
				? VALUES[known]!
				: value;
		}
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
