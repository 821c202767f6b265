/**
 * Forms in which the platforms and providers write their secrets. People who write to a bot choose the texts:
 * none may make a pattern look at most of it again from each of its places.
 */
const SECRETS: ReadonlyArray<readonly [pattern: RegExp, shown: string]> = [
	// Addresses of group robots and answers, whole queries: what is in them is a key.
	[/\?(?<=https?:\/\/[^\s"'<>?]+\?)[^\s"'<>]+/gi, '?***'],
	[/(\/(?:hook|webhook|response|robot)\/(?:send\/)?)[\w.~-]{12,}/gi, '$1***'],
	[/\bSEC[0-9a-f]{16,}/gi, '***'],
	[/\b(?:sk|ak)-[\w-]{8,}/gi, '***'],
	[/\beyJ[\w-]{8,}(?:\.[\w-]+){0,2}/g, '***'],
	[/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
	[
		/((?:secret|token|password|passwd|api_?key|aes_?key|encrypt_?key|session|authorization)["']?\s*[=:：]\s*["']?)[^\s"',&;，。}]{4,}/gi,
		'$1***',
	],
];

/** Strikes out whatever looks like a secret: texts and reasons come from people and from foreign servers. */
export function strikeSecrets(text: string): string {
	return SECRETS.reduce((clean, [pattern, shown]) => clean.replace(pattern, shown), text);
}

/**
 * A text in one line for a list, without secrets.
 * @param length most characters of it
 */
export function excerpt(text: string, length: number): string {
	const line = strikeSecrets(text).replace(/\s+/gu, ' ').trim();
	const characters = [...line.slice(0, length * 2 + 2)];
	return characters.length > length ? `${characters.slice(0, length).join('')}…` : line;
}
