import type { IDataObject } from 'n8n-workflow';
import { runWorkflow } from '../../../harness';
import { startServer, type Answering, type TestServer } from '../../server';

let server: TestServer;
beforeEach(async () => (server = await startServer(() => ({}))));
afterEach(async () => await server.close());

const said = (content: string, finish = 'stop', more: object = {}): Answering => ({
	body: { choices: [{ message: { content, ...more }, finish_reason: finish }] },
});
const streamed = (...texts: string[]): Answering => ({
	headers: { 'content-type': 'text/event-stream' },
	body: texts
		.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
		.concat('data: [DONE]\n\n')
		.join(''),
});

interface Asking {
	options?: IDataObject;
	credential?: IDataObject;
	model?: string;
	items?: IDataObject[];
}

async function ask({
	options = {},
	credential = {},
	model = 'm',
	items = [{ text: 'x' }],
}: Asking = {}) {
	const parameters = { model: { mode: 'id', value: model }, options };
	const clawBotModelApi = {
		provider: 'custom',
		baseUrl: `${server.origin}/v1`,
		apiKey: 'sk-1',
		...credential,
	};
	const { outputs, error } = await runWorkflow(
		[{ type: 'dingTalkTrigger' }, { type: 'modelApi', parameters: parameters as never }],
		{ items, credentials: { clawBotModelApi } as never },
	);
	const failure = error?.context?.failure as IDataObject | undefined;
	return { answer: outputs['Model API']?.[0]?.[0]?.json.answer, error, failure };
}

describe('An answer', () => {
	it('has its reasoning apart', async () => {
		server.answer = () => said('<think>\nnotes\n</think>\n\nHi', 'stop', { reasoning: 'more' });
		expect((await ask()).answer).toMatchObject({ text: 'Hi', reasoning: 'more\n\nnotes' });
	});

	it.each([
		[
			'length',
			said('<think>notes', 'length'),
			'thinkingTooLong',
			'badRequest',
			'Maximum Answer Length',
		],
		[
			'length, apart',
			said('', 'length', { reasoning_content: 'notes' }),
			'thinkingTooLong',
			'badRequest',
			'enable_thinking',
		],
		['length alone', said('', 'length'), 'lengthReached', 'badRequest', 'Maximum Answer Length'],
		['a filter', said('', 'content_filter'), 'filtered', 'contentRejected', 'content filter'],
		['Zhipu’s filter', said('', 'sensitive'), 'filtered', 'contentRejected', 'content filter'],
		['a tool', said('', 'tool_calls'), 'toolWanted', 'badRequest', 'AI Agent'],
		['reasoning alone', said('<think>notes</think>'), 'onlyThought', 'temporary', 'Ask again'],
		[
			'reasoning apart',
			said('', 'stop', { reasoning_content: 'notes' }),
			'onlyThought',
			'temporary',
			'Ask again',
		],
		['no choices', { body: { choices: [] } }, 'noChoices', 'temporary', 'Base URL'],
		['nothing', said(' \n'), 'empty', 'temporary', 'System Prompt'],
	] as Array<[string, Answering, string, string, string]>)(
		'that is missing has its own cause and cure: %s',
		async (_, answering, code, failureClass, cure) => {
			server.answer = () => answering;
			const { failure, error } = await ask();
			expect(failure).toMatchObject({ class: failureClass, code });
			expect(error!.message).toContain('The model gave no answer: ');
			expect(error!.description).toContain(cure);
		},
	);

	it('is no error’s partial words', async () => {
		server.answer = () => said('partial', 'error', { error: { code: 502 } });
		expect((await ask()).failure).toMatchObject({ class: 'temporary' });
	});
});

