import { NodeApiError, UserError, type INode, type JsonObject } from 'n8n-workflow';
import type { Unsent } from '../../core/delivery/delivery';
import type { Failure } from '../../protocol/errors';

/*
 * Everything that can go wrong on the way out. A caller asks `failureOf` which failure an error is. An error
 * that is no failure is wrong input (n8n's NodeOperationError), a cancelled execution, or a defect of ours.
 */

/** Where a request was made from, for n8n's error view. */
export interface RequestOrigin {
	node: INode;
	/** As people know it: `DingTalk`. */
	service: string;
	itemIndex?: number;
}

/**
 * The other side said no, or did not answer: the class `unknownOutcome` means that nothing came back and the
 * request may have been carried out. `transport.ts` alone makes it.
 * @param failure its message holds no secret
 */
export class RequestError extends NodeApiError {
	constructor({ node, service, itemIndex }: RequestOrigin, failure: Failure) {
		const message = `${service}: ${failure.message || failure.code} (${failure.code})`;
		super(node, { message, code: failure.code } as JsonObject, {
			message,
			description: failure.cure,
			itemIndex,
		});
		// n8n knows its own errors by this name: where it carries on an execution, in its log and its redaction.
		this.name = 'NodeApiError';
		// n8n puts a sentence of its own, without the service's name, in place of a network code.
		this.message = message;
		this.context.failure = failure;
	}
}

/**
 * A message may be out, and no answer of the platform will say so. Nothing sends it again by itself: a
 * person looks.
 */
export class OutcomeUnknown extends UserError {
	readonly context: { failure: Failure };

	constructor(failure: Omit<Failure, 'class'>) {
		super(failure.message);
		this.context = { failure: { class: 'unknownOutcome', ...failure } };
	}

	/** A crash came between sending this answer and knowing of it. */
	static interrupted(): OutcomeUnknown {
		return new OutcomeUnknown({
			code: 'interrupted',
			message: 'An earlier try to send this answer was interrupted: it may be out',
			cure: 'Look into the conversation: send it again only if no answer is there.',
		});
	}

	/** A turn took longer than it may; what it does goes on and may still arrive. */
	static overtime(maxMs: number): OutcomeUnknown {
		return new OutcomeUnknown({
			code: 'OVERTIME',
			message: `There was no answer within ${Math.round(maxMs / 1000)} seconds`,
			cure: 'Look into the conversation whether the answer arrived after all.',
		});
	}
}

/**
 * An error together with the message that it left unsent. Each message has one of its own: messages that
 * wait for the same access token share the cause.
 */
export class SendError extends Error {
	constructor(
		override readonly cause: Error,
		readonly unsent: Unsent,
	) {
		super(cause.message, { cause });
	}
}

/** The execution ended before its message had its turn. */
export class Cancelled extends UserError {
	constructor() {
		super('The execution was cancelled');
	}
}

/** Which failure an error is; undefined where it is none: wrong input, a cancelled execution or a defect. */
export function failureOf(error: unknown): Failure | undefined {
	if (error instanceof SendError) return failureOf(error.cause);
	const isFailure = error instanceof RequestError || error instanceof OutcomeUnknown;
	return isFailure ? (error.context.failure as Failure) : undefined;
}
