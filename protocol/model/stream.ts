import { asFields, asList, asText, parseJson, type Fields } from '../fields';
import { saidIn, thoughtIn } from './message';

/*
 * A model's answer as the text of an HTTP body: one JSON, or a stream of server-sent events that is put
 * together to what the JSON would have been. Servers differ: `data:` with and without a blank, comments to keep the
 * connection alive, any line end, JSON over several lines, lines without `data:`, no `[DONE]` at the end.
 */

/** The body of a chat completion; the text itself where it is neither. */
export function readCompletion(text: string): unknown {
	const body = parseJson(text);
	if (body !== undefined) return body;
	const { chunks, isWhole } = chunksIn(text);
	return chunks.length > 0 ? completionOf(chunks, isWhole) : text;
}

/** The events of a stream, up to its end, and whether that is marked. */
function chunksIn(text: string): { chunks: Fields[]; isWhole: boolean } {
	const chunks: Fields[] = [];
	let event = '';
	let unfinished = '';
	for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
		const [, field = '', value = ''] = /^(data|event): ?(.*)$/.exec(line) ?? [];
		if (field === 'event') event = value.trim();
		if (line === '') [event, unfinished] = ['', ''];
		const data = field === 'data' ? value : /^\s*\{/.test(line) ? line : undefined;
		if (data === undefined) continue;
		if (data.trim() === '[DONE]') return { chunks, isWhole: true };
		// Most servers write an event's JSON on one line, some several events without a line between them.
		const chunk = parseJson(data) ?? parseJson((unfinished += `${data}\n`));
		if (chunk === undefined) {
			// What is no JSON and no beginning of one is said by a server that breaks off.
			if (isBrokenOff(event, data)) chunks.push({ error: { message: data.trim() } });
			continue;
		}
		unfinished = '';
		chunks.push(event === 'error' ? asError(chunk) : asFields(chunk));
	}
	return { chunks, isWhole: false };
}

const isBrokenOff = (event: string, data: string): boolean =>
	event === 'error'
		? !/^\s*[{[]/.test(data)
		: /^\s*(?:\[error|error\b|<(?:!doctype|html))/i.test(data);

function asError(chunk: unknown): Fields {
	const fields = asFields(chunk);
	return 'error' in fields ? fields : { error: chunk };
}

/** What the stream would have been as one answer; the error where there was one. */
function completionOf(chunks: readonly Fields[], isWhole: boolean): Fields {
	const failed = chunks.find(isFailure);
	if (failed) return failed;
	const content: string[] = [];
	const reasoning: string[] = [];
	let whole: Fields = {};
	let last: Fields | undefined;
	let usage: unknown;
	for (const chunk of chunks) {
		usage = chunk.usage ?? usage;
		const first = asList(chunk.choices).find((each) => (asFields(each).index ?? 0) === 0);
		if (first === undefined) continue;
		const choice = asFields(first);
		last = { ...last, ...withoutNull({ ...choice, delta: null }) };
		const delta = asFields(choice.delta);
		content.push(saidIn(delta));
		reasoning.push(thoughtIn(delta));
		// Some end a stream with the whole answer once more.
		if (choice.message) whole = withoutNull(asFields(choice.message));
	}
	const message = { content: content.join(''), reasoning_content: reasoning.join(''), ...whole };
	// A connection that ends in the middle leaves an answer that does.
	const ending = !isWhole && asText(last?.finish_reason) === '' && { finish_reason: 'incomplete' };
	return {
		...chunks[0],
		choices: last ? [{ ...last, ...ending, message }] : [],
		...(usage !== undefined && { usage }),
	};
}

const withoutNull = (fields: Fields): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? null) !== null));

/** A chunk that holds no part of an answer, but a refusal of one. */
function isFailure({ error, choices, base_resp: ofMiniMax, ...chunk }: Fields): boolean {
	const status = asText(asFields(ofMiniMax).status_code);
	if ((error ?? null) !== null || (status !== '' && status !== '0')) return true;
	if (asList(choices).length > 0) return false;
	return chunk.type === 'error' || ('code' in chunk && ('message' in chunk || 'msg' in chunk));
}
