import type { DeliveryRow } from '../delivery/delivery';
import { asFields, asText, type Fields } from '../../protocol/fields';
import type { OutgoingMessage } from '../../protocol/outgoing';
import { changedAt } from './filter';
import { excerpt, strikeSecrets } from '../common/redact';
import { attemptsOf, auditOf, payloadOf } from './rows';

/*
 * What people see of a letter. Only what is named here leaves the row: not the addresses that take answers,
 * not the raw message, nothing that a later version adds.
 */

/** As much as a person reads; the rest stands in the execution. */
const MOST_TEXT = 1500;
const MOST_ENTRIES = 20;

export interface Look {
	/** The text that could not be sent, or the question that could not be answered. */
	text: string;
	/** What stood there before it was edited. */
	original?: string;
	/** Parts of a long text that are out already. */
	sentParts: number;
	attempts: Array<{ at: string; failure: string; message: string }>;
	audit: Array<{ at: string; by: string; action: string; note: string }>;
}

const cut = (text: unknown): string => {
	const clean = strikeSecrets(typeof text === 'string' ? text : '');
	return clean.length > MOST_TEXT ? `${clean.slice(0, MOST_TEXT)}…` : clean;
};

const textOf = (message: OutgoingMessage | undefined): string | undefined => message?.text;

/** The text of a row, as it is: for editing. Of an execution, the texts of its messages. */
export function fullText(row: DeliveryRow): string {
	const payload = payloadOf(row);
	const { messages } = payload as Fields;
	if (Array.isArray(messages)) {
		return messages.map((message) => asText(asFields(message).text)).join('\n');
	}
	return asText(textOf(payload.unsent?.content) ?? payload.question?.text);
}

/** What a row says, in one line. */
export function briefText(row: DeliveryRow, length: number): string {
	return excerpt(fullText(row) || row.reason, length);
}

export function lookInside(row: DeliveryRow): Look {
	const { unsent, original } = payloadOf(row);
	const first = textOf(original);
	return {
		text: cut(fullText(row)),
		...(first !== undefined && { original: cut(first) }),
		sentParts: Number(unsent?.sentParts) || 0,
		attempts: attemptsOf(row)
			.slice(-MOST_ENTRIES)
			.map(({ at, class: failureClass, code, message }) => ({
				at,
				failure: [failureClass, code].filter((part) => part !== '').join(' '),
				message: excerpt(message, 300),
			})),
		audit: auditOf(row)
			.slice(-MOST_ENTRIES)
			.map(({ at, by, action, note }) => ({ at, by, action, note: excerpt(note, 300) })),
	};
}

export interface GroupLook {
	first: DeliveryRow;
	count: number;
	/** ms since 1970. */
	firstAt: number;
	lastAt: number;
}

/** What a group of like failures comes to. */
export function groupLook(rows: DeliveryRow[]): GroupLook {
	const times = rows.map(changedAt);
	return {
		first: rows[0]!,
		count: rows.length,
		firstAt: times.reduce((a, b) => Math.min(a, b)),
		lastAt: times.reduce((a, b) => Math.max(a, b)),
	};
}
