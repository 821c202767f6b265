import { acceptFailure } from '../../../core/delivery/accept';
import type { DeliveryRow, QueueEntry, Payload, Unsent } from '../../../core/delivery/delivery';
import { EMPTY_ROW, isDamaged, readRow } from '../../../core/delivery/row';
import type { BotMessage } from '../../../protocol/message';
import type { TextMessage } from '../../../protocol/outgoing';

/* Deliveries for tests, and what is done with them again and again. */

export const NOW = Date.parse('2026-05-01T10:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const ORIGIN = { workflowId: 'w7', executionId: '70' };

export const middle = (): number => 0.5;

export const content: TextMessage = { type: 'text', text: 'It is ready.' };

export function unsent(fields: Partial<Unsent> = {}): Unsent {
	return {
		platform: 'wecom',
		via: 'groupRobot',
		content,
		longText: 'split',
		seed: 'seed',
		sentParts: 0,
		messageIds: [],
		repeatable: false,
		...fields,
	};
}

export const reply = (fields: Partial<Unsent> = {}): Unsent =>
	unsent({ via: 'reply', platform: 'feishu', replyTo: question().replyTo, ...fields });

export function question(fields: Partial<BotMessage> = {}): BotMessage {
	const { messageId = 'om_1', conversationId = 'oc_1' } = fields;
	return {
		platform: 'feishu',
		kind: 'message',
		messageId,
		conversationId,
		conversationType: 'direct',
		sender: { id: 'ou_1' },
		contentType: 'text',
		text: 'Why?',
		sessionId: 'feishu:1:oc_1::ou_1',
		chatInput: 'Why?',
		mentions: [],
		mentionedBot: false,
		attachments: [],
		replyTo: { platform: 'feishu', messageId, conversationId },
		sentAt: new Date(NOW - 3000).toISOString(),
		receivedAt: new Date(NOW - 2000).toISOString(),
		...fields,
	};
}

export const failure = (fields: object = {}) => ({
	class: 'temporary' as const,
	code: 'HTTP 503',
	message: 'Feishu: busy',
	cure: 'Try again later.',
	...fields,
});

/** A row that waits, of a text unless `payload` says otherwise. */
export function waitingRow(
	fields: Partial<DeliveryRow> = {},
	payload: Payload = { unsent: unsent() },
): DeliveryRow {
	return {
		...EMPTY_ROW,
		key: 'k1',
		version: 3,
		kind: payload.question ? 'question' : 'notification',
		platform: 'wecom',
		bot: 'groupRobot',
		attempts: 1,
		dueAt: NOW - SECOND,
		createdAtMs: NOW - MINUTE,
		deadlineAt: NOW + HOUR,
		payload: JSON.stringify(payload),
		...fields,
	};
}

export function entryOf(row: DeliveryRow): QueueEntry {
	const read = readRow(row);
	if (!read || isDamaged(read)) throw new Error(`Not a whole row: ${JSON.stringify(read)}`);
	return read;
}

/** The row of an item that failed just now. */
export const accept = (item: object, error: object = failure(), random = middle): DeliveryRow =>
	acceptFailure({ ...item, error }, ORIGIN, NOW, random);

export const iso = (ms: number): string => new Date(ms).toISOString();
