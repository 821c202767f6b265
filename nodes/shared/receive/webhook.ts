import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHookFunctions,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import type { BotMessage } from '../../../protocol/message';
import { MAX_BODY_BYTES, Refused } from '../../../protocol/verify';
import { triggerCredentialOf } from '../http/credentials';
import { DEFAULT_MAX_AGE_MINUTES } from './fields';
import { inboxOf, type NoteStore } from './inbox';

/** A request as the platform sent it. Header names are lower case, `body` holds the exact bytes. */
export interface RawRequest {
	method: string;
	headers: Record<string, unknown>;
	query: Record<string, unknown>;
	body: Buffer;
}

/** What the platform reads as an answer. */
export interface Reply {
	/** Sent as it is; an object as JSON. */
	body: string | object;
	contentType: string;
}

/** What a verified request turned out to be. */
export type Opened =
	/** A challenge or probe: answered here and now, no execution. */
	| { answer: Reply }
	/** A message; `acknowledgement` goes out when n8n has stored it. */
	| { message: BotMessage; acknowledgement: Reply };

/** How one kind of bot is received: the only part of a trigger that differs between platforms. */
export interface Channel {
	/** Name of the credential type. */
	credential: string;
	/** Looks up what reading needs beside the credential: once, briefly, and without ever failing. */
	prepare?(
		ctx: IWebhookFunctions | IHookFunctions,
		credential: ICredentialDataDecryptedObject,
	): Promise<void>;
	/** Verifies the raw bytes, then reads them. Throws `Refused`, which becomes the uniform refusal. */
	open(request: RawRequest, credential: ICredentialDataDecryptedObject, nowMs: number): Opened;
	/** What is missing in a credential for receiving, in words; undefined where nothing is. */
	missing(credential: ICredentialDataDecryptedObject): string | undefined;
}

/**
 * Receives one callback request for a trigger node.
 *
 * 1. Bytes are bounded, verified and read by the channel; every failure gets the same refusal.
 * 2. Challenges are answered; unwanted and too old messages are acknowledged and dropped.
 * 3. The inbox admits each message once; messages that arrive together become one execution.
 * 4. The acknowledgement goes out when n8n has stored that execution.
 */
export async function receive(
	ctx: IWebhookFunctions,
	channel: Channel,
): Promise<IWebhookResponseData> {
	const now = Date.now();
	const credential = await triggerCredentialOf(ctx, channel.credential, now).catch(() => undefined);
	// Not the caller's fault; but an error thrown here would store an execution for every stranger's call.
	if (!credential) return decline(ctx, 503, 'the credential cannot be read');
	await channel.prepare?.(ctx, credential);
	let opened: Opened;
	try {
		opened = channel.open(await readRequest(ctx), credential, now);
	} catch (error) {
		// Anything but a refusal here is a body of a shape that nobody thought of.
		const reason = error instanceof Refused ? error.reason : 'malformed';
		return decline(ctx, 401, `a callback was refused (${reason})`);
	}
	if ('answer' in opened) return answer(ctx, opened.answer);

	const { message, acknowledgement } = opened;
	if (!wanted(ctx, message, now)) return answer(ctx, acknowledgement);
	setContentType(ctx, acknowledgement);
	// A test run from the editor stands beside production: it neither claims messages nor remembers them.
	if (ctx.getMode() === 'manual') {
		return { workflowData: [[toItem(message)]], webhookResponse: acknowledgement.body };
	}
	return await takeIn(ctx, message, acknowledgement);
}

async function readRequest(ctx: IWebhookFunctions): Promise<RawRequest> {
	const request = ctx.getRequestObject();
	if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
		throw new Refused('tooLarge');
	await request.readRawBody();
	const body = request.rawBody ?? Buffer.alloc(0);
	if (body.length > MAX_BODY_BYTES) throw new Refused('tooLarge');
	return { method: request.method, headers: request.headers, query: request.query, body };
}

