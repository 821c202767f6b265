import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

type Credential = Promise<ICredentialDataDecryptedObject>;

const runs = new WeakMap<IExecuteFunctions, Map<string, Credential>>();

/** A credential of the node, read once per run: n8n would load and decrypt it anew for every item. */
export function credentialOf(ctx: IExecuteFunctions, type: string): Credential {
	let known = runs.get(ctx);
	if (!known) {
		known = new Map();
		runs.set(ctx, known);
	}
	let credential = known.get(type);
	if (!credential) {
		credential = ctx.getCredentials(type);
		known.set(type, credential);
	}
	return credential;
}
