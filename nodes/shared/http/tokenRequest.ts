import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { failure, type Failure } from '../../../protocol/errors';
import { asFields, asNumber, asText } from '../../../protocol/fields';
import { pastedKey } from '../../../protocol/pasted';
import type { TokenRules } from '../../../protocol/token';
import { urlOf } from './credentials';
import type { FetchedRequest } from './fetchJson';
import type { AccessToken } from './tokens';

/** The request for an access token. */
export function tokenRequest(
	credential: ICredentialDataDecryptedObject,
	{ method, path, fields }: TokenRules,
): Required<Pick<FetchedRequest, 'method' | 'url' | 'values'>> {
	const values = Object.fromEntries(
		Object.entries(fields).map(([name, field]) => [name, pastedKey(credential[field])]),
	);
	return { method, url: urlOf(credential, path), values };
}

/** What a successful answer lacks of a token; undefined where it has one. */
export function missingToken(body: unknown, { token }: TokenRules): Failure | undefined {
	if (asText(asFields(body)[token])) return undefined;
	return failure(
		['unclassified', 'Check the base URL in the credential, and any proxy in between.'],
		'noToken',
		'The answer holds no access token',
	);
}

export function readToken(body: unknown, { token, seconds }: TokenRules): AccessToken {
	const fields = asFields(body);
	return { value: asText(fields[token]), lifeMs: (asNumber(fields[seconds]) || 0) * 1000 };
}

/** A request with its access token where the platform looks for it. */
export function withToken<T extends Pick<IHttpRequestOptions, 'qs' | 'headers'>>(
	options: T,
	place: TokenRules['place'],
	token: string,
): T {
	return 'query' in place
		? { ...options, qs: { ...options.qs, [place.query]: token } }
		: {
				...options,
				headers: { ...options.headers, [place.header]: (place.prefix ?? '') + token },
			};
}
