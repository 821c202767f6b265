/* How platforms hand out access tokens. Each platform's `token.ts` is one value of this type. */

export interface TokenRules {
	method: 'GET' | 'POST';
	/** Below the credential's Base URL. */
	path: string;
	/** Fields of the request, in the body of a POST and the query of a GET, by the credential's field for each. */
	fields: Readonly<Record<string, string>>;
	/** Fields of the answer: the token, and how many seconds it lives. */
	token: string;
	seconds: string;
	/** Where a request carries the token. */
	place: { header: string; prefix?: string } | { query: string };
}
