import {
	NodeOperationError,
	sleep,
	UserError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { strikeSecrets } from '../../../core/common/redact';
import type { DecodedMessage } from '../../../protocol/message';
import { credentialKey } from '../http/tokens';
import { forgetUnopened, join, next, noteUnopened } from './connection/connections';
import { begin, startBy } from './emission';
import { intake, itemOf, triggerOf } from './intake';
import type { SeenNote } from './inbox';
import type { Listener } from './connection/seat';
import { ConnectionFailure, type Kinds, type StreamProtocol } from './connection/stream';

/* What n8n's trigger nodes do where their messages come by a long connection. */

/** As the webhooks have it (`fields.ts`). The parameter takes no expression. */
const isStream = ({ parameters }: INode): boolean =>
	parameters.connection === 'stream' && parameters.authentication !== 'app';

/** Tells a trigger from all others. */
const idOf = (ctx: ITriggerFunctions): string =>
	JSON.stringify([ctx.getWorkflow().id, ctx.getNode().id]);

const PUBLISH_AGAIN = 'Then publish the workflow again.';

/** A changed credential takes effect after this time. */
const LOOK_AT_CREDENTIAL_MS = 30_000;
/** One that failed is tried again after this time, also where nobody changes it. */
const TRY_AGAIN_MS = 5 * 60_000;

/**
 * The workflow is published, or n8n starts: joins the connection of the app.
 *
 * 1. By HTTP: nothing to do.
 * 2. A credential that names no app connects nothing, and publishing passes.
 * 3. One that is wrong fails, and n8n shows the cure. n8n tries five times.
 * 4. A platform that is away is tried on; publishing passes.
 *
 * From then on the network's doings are the connection's alone: an error that is told to n8n (`emitError`) would
 * make it start a second trigger beside this one.
 */
export async function startStream(
	ctx: ITriggerFunctions,
	protocol: StreamProtocol,
): Promise<ITriggerResponse> {
	forgetUnopened(idOf(ctx));
	if (!isStream(ctx.getNode())) return {};
	const trigger = new StreamTrigger(ctx, protocol);
	await trigger.begin();
	return { closeFunction: async () => trigger.end() };
}

/** A published trigger on its app's connection; it follows the credential. */
class StreamTrigger {
	private leave = (): void => {};
	/** Of the credential that is in use, or was tried last. */
	private key?: string;
	/** By `performance.now()`. */
	private tryAgainAt = Infinity;
	private readonly ending = new AbortController();
	private readonly listener: Listener;

	constructor(
		private readonly ctx: ITriggerFunctions,
		private readonly protocol: StreamProtocol,
	) {
		const trigger = triggerOf(ctx, protocol.credential);
		const start = startBy(ctx, trigger);
		this.listener = {
			kinds: new Set(trigger.settings.events) as Kinds,
			take: async (message) => {
				try {
					return await intake(trigger, message, start);
				} catch (error) {
					this.log('error', `a message could not be taken: ${wordsOf(error)}`);
					return false;
				}
			},
		};
	}

	async begin(): Promise<void> {
		const credential = await this.credential();
		await this.join(credential).catch((error: unknown) => {
			this.noteUnseen(error, credential);
			// Of an error at a publication n8n shows the message alone.
			explainIn(this.ctx, textOf)(error);
		});
		void this.followCredential();
	}

	end(): void {
		this.ending.abort();
		this.leave();
	}

	private async join(credential: ICredentialDataDecryptedObject): Promise<void> {
		this.key = credentialKey(credential);
		const { ctx, protocol } = this;
		const missing = protocol.missing(credential);
		if (protocol.appOf(credential) === undefined) {
			this.leave();
			this.log('info', `not connected: ${missing}`);
			return;
		}
		if (missing) throw new UserError(`${ctx.getNode().name}: ${missing}`);
		this.leave = await join(idOf(ctx), { protocol, credential, log: ctx.logger }, this.listener);
		if (this.ending.signal.aborted) this.leave();
	}

	/** Whoever publishes a workflow is told what is wrong; of one that n8n starts by itself, the metrics tell. */
	private noteUnseen(error: unknown, credential: ICredentialDataDecryptedObject): void {
		const { ctx, protocol } = this;
		if (!['init', 'leadershipChange'].includes(ctx.getActivationMode())) return;
		const failure =
			error instanceof UserError
				? new ConnectionFailure('badCredentials', error.message, PUBLISH_AGAIN)
				: error;
		if (!(failure instanceof ConnectionFailure)) return;
		noteUnopened(idOf(ctx), { protocol, credential, log: ctx.logger }, failure);
	}

	/** n8n starts no trigger anew when its credential is changed. */
	private async followCredential(): Promise<void> {
		const { signal } = this.ending;
		while (!signal.aborted) {
			await sleep(LOOK_AT_CREDENTIAL_MS, signal).catch(() => undefined);
			if (!signal.aborted) await this.lookAtCredential();
		}
	}

	private async lookAtCredential(): Promise<void> {
		try {
			const credential = await this.credential();
			const isDue = performance.now() >= this.tryAgainAt;
			if (credentialKey(credential) === this.key && !isDue) return;
			this.tryAgainAt = Infinity;
			await this.join(credential);
		} catch (error) {
			this.tryAgainAt = performance.now() + TRY_AGAIN_MS;
			this.log('error', `the changed credential is not used: ${wordsOf(error)}`);
		}
	}

	private async credential(): Promise<ICredentialDataDecryptedObject> {
		return await this.ctx.getCredentials(this.protocol.credential);
	}

	private log(level: 'error' | 'info', text: string): void {
		const { ctx } = this;
		ctx.logger[level](`${ctx.getNode().name}: ${text}`, { workflowId: ctx.getWorkflow().id });
	}
}

/**
 * The trigger node as the first node of an execution.
 *
 * 1. A test run of a connection waits for a message.
 * 2. Otherwise the items are there. Where a connection has brought them, the node's turn is the sign that n8n
 *    has stored the execution.
 */
export async function passOn(
	ctx: IExecuteFunctions,
	protocol: StreamProtocol,
): Promise<INodeExecutionData[][]> {
	if (ctx.getMode() === 'manual' && isStream(ctx.getNode())) {
		return [[await receiveForTest(ctx, protocol)]];
	}
	const { id: workflowId = '' } = ctx.getWorkflow();
	// An execution that is run again has none: what it saved would take the place of what was noted.
	const note = ctx.getMode() === 'retry' ? {} : ctx.getWorkflowStaticData('global');
	return [
		begin(ctx.getInputData(), { workflowId, nodeId: ctx.getNode().id, note: note as SeenNote }),
	];
}

/** The next message that this node wants: the published trigger does not get it. */
async function receiveForTest(
	ctx: IExecuteFunctions,
	protocol: StreamProtocol,
): Promise<INodeExecutionData> {
	const credential = await ctx.getCredentials(protocol.credential);
	const missing = protocol.missing(credential);
	if (missing) throw new NodeOperationError(ctx.getNode(), `Not connected: ${missing}`);
	const trigger = triggerOf(ctx, protocol.credential);
	const kinds = new Set(trigger.settings.events) as Kinds;
	const wants = (message: DecodedMessage): boolean => itemOf(message, trigger) !== undefined;
	const access = { protocol, credential, log: ctx.logger };
	const signal = ctx.getExecutionCancelSignal();
	const message = await next(access, { kinds, wants }, signal).catch(
		explainIn(ctx, ({ message: said }) => said),
	);
	return itemOf(message, trigger)!;
}

/** Makes of a failure what n8n shows at the node. */
const explainIn =
	(ctx: ITriggerFunctions | IExecuteFunctions, wordsFor: (failure: ConnectionFailure) => string) =>
	(error: unknown): never => {
		if (!(error instanceof ConnectionFailure)) throw error;
		throw new NodeOperationError(ctx.getNode(), wordsFor(error), { description: error.cure });
	};

const textOf = ({ message, cure }: ConnectionFailure): string => `${message}. ${cure}`;

/** For the log: a failure's cure, and a defect's stack. */
function wordsOf(error: unknown): string {
	if (error instanceof ConnectionFailure) return textOf(error);
	if (error instanceof UserError) return error.message;
	return strikeSecrets((error instanceof Error && error.stack) || String(error));
}
