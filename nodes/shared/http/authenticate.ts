import {
	assertUrlAllowed,
	UserError,
	type ICredentialDataDecryptedObject,
	type IHttpRequestOptions,
} from 'n8n-workflow';
import type { Answer, Failure } from '../../../protocol/errors';
import type { TokenRules } from '../../../protocol/token';
import { urlOf } from './credentials';
import { fetchJson } from './fetchJson';
import { redact, secretsIn } from './secrets';
import { missingToken, readToken, tokenRequest, withToken } from './tokenRequest';
import { accessToken, credentialKey, type AccessToken } from './tokens';

/*
 * A credential of an app authenticates requests of n8n's own nodes: HTTP Request, and Custom API Call.
 */

/** How a platform's access token is fetched. */
export interface TokenSource {
	/** The platform as people know it, for messages: `DingTalk`. */
	service: string;
	token: TokenRules;
	classify(answer: Answer): Failure | undefined;
}

export interface Authentication extends TokenSource {
	/** The fields that hold the addresses which get the token, and where a request to each carries it. */
	places: Readonly<Record<string, TokenRules['place']>>;
}

type Authenticate = (
	credential: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
) => Promise<IHttpRequestOptions>;

/** The `authenticate` of a credential type; its tokens are those of this package's nodes. */
export function authenticateBy(authentication: Authentication): Authenticate {
	return async (credential, options) => {
		const { place, hostname } = placeFor(credential, options, authentication);
		const token = await tokenOf(credential, authentication);
		// A redirect to another host would take the token along.
		return { ...withToken(options, place, token), allowedDomains: hostname };
	};
}

/** @throws UserError where the request goes to an address that is none of the credential's */
function placeFor(
	credential: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
	{ service, places }: Authentication,
): { place: TokenRules['place']; hostname: string } {
	const { baseURL, allowedDomains } = options;
	// HTTP Request calls it `uri`.
	const address = options.url ?? (options as { uri?: string }).uri ?? '';
	const url = URL.canParse(address, baseURL) ? new URL(address, baseURL) : undefined;
	for (const [field, place] of Object.entries(places)) {
		const base = urlOf({ baseUrl: credential[field] ?? '' }, '/');
		if (!url || !URL.canParse(base) || !url.href.startsWith(new URL(base).href)) continue;
		// What n8n or the credential's own field allows counts as well.
		assertUrlAllowed({ url: url.href, allowedDomains });
		return { place, hostname: url.hostname };
	}
	const own = Object.keys(places).map((field) => String(credential[field]));
	throw new UserError(`${service}: the access token goes only to ${own.join(' and ')}`, {
		description: 'Change the URL of the request, or the base URL in the credential.',
	});
}

/**
 * The access token of a credential, where no node asks for it.
 * @throws UserError
 */
export async function tokenOf(
	credential: ICredentialDataDecryptedObject,
	source: TokenSource,
): Promise<string> {
	return await accessToken(
		credentialKey(credential),
		async () => await fetchToken(credential, source),
	);
}

async function fetchToken(
	credential: ICredentialDataDecryptedObject,
	{ service, token, classify }: TokenSource,
): Promise<AccessToken> {
	const answer = await fetchJson(tokenRequest(credential, token));
	const refusal =
		'class' in answer ? answer : (classify(answer) ?? missingToken(answer.body, token));
	if (!refusal) return readToken('body' in answer ? answer.body : {}, token);
	const message = redact(refusal.message, secretsIn(credential, {}));
	throw new UserError(`${service}: ${message || refusal.code} (${refusal.code})`, {
		description: refusal.cure,
	});
}
