import { classify } from '../../../protocol/model/errors';
import { isCutOff, readAnswer } from '../../../protocol/model/request';
import { readCompletion } from '../../../protocol/model/stream';

const delta = (fields: object, more: object = {}) =>
	JSON.stringify({ model: 'm', choices: [{ index: 0, delta: fields, ...more }] });
const HI = delta({ role: 'assistant', content: 'H' });
const END = delta({ content: 'i' }, { finish_reason: 'stop' });
const DONE = '[DONE]';

/** A stream that says Hi, in every form in which servers write one. */
const FORMS: Array<[form: string, text: string]> = [
	['usual', `data: ${HI}\n\ndata: ${END}\n\ndata: ${DONE}\n\n`],
	['no blank after data:', `data:${HI}\n\ndata:${END}\n\ndata:${DONE}\n\n`],
	['Windows line ends', `data: ${HI}\r\n\r\ndata: ${END}\r\n\r\ndata: ${DONE}\r\n\r\n`],
	['old line ends', `data: ${HI}\r\rdata: ${END}\r\r`],
	['no end', `data: ${HI}\n\ndata: ${END}\n\n`],
	['no end, no last line', `data: ${HI}\n\ndata: ${END}`],
	['comments', `: keep-alive\n\n:\n\ndata: ${HI}\n\n: ping\n\ndata: ${END}\n\ndata: ${DONE}`],
	['blank lines', `\n\n\ndata: ${HI}\n\n\n\ndata: ${END}\n\n`],
	['names, numbers and waits', `event: message\nid: 1\nretry: 9\ndata: ${HI}\n\ndata: ${END}\n\n`],
	['a mark of the byte order', `\ufeffdata: ${HI}\n\ndata: ${END}\n\n`],
	['no line between events', `data: ${HI}\ndata: ${END}\ndata: ${DONE}\n`],
	['JSON over several lines', `data: ${HI.replace(',', ',\ndata: ')}\n\ndata: ${END}\n\n`],
	['lines without data:', `${HI}\n${END}\n`],
	['an empty event', `data:\n\ndata: ${HI}\n\ndata: ${END}\n\n`],
	['usage alone', `data: ${HI}\n\ndata: ${END}\n\ndata: {"choices":[],"usage":{}}\n\n`],
	['choices that are null', `data: {"choices":null}\n\ndata: ${HI}\n\ndata: ${END}\n\n`],
	['something after the end', `data: ${HI}\n\ndata: ${END}\n\ndata: ${DONE}\n\ndata: ${HI}\n\n`],
	[
		'the whole once more',
		`data: ${HI}\n\ndata: {"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}\n\n`,
	],
	['parts', `data: ${delta({ content: [{ type: 'text', text: 'H' }] })}\n\ndata: ${END}\n\n`],
	['one JSON', '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'],
	[
		'one JSON after blanks',
		'\n\n \n{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}',
	],
];

describe('A stream is put together: with', () => {
	it.each(FORMS)('%s', (_, text) => {
		const completion = readCompletion(text);
		expect(classify({ status: 200, headers: {}, body: completion })).toBeUndefined();
		expect(readAnswer(completion)).toMatchObject({ text: 'Hi', finishReason: 'stop' });
	});

	it('blanks between words, reasoning, and usage', () => {
		const events = [
			delta({ reasoning_content: 'I ' }),
			delta({ reasoning_content: 'think.', content: null }),
			delta({ content: 'Hello ' }),
			delta({ content: '\n\nworld' }, { finish_reason: null }),
			delta({}, { finish_reason: 'length' }),
			JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } }),
		];
		const text = events.map((event) => `data: ${event}\n\n`).join('');
		expect(readAnswer(readCompletion(text))).toEqual({
			text: 'Hello \n\nworld',
			reasoning: 'I think.',
			model: 'm',
			finishReason: 'length',
			usage: { promptTokens: 3, completionTokens: 5 },
		});
	});

	it('a second answer, which is left out', () => {
		const second = JSON.stringify({ choices: [{ index: 1, delta: { content: 'No' } }] });
		const text = `data: ${HI}\n\ndata: ${second}\n\ndata: ${END}\n\n`;
		expect(readAnswer(readCompletion(text))).toMatchObject({ text: 'Hi' });
	});

	it('nothing but words', () => {
		const text = ['H', 'i'].map(
			(content) => `data: {"choices":[{"delta":{"content":"${content}"}}]}`,
		);
		expect(readAnswer(readCompletion(text.join('\n\n')))).toMatchObject({ text: 'Hi' });
	});

	it('no end at all, which is one that was cut off', () => {
		const text = `data: ${delta({ content: 'Hi' })}\n\n`;
		const answerOf = (said: string) => readAnswer(readCompletion(said));
		expect(answerOf(text)).toMatchObject({ text: 'Hi', finishReason: 'incomplete' });
		expect(isCutOff(answerOf(text))).toBe(true);
		expect(answerOf(`${text}data: ${DONE}`)).toMatchObject({ text: 'Hi', finishReason: '' });
		expect(isCutOff(answerOf(`${text}data: ${DONE}`))).toBe(false);
	});

	it('tags of reasoning that are cut between events', () => {
		const pieces = ['<th', 'ink>secret</', 'think>', 'Hi'];
		const text = pieces.map((content) => `data: ${delta({ content })}\n\n`).join('');
		expect(readAnswer(readCompletion(text))).toMatchObject({ text: 'Hi', reasoning: 'secret' });
	});
});

describe('An error inside a stream is an error, whatever was said before:', () => {
	const busy = { code: 503, message: 'x' };
	it.each([
		['an object', `data: ${HI}\n\ndata: ${JSON.stringify({ error: busy })}\n\n`],
		['an event', `data: ${HI}\n\nevent: error\ndata: ${JSON.stringify(busy)}\n\n`],
		['an event with an error', `event: error\ndata: ${JSON.stringify({ error: busy })}\n\n`],
		['an event of words', `data: ${HI}\n\nevent: error\ndata: "server is too busy"\n\n`],
		['the top level', `data: ${HI}\n\ndata: ${JSON.stringify(busy)}\n\n`],
		['a choice', `data: ${HI}\n\ndata: ${delta({}, { error: busy, finish_reason: 'error' })}\n\n`],
		['an end', `data: ${HI}\n\ndata: ${delta({}, { finish_reason: 'error' })}\n\ndata: ${DONE}`],
		['an event of bare words', `data: ${HI}\n\nevent: error\ndata: server is too busy\n\n`],
		['bare words', `data: ${HI}\n\ndata: [ERROR] server is too busy\n\n`],
		['a type', `data: ${HI}\n\ndata: {"type":"error","message":"server is too busy"}\n\n`],
		['another name of the message', `data: ${HI}\n\ndata: {"code":503,"msg":"x"}\n\n`],
		['a page of a proxy', `data: ${HI}\n\ndata: <html>503 unavailable</html>\n\n`],
		['MiniMax', `data: ${HI}\n\ndata: {"base_resp":{"status_code":1000,"status_msg":"x"}}\n\n`],
		['JSON without data:', `data: ${HI}\n\n${JSON.stringify({ error: busy })}\n`],
	])('%s', (_, text) => {
		const body = readCompletion(text);
		expect(classify({ status: 200, headers: {}, body })).toMatchObject({ class: 'temporary' });
	});

	it('What is neither JSON nor a stream stays as it is', () => {
		for (const text of ['', '<html>Sign in</html>', 'Not found', ': nothing\n\n']) {
			expect(readCompletion(text)).toBe(text);
		}
	});
});
