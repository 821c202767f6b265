import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { strikeSecrets } from '../../../core/common/redact';
import { MAX_BODY_BYTES, Refused } from '../../../protocol/verify';
import { triggerCredentialOf } from '../http/credentials';
import type {
	CallbackOf,
	DecodedRequest,
	HttpAnswer,
	HttpCallback,
	RawRequest,
	ReceivedMessage,
} from './callback';
import { countCallback } from './expressionEngine';
import { intake, triggerOf, type StartExecution, type Trigger } from './intake';

/**
 * Receives one callback request for a trigger node.
 *
 * 1. Bytes are bounded, verified and decoded; every failure of that gets the same refusal.
 * 2. Challenges are answered; messages go to the intake.
 * 3. The acknowledgement goes out when n8n has stored the execution.
 *
 * Any other error is not the caller's: it is logged, and the platform is asked to send again. Thrown
 * from here, it would store a failed execution for every stranger's request.
 */
export async function receiveCallback(
	ctx: IWebhookFunctions,
	callbackOf: CallbackOf,
): Promise<IWebhookResponseData> {
	try {
		const callback = callbackOf(ctx);
		const decoded = await decodeRequest(ctx, callback);
		if ('answer' in decoded) return answer(ctx, decoded.answer);
		return await answerWhenStored(ctx, decoded, triggerOf(ctx, callback.credential));
	} catch (error) {
		return error instanceof Refused ? refuse(ctx, error) : fail(ctx, error as Error);
	}
}

async function decodeRequest(
	ctx: IWebhookFunctions,
	callback: HttpCallback,
): Promise<DecodedRequest> {
	const now = Date.now();
	const credential = await triggerCredentialOf(ctx, callback.credential, now);
	await callback.prepare?.(ctx, credential);
	return callback.decode(await readRequest(ctx), credential, now);
}

async function readRequest(ctx: IWebhookFunctions): Promise<RawRequest> {
	const request = ctx.getRequestObject();
	if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
		throw new Refused('tooLarge');
	// It fails for what the sender did: a body that breaks off, or is not packed as its header says.
	await request.readRawBody().catch(() => {
		throw new Refused('malformed');
	});
	const body = request.rawBody ?? Buffer.alloc(0);
	if (body.length > MAX_BODY_BYTES) throw new Refused('tooLarge');
	return { method: request.method, headers: request.headers, query: request.query, body };
}

/**
 * Hands a message to the intake. Where it leads a batch, this request starts the execution: n8n stores
 * what is returned here, then answers. All others are answered when that is over.
 */
async function answerWhenStored(
	ctx: IWebhookFunctions,
	{ message, acknowledgement }: ReceivedMessage,
	trigger: Trigger,
): Promise<IWebhookResponseData> {
	let lead!: (data: IWebhookResponseData) => void;
	const leading = new Promise<IWebhookResponseData>((resolve) => (lead = resolve));
	const start: StartExecution = async (items, markStored) => {
		setContentType(ctx, acknowledgement);
		const over = ended(ctx.getResponseObject());
		lead({
			workflowData: [items],
			// n8n reads this when it has stored the execution, and saves static data before it answers.
			get webhookResponse() {
				markStored(trigger.note);
				return acknowledgement.body;
			},
		});
		await over;
	};
	const taken = countCallback(ctx, intake(trigger, message, start));
	const outcome = await Promise.race([leading, taken]);
	if (typeof outcome === 'object') return outcome;
	return outcome ? answer(ctx, acknowledgement) : decline(ctx, 503);
}

/**
 * Resolves when n8n ends a response: with the acknowledgement or its error, also where the caller has gone
 * meanwhile. Events do not tell: `close` may have come already, `finish` may never come.
 */
async function ended(response: ReturnType<IWebhookFunctions['getResponseObject']>): Promise<void> {
	const end = response.end.bind(response) as (...parts: unknown[]) => typeof response;
	await new Promise<void>((resolve) => {
		response.end = ((...parts: unknown[]) => {
			resolve();
			return end(...parts);
		}) as typeof response.end;
	});
}

function setContentType(ctx: IWebhookFunctions, { contentType }: HttpAnswer): void {
	ctx.getResponseObject().setHeader('content-type', contentType);
}

function answer(ctx: IWebhookFunctions, reply: HttpAnswer): IWebhookResponseData {
	setContentType(ctx, reply);
	ctx.getResponseObject().status(200).send(reply.body);
	return { noWebhookResponse: true };
}

/** Says no in one way for each status, whatever the reason. */
function decline(ctx: IWebhookFunctions, status: 401 | 503): IWebhookResponseData {
	const error = status === 401 ? 'unauthorized' : 'unavailable';
	ctx.getResponseObject().status(status).json({ error });
	return { noWebhookResponse: true };
}

/** A request that did not prove where it comes from. The reason is for the log only. */
function refuse(ctx: IWebhookFunctions, { reason }: Refused): IWebhookResponseData {
	if (mayLog(ctx, reason)) {
		ctx.logger.warn(`${ctx.getNode().name}: a callback was refused (${reason})`, about(ctx));
	}
	return decline(ctx, 401);
}

/** A credential that cannot be read, or a defect of this package: nothing is acknowledged. */
function fail(ctx: IWebhookFunctions, error: Error): IWebhookResponseData {
	if (mayLog(ctx, error.name)) {
		// n8n prints the message only, unless it logs as JSON.
		const stack = strikeSecrets(error.stack ?? String(error));
		ctx.logger.error(
			`${ctx.getNode().name}: a callback could not be received: ${stack}`,
			about(ctx),
		);
	}
	return decline(ctx, 503);
}

const about = (ctx: IWebhookFunctions) => ({ workflowId: ctx.getWorkflow().id });

/** One line a minute for each node and reason: whoever calls cannot fill the log. */
const LOG_INTERVAL_MS = 60_000;
const lastLogged = new Map<string, number>();

function mayLog(ctx: IWebhookFunctions, reason: string): boolean {
	const key = `${ctx.getNode().id} ${reason}`;
	// Not `Date.now()`: set back, it would keep the log silent until it is where it was.
	const now = performance.now();
	if (now - (lastLogged.get(key) ?? -Infinity) <= LOG_INTERVAL_MS) return false;
	lastLogged.set(key, now);
	return true;
}
