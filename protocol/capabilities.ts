import type { OutgoingMessage, TextMessage } from './outgoing';

/*
 * What the platforms can do, as data. Each platform's `capabilities.ts` is one value of the type
 * `Capabilities`; whoever has to know what a platform can do reads it there.
 */

/** Ways in which only answers leave. */
type AnswerRoute = 'session' | 'aiBot' | 'connection';

/** A way in which a message leaves. */
export type RouteName = 'app' | 'groupRobot' | AnswerRoute;

/** What a message can be sent to; `chat` is a group by its id. */
export type TargetType = 'chat' | 'users' | 'departments' | 'tags';

export interface TargetCapability {
	/** Ids that one delivery may name. Left out: any number. */
	maxIds?: number;
	/** A message takes one id: several get one message each. */
	oneByOne?: true;
}

/**
 * What a platform makes of a message that is sent again because nobody knows whether it arrived:
 * - it knows the message again by its idempotency key or by its content, and shows it once. `forMs` is how
 *   long it remembers; left out: not published
 * - it refuses the repetition, without saying whether the first one arrived
 * - it shows the message again
 */
export type Repetition = { knownBy: 'key' | 'content'; forMs?: number } | 'refused' | 'shownAgain';

type Format = TextMessage['type'];

export interface RouteCapabilities {
	/** Whom it writes to unasked. Empty: a group robot knows its group, an answer its conversation. */
	targets: Readonly<Partial<Record<TargetType, TargetCapability>>>;
	/** Members of an outgoing message that it shows; of any other it shows the text. */
	shows: ReadonlyArray<OutgoingMessage['type']>;
	/** The longest text of one message, in what the platform counts: mostly UTF-8 bytes. */
	maxText: Readonly<Record<Format, number>>;
	/** It takes one message only: a longer text is cut. */
	oneMessage?: true;
	repetition: Repetition;
	/** Whom a message of each format can mention; of a route without mentions they are left out. */
	mentions: Readonly<Record<Format, ReadonlyArray<'people' | 'everybody'>>>;
}

export interface Capabilities {
	/** As people know the platform. */
	name: string;
	chineseName: string;
	routes: Readonly<
		Record<'app' | 'groupRobot', RouteCapabilities> &
			Partial<Record<AnswerRoute, RouteCapabilities>>
	>;
}

/** Whether an unknown outcome may be repeated: the same message is shown once. */
export function isRepeatable({ repetition }: RouteCapabilities): boolean {
	return typeof repetition === 'object';
}
