import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

/* Secrets are struck out of whatever the other side says, before anybody sees it. */

/** Fields of credentials that are no secrets: struck out, they would spoil ordinary words. */
const PUBLIC_FIELDS: ReadonlySet<string> = new Set([
	'agentId',
	// n8n adds two of its own: where HTTP Request may send what the credential authenticates.
	'allowedDomains',
	'allowedHttpRequestDomains',
	'appId',
	'authScheme',
	'baseUrl',
	'botId',
	'botName',
	'clientId',
	'corpId',
	'oapiBaseUrl',
	'provider',
	'robotCode',
	'websocketUrl',
]);

/** What must not be repeated: the credential's secrets, and what the request carried in its headers. */
export function secretsIn(
	credential: ICredentialDataDecryptedObject,
	{ headers = {} }: Pick<IHttpRequestOptions, 'headers'>,
): string[] {
	const values = Object.entries(credential)
		.filter(([field]) => !PUBLIC_FIELDS.has(field))
		.map(([, value]) => value);
	const sent = Object.values(headers).map((value) =>
		typeof value === 'string' ? value.replace(/^Bearer /, '') : '',
	);
	return [...values, ...sent].flatMap((value) =>
		typeof value === 'string' ? secretsOf(value) : [],
	);
}

/** Strikes secrets out of a text; the longest first, because one may be part of another. */
export function redact(text: string, secrets: string[]): string {
	return [...secrets]
		.sort((a, b) => b.length - a.length)
		.reduce((clean, secret) => clean.split(secret).join('***'), text);
}

/** A URL holds its secrets in the query and the last path segment; any other value is one itself. */
function secretsOf(value: string): string[] {
	if (!/^\w+:\/\//.test(value)) return value.length >= 6 ? [value] : [];
	if (!URL.canParse(value)) return [value];
	const url = new URL(value);
	const last = url.pathname.split('/').pop() ?? '';
	return [...url.searchParams.values(), last].filter((part) => part.length >= 12);
}
