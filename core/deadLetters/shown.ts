import { attemptsOf, auditOf } from '../delivery/history';
import type { DeliveryRow } from '../delivery/delivery';
import { asFields, asText, parseJson } from '../../protocol/fields';
import { isText, type OutgoingMessage } from '../../protocol/outgoing';
import { changedAt } from './filter';
import { excerpt, strikeSecrets } from '../common/redact';
import { payloadOf } from './rows';
import { messageTypeName } from './words';

/*
 * What people see of a letter. Only what is named here leaves the row: not the addresses that take answers,
 * not the raw message, nothing that a later version adds.
 */

/** As much as a person reads; the rest stands in the execution. */
const MOST_TEXT = 1500;
const MOST_ENTRIES = 20;

export interface LetterDetails {
	/** The message that could not be sent, or the question that could not be answered. */
	text: string;
	/** What stood there before it was edited. */
	original?: string;
	/** Parts of a long text that are out already. */
	sentParts: number;
	/** The latest attempts that failed. The row's own count begins anew with each replay. */
	attempts: Array<{ at: string; failure: string; message: string }>;
	/** How many there are before those. */
	earlierAttempts: number;
	audit: Array<{ at: string; by: string; action: string; note: string }>;
}

const cut = (text: string): string => {
	const clean = strikeSecrets(text);
	return clean.length > MOST_TEXT ? `${clean.slice(0, MOST_TEXT)}…` : clean;
};

/** A message for people: what it is, unless it is a text, and what it says. */
function messageText(message: OutgoingMessage): string {
	if (isText(message)) return message.text;
	const name = `[${messageTypeName(message.type)}]`;
	switch (message.type) {
		case 'card': {
			const buttons = message.buttons.map(({ text, url }) => `▸ ${text}: ${url}`);
			return [`${name} ${message.title}`, message.text, ...buttons].join('\n');
		}
		case 'raw':
			return `${name}\n${message.text}`;
		default:
			return [`${name} ${message.media.name ?? ''}`.trim(), message.text].join('\n');
	}
}

/** What a row says. Of an execution, the texts of its messages; of a damaged row, what can be found. */
function fullText(row: DeliveryRow): string {
	const { unsent, question, messages } = payloadOf(row);
	if (unsent) return messageText(unsent.content);
	if (question) return asText(question.text);
	if (messages) return messages.map(({ text }) => text).join('\n');
	const damaged = asFields(asFields(parseJson(row.payload)).unsent);
	return asText(asFields(damaged.content).text);
}

/** The text that a person may edit, as it is; undefined where there is none. */
export function editableText(row: DeliveryRow): string | undefined {
	const content = payloadOf(row).unsent?.content;
	return content && isText(content) ? content.text : undefined;
}

/** What a row says, in one line. */
export function briefText(row: DeliveryRow, length: number): string {
	return excerpt(fullText(row) || row.reason, length);
}

export function detailsOf(row: DeliveryRow): LetterDetails {
	const { unsent, original } = payloadOf(row);
	const attempts = attemptsOf(row);
	return {
		text: cut(fullText(row)),
		...(original && { original: cut(messageText(original)) }),
		sentParts: unsent?.sentParts ?? 0,
		attempts: attempts.slice(-MOST_ENTRIES).map(({ at, class: failureClass, code, message }) => ({
			at,
			failure: [failureClass, code].filter((part) => part !== '').join(' '),
			message: excerpt(message, 300),
		})),
		earlierAttempts: Math.max(0, attempts.length - MOST_ENTRIES),
		audit: auditOf(row)
			.slice(-MOST_ENTRIES)
			.map(({ at, by, action, note }) => ({ at, by, action, note: excerpt(note, 300) })),
	};
}

/** What stands above the attempts: how many they are, as they are listed. */
export function attemptsTitle({ attempts, earlierAttempts }: LetterDetails): string {
	const count = attempts.length + earlierAttempts;
	const latest = `最近 ${attempts.length} 次 The latest ${attempts.length}`;
	const title = `失败的尝试 Failed attempts (${count})`;
	return earlierAttempts > 0 ? `${title} · ${latest}` : title;
}

/** What a group of like failures comes to. */
export interface GroupSummary {
	first: DeliveryRow;
	count: number;
	/** ms since 1970. */
	firstAt: number;
	lastAt: number;
}

export function summaryOf(rows: DeliveryRow[]): GroupSummary {
	const times = rows.map(changedAt);
	return {
		first: rows[0]!,
		count: rows.length,
		firstAt: times.reduce((a, b) => Math.min(a, b)),
		lastAt: times.reduce((a, b) => Math.max(a, b)),
	};
}