describe('A model that only streams', () => {
	const REFUSAL: Answering = {
		status: 400,
		body: { error: { code: 'invalid_parameter_error', message: '(only streaming is taken)' } },
	};

	it('is asked for a stream, which is collected, and at once from then on', async () => {
		server.answer = ({ body }) => (body.stream ? streamed('<think>a</think>', 'H', 'i') : REFUSAL);
		expect((await ask()).answer).toMatchObject({ text: 'Hi', reasoning: 'a' });
		expect((await ask()).answer).toMatchObject({ text: 'Hi' });
		expect(server.asked.map(({ body }) => body.stream)).toEqual([false, true, true]);
		await ask({ model: 'another' });
		expect(server.asked.map(({ body }) => body.stream)).toEqual([false, true, true, false, true]);
	});

	it('is told of with its cure where it refuses that as well', async () => {
		server.answer = () => REFUSAL;
		const { failure, error } = await ask();
		expect(failure).toMatchObject({ class: 'badRequest', code: 'invalid_parameter_error' });
		expect(error!.description).toContain('Extra Body');
		expect(server.asked).toHaveLength(2);
		await ask();
		expect(server.asked[2]!.body.stream).toBe(false);
	});

	it('is asked for nothing else where another field is refused', async () => {
		server.answer = () => ({ status: 400, body: { error: { message: 'temperature: too hot' } } });
		await ask();
		expect(server.asked).toHaveLength(1);
	});

	it('may stream though nobody asked', async () => {
		server.answer = () => streamed('H', 'i');
		expect((await ask()).answer).toMatchObject({ text: 'Hi' });
	});

	it('may be cut: nothing is sent of half a stream', async () => {
		server.answer = (_, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write('data: {"choices":[{"delta":{"content":"Half of"}}]}\n\n');
			setTimeout(() => response.destroy(), 50);
			return undefined;
		};
		const { failure, answer } = await ask();
		expect(answer).toBeUndefined();
		expect(failure).toMatchObject({ class: 'unknownOutcome' });
	});

	it('is given up after its time, however often it sends a sign of life', async () => {
		server.answer = (_, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const beat = setInterval(() => response.write(': keep-alive\n\n'), 50);
			response.on('close', () => clearInterval(beat));
			return undefined;
		};
		const { failure } = await ask({ options: { timeoutSeconds: 1 } });
		expect(failure).toMatchObject({ class: 'unknownOutcome', code: 'ETIMEDOUT' });
	});

	it('is given up where it sends without end', async () => {
		server.answer = (_, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const megabyte = `: ${'x'.repeat(1e6)}\n`;
			const more = (): void => {
				while (!response.destroyed && response.write(megabyte));
			};
			response.on('drain', more);
			more();
			return undefined;
		};
		expect((await ask()).failure).toMatchObject({ class: 'unclassified', code: 'tooLarge' });
	});
});

describe('The option Extra Body', () => {
	beforeEach(() => (server.answer = () => said('Hi')));

	it.each([
		['a text', '{"enable_thinking": false}', { enable_thinking: false, stream: false }],
		['an object', { thinking: { type: 'disabled' } }, { thinking: { type: 'disabled' } }],
		['a stream', '{"stream": true}', { stream: true }],
		['nothing', ' ', { stream: false }],
		['no answer’s limit', '{"max_tokens": 9}', { max_tokens: 9 }],
	])('goes into the request: %s', async (_, extraBody, expected) => {
		expect((await ask({ options: { extraBody, maxTokens: 5 } })).answer).toBeDefined();
		expect(server.asked[0]!.body).toMatchObject({ model: 'm', ...expected });
	});

	it.each(['enable_thinking: false', '[1]', '"x"', 'null', 7])(
		'is refused: %j',
		async (extraBody) => {
			const { error } = await ask({ options: { extraBody } });
			expect(error!.message).toContain('Extra Body');
			expect(server.asked).toEqual([]);
		},
	);
});

describe('A credential', () => {
	it('may be pasted in any form', async () => {
		server.answer = () => said('Hi');
		const baseUrl = ` "${server.origin}/v1/chat/completions/"\n`;
		const credential = { baseUrl, apiKey: 'Authorization: Bearer sk-\n1\u200b' };
		expect((await ask({ credential })).answer).toMatchObject({ text: 'Hi' });
		expect(server.asked[0]).toMatchObject({
			path: '/v1/chat/completions',
			headers: { authorization: 'Bearer sk-1' },
		});
	});

	it.each([
		[{ baseUrl: ' ' }, 'Base URL'],
		[{ apiKey: 'sk-…' }, 'API Key'],
		[{ apiKey: 'no-secret', authScheme: 'jwt' }, 'API Secret'],
	])('names the field that is wrong: %j', async (credential, field) => {
		const { error, failure } = await ask({ credential });
		expect(error!.message).toContain(field);
		expect(error!.name).toBe('NodeOperationError');
		expect(failure).toBeUndefined();
	});
});
