import { failure, type Failure } from '../../../protocol/errors';

/** A body as text; undefined where it is larger. */
export async function readText(
	body: AsyncIterable<Uint8Array>,
	maxBytes: number,
): Promise<string | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of body) {
		size += chunk.length;
		// Leaving the loop ends the connection.
		if (size > maxBytes) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** What a body that is too large means where an API was expected. */
export function tooLarge(maxBytes: number): Failure {
	const cure = 'Check the base URL: no answer is so large.';
	const message = `The answer is larger than ${maxBytes / 1e6} MB`;
	return failure(['unclassified', cure], 'tooLarge', message);
}
