import {
	sleep,
	UserError,
	type ICredentialDataDecryptedObject,
	type ITriggerFunctions,
} from 'n8n-workflow';
import { strikeSecrets } from '../../../core/common/redact';
import { credentialKey } from '../http/tokens';
import { forgetUnopened, join, noteUnopened, triggerId } from './connection/connections';
import type { Listener } from './connection/seat';
import { whileStarting } from './connection/starting';
import { ConnectionFailure, type Kinds, type StreamProtocol } from './connection/stream';
import { startBy } from './emission';
import { intake, triggerOf } from './intake';
import { TRY_AGAIN_MS, tried } from './refusals';

/** A changed credential takes effect after this time. */
const LOOK_AT_CREDENTIAL_MS = 30_000;

/** A published trigger on its app's connection; it follows the credential. */
export class PublishedTrigger {
	/** By their ids. n8n may start one twice without ending it: the later takes the place of the earlier. */
	private static readonly all = new Map<string, PublishedTrigger>();

	/** Undefined where it is on no connection. */
	private leave?: () => void;
	/** Of the credential that is in use, or was tried last. */
	private key?: string;
	/** By `performance.now()`. */
	private tryAgainAt = Infinity;
	/** What the log says last of a credential that cannot be used. */
	private logged?: string;
	private readonly ending = new AbortController();
	private readonly listener: Listener;
	/** Tells the trigger from all others. */
	private readonly id: string;

	constructor(
		private readonly ctx: ITriggerFunctions,
		private readonly protocol: StreamProtocol,
	) {
		this.id = triggerId(ctx.getWorkflow().id, ctx.getNode().id);
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

	/**
	 * A refusal fails where somebody has published the workflow, who is told. Where n8n starts it by itself nobody
	 * is: the trigger stays, is measured as away and goes on trying. Had it failed, n8n would not end it with its
	 * workflow, and nobody could know for how long its app is to be measured.
	 * @throws ConnectionFailure, UserError: the cure
	 */
	async begin(): Promise<void> {
		if (isStartedByItself(this.ctx)) await whileStarting(async () => await this.startByItself());
		else await this.join(await this.credential(), 'anew');
		this.replaceEarlier();
		void this.followCredential();
	}

	private async startByItself(): Promise<void> {
		const credential = await this.credential();
		await this.join(credential).catch((error: unknown) => {
			if (!refusalOf(error)) throw error;
			this.noteRefusal(error, credential);
		});
	}

	end(): void {
		if (PublishedTrigger.all.get(this.id) === this) PublishedTrigger.all.delete(this.id);
		this.ending.abort();
		forgetUnopened(this.listener);
		this.leave?.();
	}

	/** @param asking whether the platform is asked also where it has refused the credential lately */
	private async join(
		credential: ICredentialDataDecryptedObject,
		asking: 'anew' | 'seldom' = 'seldom',
	): Promise<void> {
		const key = credentialKey(credential);
		this.key = key;
		this.tryAgainAt = Infinity;
		const { ctx, protocol, listener } = this;
		const missing = protocol.missing(credential);
		if (protocol.appOf(credential) === undefined) {
			this.leave?.();
			this.leave = undefined;
			this.log('info', `not connected: ${missing}`);
		} else {
			if (missing) throw new UserError(`${ctx.getNode().name}: ${missing}`);
			const access = { protocol, credential, log: ctx.logger };
			const connect = async () => await join(this.id, access, listener);
			this.leave = await (asking === 'anew' ? connect() : tried(key, connect));
			if (this.ending.signal.aborted) this.leave();
		}
		forgetUnopened(listener);
		this.logged = undefined;
	}

	/** Also where this one is not connected: it will be, and who ends the workflow ends the later one alone. */
	private replaceEarlier(): void {
		if (this.ending.signal.aborted) return;
		const earlier = PublishedTrigger.all.get(this.id);
		PublishedTrigger.all.set(this.id, this);
		earlier?.end();
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
		let credential: ICredentialDataDecryptedObject | undefined;
		try {
			credential = await this.credential();
			const isDue = performance.now() >= this.tryAgainAt;
			if (credentialKey(credential) === this.key && !isDue) return;
			await this.join(credential);
		} catch (error) {
			this.noteRefusal(error, credential);
		}
	}

	/**
	 * Says so once, measures the app as away and tries again later; another client that has taken the place is not
	 * fought for it.
	 */
	private noteRefusal(error: unknown, credential?: ICredentialDataDecryptedObject): void {
		if (this.ending.signal.aborted) return;
		const { ctx, protocol } = this;
		const refusal = refusalOf(error);
		const isLasting = refusal?.failureClass === 'replaced';
		this.tryAgainAt = isLasting ? Infinity : performance.now() + TRY_AGAIN_MS;
		if (credential && refusal) {
			noteUnopened(
				{ id: this.id, listener: this.listener },
				{ protocol, credential, log: ctx.logger },
				refusal,
			);
		}
		const what = this.leave ? 'the changed credential is not used' : 'not connected';
		const text = `${what}: ${wordsOf(error)}`;
		if (text !== this.logged) this.log('error', text);
		this.logged = text;
	}

	private async credential(): Promise<ICredentialDataDecryptedObject> {
		return await this.ctx.getCredentials(this.protocol.credential);
	}

	private log(level: 'error' | 'info', text: string): void {
		const { ctx } = this;
		const line = strikeSecrets(`${ctx.getNode().name}: ${text}`);
		ctx.logger[level](line, { workflowId: ctx.getWorkflow().id });
	}
}

/** n8n starts, or has become the one that has the triggers: nobody has published the workflow now. */
const isStartedByItself = (ctx: ITriggerFunctions): boolean =>
	['init', 'leadershipChange'].includes(ctx.getActivationMode());

/** What keeps a credential from being used, where that is for a person to mend; undefined for a defect. */
function refusalOf(error: unknown): ConnectionFailure | undefined {
	if (error instanceof ConnectionFailure) return error;
	if (!(error instanceof UserError)) return undefined;
	return new ConnectionFailure('badCredentials', error.message, 'Then it connects by itself.');
}

export const textOf = ({ message, cure }: ConnectionFailure): string => `${message}. ${cure}`;

/** For the log: a failure's cure, and a defect's stack. */
function wordsOf(error: unknown): string {
	if (error instanceof ConnectionFailure) return textOf(error);
	if (error instanceof UserError) return error.message;
	return (error instanceof Error && error.stack) || String(error);
}
