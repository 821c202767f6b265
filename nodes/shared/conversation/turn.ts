import type { IExecuteFunctions } from 'n8n-workflow';
import {
	conversationOf,
	topicOf,
	type AnswerableMessage,
	type Platform,
	type ReplyTo,
} from '../../../protocol/message';
import type { PlatformAdapter } from '../send/adapter';
import type { Delivery } from '../send/delivery';
import type { Run } from './run';

/** How long sending may take: a long text goes out in many parts. */
export const SENDING_MS = 3 * 60_000;

/** What answering adds to an item. */
export interface AnswerFields {
	delivery: Delivery;
	[field: string]: unknown;
}

/** What an item brings that wants to answer its message. */
export interface TurnRequest {
	/** Tells this answer from all others, and is the same when the message comes again. */
	answerKey: string;
	/** The conversation, and the bot in it: one answer at a time. */
	conversationKey: string;
	platform: Platform;
	messageId: string;
	/** When the message was written and when it was received, ms since 1970; NaN where that is not known. */
	times: readonly [sentAt: number, receivedAt: number];
	text: string;
	/** Messages that wait one behind the other with the same one become one question. Left out: never. */
	collectKey?: string;
	/** Only a turn takes one of its slots, never an item that waits. */
	run: Run;
	/** Whether the delivery queue gets what fails. */
	isKept: boolean;
	/** Whether the delivery queue brings it back. */
	isRetry: boolean;
	/** How long the turn may take. */
	maxMs: number;
	/** Aborted when the item's execution is cancelled. */
	signal?: AbortSignal;
	/**
	 * The next step, when it is this item's turn.
	 * @param text the message's own, or that of several that became one question
	 * @param collected answer keys of the others
	 */
	answer(text: string, collected: string[]): Promise<AnswerFields>;
}

/** What an item waits for. */
export class Turn {
	readonly outcome: Promise<AnswerFields>;
	/** Settles with `outcome`, and never fails. */
	readonly over: Promise<void>;
	/** The runs that wait for it: its own, and those that brought the same message again. */
	readonly runs: Set<Run>;
	/** Whether the delivery queue has brought it back: then it waits for nothing else that the queue has. */
	mayPass: boolean;
	succeed!: (fields: AnswerFields) => void;
	fail!: (error: unknown) => void;

	constructor(readonly request: TurnRequest) {
		this.runs = new Set([request.run]);
		this.mayPass = request.isRetry;
		this.outcome = new Promise((resolve, reject) => {
			this.succeed = resolve;
			this.fail = reject;
		});
		const done = (): void => undefined;
		this.over = this.outcome.then(done, done);
	}

	get cancelled(): boolean {
		return this.request.signal?.aborted ?? false;
	}
}

type Known = 'conversationKey' | 'platform' | 'messageId' | 'times' | 'text' | 'isKept' | 'isRetry';

/** What a message itself says about its turn. */
export function turnRequest(
	ctx: IExecuteFunctions,
	adapter: PlatformAdapter,
	message: AnswerableMessage,
): Pick<TurnRequest, Known | 'signal'> {
	const { messageId, replyTo, text = '', sentAt, receivedAt } = message;
	return {
		conversationKey: conversationKey(ctx, adapter, replyTo),
		platform: replyTo.platform,
		messageId,
		times: [Date.parse(sentAt), Date.parse(receivedAt)],
		text,
		// Its error output leads there, as in the bundled workflows.
		isKept: ctx.getNode().onError === 'continueErrorOutput',
		isRetry: 'retry' in message,
		signal: ctx.getExecutionCancelSignal(),
	};
}

/**
 * The conversation and topic that an answer belongs to, and the bot in it. The conversation's id tells the
 * bot, except where a message names its kind of bot: there the id is the person's, whichever bot was
 * written to.
 */
export function conversationKey(
	ctx: IExecuteFunctions,
	{ credentials }: PlatformAdapter,
	replyTo: ReplyTo,
): string {
	const bot = 'bot' in replyTo ? replyTo.bot : '';
	const { id } = (bot === 'app' && ctx.getNode().credentials?.[credentials.app?.name ?? '']) || {};
	const place = [conversationOf(replyTo), topicOf(replyTo)];
	return JSON.stringify([replyTo.platform, id ? `${bot} ${id}` : bot, ...place]);
}
