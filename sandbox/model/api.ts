import { randomBytes } from '../aes.ts';
import type { Call, ServiceReply, ServiceRoute } from '../http.ts';
import { isJsonType } from '../http.ts';
import type { World } from '../world.ts';
import { verifyJwt } from './crypto.ts';

const MODELS = ['sandbox-chat', 'sandbox-reasoner'];

const failure = (
	status: number,
	code: string,
	message: string,
	type = 'invalid_request_error',
): ServiceReply => ({
	status,
	body: { error: { message, type, param: null, code } },
	refused: `${code}: ${message}`,
});

function unauthorised(call: Call, world: World): ServiceReply | undefined {
	const bearer = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
	if (!bearer)
		return failure(401, 'missing_api_key', 'No API key was provided in the Authorization header.');
	const good = call.path.startsWith('/zhipu/')
		? verifyJwt(bearer, world.clock.now())
		: bearer === world.accounts.clawBotModelApi.apiKey;
	return good ? undefined : failure(401, 'invalid_api_key', 'Incorrect API key provided.');
}

const textOf = (content: unknown): string =>
	Array.isArray(content)
		? content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('')
		: String(content ?? '');

const estimateTokens = (text: string) => Math.max(1, Math.ceil(text.length / 4));

function badRequest(call: Call): ServiceReply | undefined {
	if (!isJsonType(call.headers) || !call.json)
		return failure(400, 'invalid_json', 'The body is not JSON.');
	const { model, messages } = call.json;
	if (typeof model !== 'string' || !model)
		return failure(400, 'missing_model', 'model is required.');
	if (!MODELS.includes(model))
		return failure(404, 'model_not_found', `The model ${model} does not exist.`);
	const ok =
		Array.isArray(messages) &&
		messages.length > 0 &&
		messages.every((message) => ['system', 'user', 'assistant', 'tool'].includes(message?.role));
	return ok
		? undefined
		: failure(400, 'invalid_messages', 'messages must be a list of {role, content}.');
}

function streamed(
	frame: Record<string, unknown>,
	text: string,
	usage: unknown,
	withUsage: boolean,
) {
	const event = (value: object) => `data: ${JSON.stringify({ ...frame, ...value })}\n\n`;
	const piece = (delta: object, finish: string | null = null) =>
		event({ choices: [{ index: 0, delta, finish_reason: finish }] });
	const words = text.match(/\S+\s*|\s+/gu) ?? [];
	return [
		piece({ role: 'assistant', content: '' }),
		...words.map((word) => piece({ content: word })),
		piece({}, 'stop'),
		...(withUsage ? [event({ choices: [], usage })] : []),
		'data: [DONE]\n\n',
	];
}

function chat(call: Call, world: World): ServiceReply {
	const refusal = unauthorised(call, world) ?? badRequest(call);
	if (refusal) return refusal;
	const { model, messages, stream, stream_options: streamOptions } = call.json!;
	const question = textOf(
		[...messages].reverse().find((message) => message.role === 'user')?.content,
	);
	const answer = world.model.answerTo(question);
	if (answer.status && answer.status >= 400) {
		const body = answer.body ?? {
			error: { message: 'scripted failure', type: 'server_error', code: 'scripted' },
		};
		return {
			status: answer.status,
			body,
			delayMs: answer.delayMs,
			refused: `scripted ${answer.status}`,
		};
	}
	const promptTokens = estimateTokens(
		messages.map((message: Record<string, unknown>) => textOf(message.content)).join(''),
	);
	const completionTokens = estimateTokens(answer.text);
	const usage = {
		prompt_tokens: promptTokens,
		completion_tokens: completionTokens,
		total_tokens: promptTokens + completionTokens,
	};
	const created = Math.floor(world.clock.now() / 1000);
	const id = `chatcmpl-${randomBytes(12).toString('hex')}`;
	const common = { text: answer.text, delayMs: answer.delayMs, body: '' };
	if (stream === true) {
		const frame = { id, object: 'chat.completion.chunk', created, model };
		const chunks = streamed(frame, answer.text, usage, streamOptions?.include_usage === true);
		return { ...common, chunks, headers: { 'content-type': 'text/event-stream; charset=utf-8' } };
	}
	const message = { role: 'assistant', content: answer.text };
	const body = answer.body ?? {
		id,
		object: 'chat.completion',
		created,
		model,
		choices: [{ index: 0, message, finish_reason: 'stop' }],
		usage,
	};
	return { ...common, body, status: answer.status };
}

function models(call: Call, world: World): ServiceReply {
	const data = MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: 'sandbox' }));
	return unauthorised(call, world) ?? { body: { object: 'list', data } };
}

export const modelRoutes: ServiceRoute[] = [
	{ method: 'POST', path: /^\/(?:v1|zhipu\/v4)\/chat\/completions$/, kind: 'chat', handle: chat },
	{ method: 'GET', path: /^\/(?:v1|zhipu\/v4)\/models$/, kind: 'models', handle: models },
];

export const unknownModelPath = (call: Call): ServiceReply =>
	failure(404, 'not_found', `Unknown request URL: ${call.method} ${call.path}.`);
