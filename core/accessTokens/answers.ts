/** What a caller over HTTP gets. */
export interface TokenAnswer {
	status: number;
	/** JSON. */
	body: object;
}

/**
 * The one refusal of whoever did not prove who they are: nobody can tell by it whether a key exists, a secret was
 * wrong, or a token was stolen, tampered with, revoked or too old.
 */
export const UNAUTHORIZED: TokenAnswer = {
	status: 401,
	body: {
		error: 'unauthorized',
		error_description: 'The key, secret or token is not valid, or not valid any more.',
	},
};

/** Nothing about a key or token is said by these: they are about the form of a request. */
export function badRequest(error: string, words: string): TokenAnswer {
	return { status: 400, body: { error, error_description: words } };
}

export function refusal(status: number, error: string, words: string): TokenAnswer {
	return { status, body: { error, error_description: words } };
}
