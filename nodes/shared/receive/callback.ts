import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IHookFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import type { DecodedMessage } from '../../../protocol/message';
import type { TokenSource } from '../http/authenticate';
import { makeAnswersReady } from './answersReady';

/* What a platform's folder says about its HTTP callbacks, and what publishing a workflow does with it. */

/** A request as the platform sent it. Header names are lower case, `body` holds the exact bytes. */
export interface RawRequest {
	method: string;
	headers: Record<string, unknown>;
	query: Record<string, unknown>;
	body: Buffer;
}

/** What the platform reads as an answer to its request. */
export interface HttpAnswer {
	/** Sent as it is; an object as JSON. */
	body: string | object;
	contentType: string;
}

/** What a verified request turned out to be. */
export type DecodedRequest =
	/** A challenge or probe: answered here and now, no execution. */
	{ answer: HttpAnswer } | ReceivedMessage;

/** A message; `acknowledgement` goes out when n8n has stored it. */
export interface ReceivedMessage {
	message: DecodedMessage;
	acknowledgement: HttpAnswer;
}

/** How the HTTP callbacks of one kind of bot are read: all that differs between the platforms. */
export interface HttpCallback {
	/** Name of the credential type. */
	credential: string;
	/** Looks up what decoding needs beside the credential: once, briefly, and without ever failing. */
	prepare?(
		ctx: IWebhookFunctions | IHookFunctions,
		credential: ICredentialDataDecryptedObject,
	): Promise<void>;
	/** The workflow is published: callbacks of this credential begin anew. */
	published?(credential: ICredentialDataDecryptedObject): void;
	/** The access token that answers carry; left out where they carry none, or it is fetched anyhow. */
	answersBy?: TokenSource;
	/** Verifies the raw bytes, then decodes them. Throws `Refused`, which becomes the uniform refusal. */
	decode(
		request: RawRequest,
		credential: ICredentialDataDecryptedObject,
		nowMs: number,
	): DecodedRequest;
	/** What is missing in a credential for receiving, in words; undefined where nothing is. */
	missing(credential: ICredentialDataDecryptedObject): string | undefined;
}

/** The callbacks that a trigger node is set to. */
export type CallbackOf = (ctx: IWebhookFunctions | IHookFunctions) => HttpCallback;

/**
 * The life cycle of a trigger's webhook. The URL itself is entered in the platform's console, by hand;
 * what can be checked when the workflow is published is whether every callback would be refused.
 */
export function webhookMethodsFor(callbackOf: CallbackOf) {
	return {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const callback = callbackOf(this);
				const credential = await this.getCredentials(callback.credential);
				const missing = callback.missing(credential);
				if (missing) throw new UserError(`${this.getNode().name}: ${missing}`);
				callback.published?.(credential);
				await callback.prepare?.(this, credential);
				makeAnswersReady(this, callback, credential);
				return true;
			},
			create: nothingToDo,
			delete: nothingToDo,
		},
	};
}

async function nothingToDo(this: IHookFunctions): Promise<boolean> {
	return true;
}
