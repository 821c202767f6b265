import type { IExecuteFunctions } from 'n8n-workflow';
import type { Priority, Target, Unsent } from '../../../core/delivery/delivery';
import type { Capabilities, RouteCapabilities, RouteName } from '../../../protocol/capabilities';
import type { Platform, ReplyTo } from '../../../protocol/message';
import type { OutgoingMessage } from '../../../protocol/outgoing';
import type { TextLimit, Written } from '../../../protocol/written';
import type { BotKind } from '../node/authentication';
import type { CredentialType } from '../http/credentials';
import type { RefusedRecipients } from './delivery';

/*
 * What passes between those who send and each platform's folder: the platform gives one `PlatformAdapter`,
 * and gets a `SendContext`.
 */

/**
 * Where a message's words come from. It decides whether a second try sends the same words: a `model` finds
 * others, a `text` of a parameter is the same, and the `queue` has kept them, with whether they may be out.
 */
export type SendOrigin = 'model' | 'text' | 'queue';

/** What is said, and what becomes of a text that is longer than one message. */
export interface Content {
	message: OutgoingMessage;
	longText: Unsent['longText'];
}

/** A message on its way out: all that sending it needs, and how far it has come. */
export interface SendContext extends Content {
	readonly ctx: IExecuteFunctions;
	readonly itemIndex: number;
	readonly adapter: PlatformAdapter;
	/** Whether it answers `replyTo`, or is written unasked: to `target`, or to the group robot's group. */
	readonly via: Unsent['via'];
	readonly replyTo?: ReplyTo;
	/** Becomes those who are left where sending fails on its way. */
	target?: Target;
	readonly origin: SendOrigin;
	/**
	 * Tells the message from all others, and is the same however often it is sent: its idempotency keys are
	 * made from it. Of an answer it is the answer key.
	 */
	readonly seed: string;
	readonly priority: Priority;
	/** Answer keys of the messages that were collected into the one that is answered. */
	readonly collected: readonly string[];
	/** It may be out, in other words or as part of another answer: nothing is sent, a person looks. */
	mayBeOut: boolean;
	/** Messages of a long text that are out, and the platform's ids of them. */
	sentParts: number;
	messageIds: string[];
}

/** One message of a delivery: the whole, or a part of a long text. */
export interface Part {
	message: Written;
	/** From 0 on. */
	index: number;
	/** Whom it goes to; none for an answer and for a group robot. */
	ids: readonly string[];
}

/** What the platform said to one message that it took. */
export interface Sent {
	/** Undefined where the platform gives none. */
	messageId?: string;
	refused?: RefusedRecipients;
}

/** A way in which messages leave: what it can do, and how it sends one message. */
export interface Route {
	name: RouteName;
	capabilities: RouteCapabilities;
	/** A message as the route shows it: its Markdown in the platform's dialect, or as plain text. */
	written(message: OutgoingMessage): Written;
	/**
	 * How long a text one message takes.
	 * @throws Error where mentions leave no room for a text
	 */
	textLimit(message: OutgoingMessage): TextLimit;
	/** Whether an unknown outcome may be repeated; left out: as the capabilities say. */
	isRepeatable?(context: SendContext): boolean;
	/** @throws RequestError, NodeOperationError */
	send(context: SendContext, part: Part): Promise<Sent>;
}

export type ReplyToOf<P extends Platform> = Extract<ReplyTo, { platform: P }>;

export interface PlatformAdapter {
	platform: Platform;
	capabilities: Capabilities;
	/** By the kind of bot, of those that the platform has. */
	credentials: Readonly<Partial<Record<BotKind | 'aiBot', CredentialType>>>;
	/** The bots that write unasked, of those that the platform has. */
	app?: Route;
	groupRobot?: Route;
	/** The route of an answer as things stand when it is sent. It gets messages of its own platform only. */
	replyRoute(replyTo: ReplyTo): Route;
}
