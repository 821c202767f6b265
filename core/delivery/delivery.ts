import type { TargetType } from '../../protocol/capabilities';
import type { BotMessage, Platform, ReplyTo } from '../../protocol/message';
import type { OutgoingMessage, TextMessage } from '../../protocol/outgoing';
import type { ShownMessage } from './execution';
import type { FailureClass } from '../../protocol/errors';

/* What waits in the delivery queue, and what is kept of it when it is dead. */

/** Whom a message that answers nothing goes to. A group robot knows its group by itself. */
export interface Target {
	/** Left out for a group robot. */
	type?: TargetType;
	ids?: string[];
	/** What Feishu’s ids of people are; left out: as they look, which is right for all but odd user ids. */
	idType?: 'open_id' | 'union_id' | 'user_id' | 'email';
}

/** Everything that is needed to send a message again as the same message. */
export interface Unsent {
	platform: Platform;
	/** `reply` answers a message; `app` and `groupRobot` write on their own account. */
	via: 'reply' | 'app' | 'groupRobot';
	/** `via: 'reply'`. */
	replyTo?: ReplyTo;
	/** `via: 'app'`. */
	target?: Target;
	content: OutgoingMessage;
	longText: 'split' | 'refuse';
	/** Of the idempotency keys: the same for every repetition. */
	seed: string;
	/** Parts of a long text that are out already, and the platform's ids of them. */
	sentParts: number;
	messageIds: string[];
	/** The platform takes the same message with the same key once: an unknown outcome may be repeated. */
	repeatable: boolean;
}

/** `alert` goes before `answer`, `answer` before `broadcast`. */
export type Priority = 'alert' | 'answer' | 'broadcast';

export type DeliveryKind =
	/** A text for somebody who asked. */
	| 'answer'
	/** A message to a bot that the model could not answer yet: the whole message is kept. */
	| 'question'
	/** A text that a workflow sends on its own account. */
	| 'notification'
	/** An n8n execution that could not be recovered. */
	| 'execution'
	/** A workflow that failed. */
	| 'failure';

export type DeliveryStatus =
	/** Tried again when it is due. */
	| 'waiting'
	/** Given up: a person decides. */
	| 'dead'
	/** It may have been sent, and repeating it could send it twice: a person decides. */
	| 'uncertain'
	| 'delivered'
	/** Became part of another message: a digest. */
	| 'merged'
	| 'discarded';

/** One attempt, as people see it. */
export interface Attempt {
	/** ISO 8601. */
	at: string;
	class: FailureClass | 'delivered' | 'crashed';
	code: string;
	message: string;
}

/** Who did what to a dead letter. */
export interface AuditEntry {
	/** ISO 8601. */
	at: string;
	by: string;
	action: 'replay' | 'edit' | 'discard';
	note: string;
}

/**
 * A row of the table `clawbot_deliveries`: the same columns in n8n's Data Table and in Postgres. Times are ms
 * since 1970. Nested values are JSON in a string, because a Data Table has plain columns only.
 */
export interface DeliveryRow {
	/** Tells this delivery from all others; the same when it is handed in again. */
	key: string;
	/** Goes up by one with every change: a change that expects another version does nothing. */
	version: number;
	kind: DeliveryKind;
	status: DeliveryStatus;
	/** 0 alert, 1 answer, 2 broadcast. */
	priority: number;
	platform: string;
	/** `app`, `groupRobot`, `aiBot`. */
	bot: string;
	/** Conversation or target, for people and for the order. */
	conversation: string;
	/** When it is tried; for one under way, when its lease ends. */
	dueAt: number;
	/** The lease: set while an attempt is under way. It begins with the process that took it. */
	claim: string;
	attempts: number;
	deadlineAt: number;
	class: string;
	code: string;
	/** Like failures have the same one. */
	fingerprint: string;
	/** The other side's words about the last failure, without secrets. */
	reason: string;
	/** JSON of `Payload`. */
	payload: string;
	/** JSON of `Attempt[]`. */
	history: string;
	/** JSON of `AuditEntry[]`. */
	audit: string;
	workflowId: string;
	executionId: string;
	/** `open`: its group of like failures has been reported; `closed`: that it is drained, too. */
	announced: '' | 'open' | 'closed';
	/** Of an answer or a question: when the message came in, which is the order in which they go. */
	createdAtMs: number;
	/** When it reached its last status; 0 while it waits. */
	settledAtMs: number;
}

/** What a row carries: one of these, by its kind. */
export interface Payload {
	/** `answer`, `notification`. */
	unsent?: Unsent;
	/** `question`: the trigger's item. */
	question?: BotMessage;
	/** What stood there before somebody edited it. */
	original?: OutgoingMessage;
	/** `execution`: enough of its messages for people to know what it is about. */
	messages?: ShownMessage[];
	/** `failure`: where it failed. */
	workflow?: string;
	node?: string;
	url?: string;
}

/** A row with its JSON read. */
export interface QueueEntry {
	row: DeliveryRow;
	payload: Payload;
	history: Attempt[];
	audit: AuditEntry[];
}

/** What other workflows hand to `deliver-message`. */
export interface DeliveryRequest {
	/** Hand in the same key again and nothing is sent again. Left out: every call is a new message. */
	key?: string;
	platform: Platform;
	/** Default `groupRobot`. */
	via?: 'app' | 'groupRobot';
	/** `via: 'app'`. */
	target?: Target;
	/** At most 100,000 bytes. */
	text: string;
	/** Default `text`. */
	format?: TextMessage['type'];
	title?: string;
	mentionIds?: string[];
	mentionAll?: boolean;
	/** Default `broadcast`. */
	priority?: Priority;
	/** ISO 8601; default in 24 h. */
	deadline?: string;
}
