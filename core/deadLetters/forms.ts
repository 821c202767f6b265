import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { html, type Html, type Value } from '../common/html';
import { codeOf } from '../common/codes';
import type { TimeContext } from '../common/time';
import { readField, type Filter } from './filter';

/* What the views of the page have in common. */

export interface PageContext extends TimeContext {
	/** In every form; a request without it changes nothing. */
	csrf: string;
	/** Address of a row's execution; empty where there is none. */
	link(row: DeliveryRow): string;
}

/** Of a form, whose sender is known. */
export type FormContext = PageContext & { by: string };

/** The longest code: forms and links mean one row or group. */
export const fullCode = (text: string): string => codeOf(text, 24);

const FILTER_FIELDS = ['status', 'platform', 'class', 'conversation', 'group', 'age'] as const;

/** What the fields of an address look for, and those of them that no letter could be meant by. */
export function filterOf(query: Fields): { filter: Filter; wrong: WrongField[] } {
	const filter: Filter = {};
	const wrong: WrongField[] = [];
	for (const name of FILTER_FIELDS) {
		const value = asText(query[name]).trim();
		if (value === '') continue;
		// Older than, unless it says otherwise.
		const [, sign = '>', age = ''] = /^([<>])?(.*)$/su.exec(value) ?? [];
		const read = name === 'age' ? readField(name, sign, age.trim()) : readField(name, '=', value);
		if (read) Object.assign(filter, read);
		else wrong.push({ name, value });
	}
	return { filter, wrong };
}

export interface WrongField {
	name: (typeof FILTER_FIELDS)[number];
	value: string;
}

/** An address of this page with these fields. */
export function address(query: Fields, changed: Record<string, string>): string {
	const kept = Object.fromEntries(FILTER_FIELDS.map((name) => [name, asText(query[name])]));
	const fields = Object.entries({ ...kept, ...changed }).filter(([, value]) => value !== '');
	return `?${new URLSearchParams(fields).toString()}`;
}

export const hidden = (fields: Record<string, string>): Html[] =>
	Object.entries(fields).map(
		([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
	);

/** A form that changes something: a button, and what it asks for. */
export function postForm(
	{ csrf }: PageContext,
	fields: Record<string, string>,
	content: Value,
): Html {
	return html`<form method="post" action="?">${hidden({ csrf, ...fields })}${content}</form>`;
}

/** Whether it holds a message at all. */
export const canReplay = ({ kind }: DeliveryRow): boolean =>
	kind !== 'failure' && kind !== 'execution';