/** Acknowledges what the node's parameters leave out without starting anything. */
function wanted(ctx: IWebhookFunctions, message: BotMessage, nowMs: number): boolean {
	const events = ctx.getNodeParameter('events', ['message']) as string[];
	if (!events.includes(message.kind)) return false;
	const options = ctx.getNodeParameter('options', {}) as {
		includeRaw?: boolean;
		maxAgeMinutes?: number;
		olderMessages?: 'drop' | 'flag';
	};
	if (!options.includeRaw) delete message.raw;
	const maxAgeMs = (options.maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES) * 60_000;
	if (nowMs - Date.parse(message.sentAt) <= maxAgeMs) return true;
	if (options.olderMessages !== 'flag') return false;
	message.stale = true;
	return true;
}

async function takeIn(
	ctx: IWebhookFunctions,
	message: BotMessage,
	acknowledgement: Reply,
): Promise<IWebhookResponseData> {
	const note = ctx.getWorkflowStaticData('global') as NoteStore;
	const node = ctx.getNode();
	const inbox = inboxOf(ctx.getWorkflow().id ?? '', node.id, note);
	// Message ids repeat between conversations on some platforms.
	const key = JSON.stringify([node.id, message.conversationId, message.messageId]);
	const admission = await inbox.admit(key, message);

	if (admission.role === 'duplicate') return { webhookResponse: acknowledgement.body };
	if (admission.role === 'follower') {
		if (await admission.stored) return { webhookResponse: acknowledgement.body };
		// Not stored, so not acknowledged: the platform delivers it again.
		ctx.getResponseObject().status(503).end();
		return { noWebhookResponse: true };
	}

	const { window } = admission;
	whenEnded(ctx.getResponseObject(), () => window.close());
	return {
		workflowData: [[...window.messages.values()].map(toItem)],
		// n8n reads this when it has stored the execution, and saves static data before it answers.
		get webhookResponse() {
			window.markStored(note);
			return acknowledgement.body;
		},
	};
}

/**
 * n8n ends a response with the acknowledgement or with its error, also where the caller has gone
 * meanwhile. Events do not tell: `close` may have come already, `finish` may never come.
 */
function whenEnded(response: ReturnType<IWebhookFunctions['getResponseObject']>, act: () => void) {
	const end = response.end.bind(response) as (...parts: unknown[]) => typeof response;
	response.end = ((...parts: unknown[]) => {
		act();
		return end(...parts);
	}) as typeof response.end;
}

function toItem(message: BotMessage): INodeExecutionData {
	return { json: message as unknown as IDataObject };
}

function setContentType(ctx: IWebhookFunctions, reply: Reply): void {
	ctx.getResponseObject().setHeader('content-type', reply.contentType);
}

function answer(ctx: IWebhookFunctions, reply: Reply): IWebhookResponseData {
	setContentType(ctx, reply);
	ctx.getResponseObject().status(200).send(reply.body);
	return { noWebhookResponse: true };
}

/** One line a minute per node and reason: whoever is refused cannot fill the log. */
const LOG_INTERVAL_MS = 60_000;
const lastLogged = new Map<string, number>();

/** Says no to the caller in one way, whatever the reason, which is for the log. */
function decline(ctx: IWebhookFunctions, status: 401 | 503, reason: string): IWebhookResponseData {
	const key = `${ctx.getNode().id} ${reason}`;
	if (Date.now() - (lastLogged.get(key) ?? 0) > LOG_INTERVAL_MS) {
		lastLogged.set(key, Date.now());
		ctx.logger.warn(`${ctx.getNode().name}: ${reason}`, { workflowId: ctx.getWorkflow().id });
	}
	const error = status === 401 ? 'unauthorized' : 'unavailable';
	ctx.getResponseObject().status(status).json({ error });
	return { noWebhookResponse: true };
}

/**
 * Checked when the workflow is published: a trigger that would refuse every callback says so there.
 * The callback URL itself is entered in the platform's console, by hand.
 */
export async function assertConfigured(ctx: IHookFunctions, channel: Channel): Promise<boolean> {
	const credential = await ctx.getCredentials(channel.credential);
	const missing = channel.missing(credential);
	if (missing) throw new UserError(`${ctx.getNode().name}: ${missing}`);
	await channel.prepare?.(ctx, credential);
	return true;
}
