import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { pastedUrl } from '../../../protocol/pasted';

/** A credential type, with its display name for whoever has not selected one. */
export interface CredentialType {
	name: string;
	displayName: string;
}

type Credential = Promise<ICredentialDataDecryptedObject>;

const runs = new WeakMap<IExecuteFunctions, Map<string, Credential>>();

/** A credential of the node, read once per run: n8n would load and decrypt it anew for every item. */
export function credentialOf(ctx: IExecuteFunctions, type: CredentialType): Credential {
	let known = runs.get(ctx);
	if (!known) {
		known = new Map();
		runs.set(ctx, known);
	}
	let credential = known.get(type.name);
	if (!credential) {
		credential = selected(ctx, type);
		known.set(type.name, credential);
	}
	return credential;
}

/** An address below the credential's Base URL, which may be pasted with a part of a path that it shows. */
export function urlOf({ baseUrl }: ICredentialDataDecryptedObject, path: string): string {
	const base = pastedUrl(baseUrl);
	const [, root] = path.split('/');
	const end = root ? `${base}/`.indexOf(`/${root}/`) : -1;
	return (end < 0 ? base : base.slice(0, end)) + path;
}

/** n8n says of an optional credential that nobody selected that the node "does not require" it. */
async function selected(ctx: IExecuteFunctions, type: CredentialType): Credential {
	const { name, displayName } = type;
	if (ctx.getNode().credentials?.[name]) return await ctx.getCredentials(name);
	throw new NodeOperationError(ctx.getNode(), `This message needs a ${displayName} credential`, {
		description: `Select a ${displayName} credential in this node.`,
	});
}

/** A changed credential takes effect in a trigger after this time. */
const TRIGGER_CACHE_MS = 5000;

const ofTriggers = new LeastRecentlyUsed<{ credential: Credential; until: number }>(
	MAX_CREDENTIALS,
);

/**
 * A trigger's credential, read once for all callbacks of some seconds: in a burst, reading it for each
 * one is what callers would wait for.
 */
export async function triggerCredentialOf(
	ctx: IWebhookFunctions,
	type: string,
	nowMs: number,
): Credential {
	const id = ctx.getNode().credentials?.[type]?.id;
	if (!id) return await ctx.getCredentials(type);
	const known = ofTriggers.get(id);
	if (known && nowMs < known.until) return await known.credential;
	const credential = ctx.getCredentials(type);
	ofTriggers.set(id, { credential, until: nowMs + TRIGGER_CACHE_MS });
	credential.catch(() => ofTriggers.delete(id));
	return await credential;
}
