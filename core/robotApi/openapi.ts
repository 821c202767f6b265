import { SCOPES } from '../accessTokens/apiKeys';
import { DEFAULT_LIFE_S, MAX_LIFE_S } from '../accessTokens/jwt';
import { MAX_ID_LENGTH } from '../delivery/request';
import { ONE_ID } from '../../protocol/readOutgoing';
import { platformNames } from '../../protocol/platforms';

/* The Robot API for programs: OpenAPI 3.1. `docs/operations/robot-api.openapi.json` is this document. */

const text = (about: object = {}): object => ({ type: 'string', ...about });
const object = (properties: object, required: string[] = []): object => ({
	type: 'object',
	properties,
	...(required.length > 0 && { required }),
});
const json = (schema: object): object => ({ 'application/json': { schema } });
const answer = (description: string, schema: object): object => ({
	description,
	content: json(schema),
});
const named = (kind: string, name: string): object => ({ $ref: `#/components/${kind}/${name}` });
const bearer = (scope: string): object[] => [{ bearer: [scope] }];

const errors = (...statuses: Array<400 | 401 | 403>): object =>
	Object.fromEntries(statuses.map((status) => [status, named('responses', `error${status}`)]));

const delivery = object(
	{
		id: text({ pattern: '^[0-9a-f]{32}$' }),
		status: text({ enum: ['waiting', 'delivered', 'merged', 'dead', 'uncertain', 'discarded'] }),
		platform: text(),
		attempts: { type: 'integer' },
		createdAt: text({ format: 'date-time' }),
		nextAttemptAt: text({ format: 'date-time' }),
		settledAt: text({ format: 'date-time' }),
		reason: text(),
	},
	['id', 'status', 'platform', 'attempts', 'createdAt'],
);

const id = text({ maxLength: MAX_ID_LENGTH, pattern: ONE_ID.source });

const message = object(
	{
		platform: text({ enum: platformNames }),
		via: text({ enum: ['groupRobot', 'app'], default: 'groupRobot' }),
		target: object(
			{
				type: text({ enum: ['chat', 'users', 'departments', 'tags'] }),
				ids: { type: 'array', items: id },
				idType: text({ enum: ['open_id', 'union_id', 'user_id', 'email'] }),
			},
			['type', 'ids'],
		),
		text: text({ description: 'At most 100,000 bytes of UTF-8' }),
		format: text({ enum: ['text', 'markdown'], default: 'text' }),
		title: text({ maxLength: 200 }),
		mentionIds: { type: 'array', items: id },
		mentionAll: { type: 'boolean', default: false },
		priority: text({ enum: ['alert', 'answer', 'broadcast'], default: 'broadcast' }),
		deadline: text({
			format: 'date-time',
			description: 'Given up then, after 7 days at most; in 24 hours if left out',
		}),
		key: text({
			maxLength: 200,
			description: 'The same key of a client is sent once. As the header Idempotency-Key.',
		}),
	},
	['platform', 'text'],
);

const tokenRequest = object(
	{
		grant_type: text({ enum: ['client_credentials', 'refresh_token'] }),
		client_id: text({ description: 'Id of the API key; or both in Basic authentication' }),
		client_secret: text(),
		refresh_token: text(),
		scope: text({ description: 'Some of the key’s, separated by spaces; all if left out' }),
		expires_in: { type: 'integer', minimum: 60, maximum: MAX_LIFE_S, default: DEFAULT_LIFE_S },
	},
	['grant_type'],
);

const tokens = object(
	{
		access_token: text(),
		token_type: text({ const: 'Bearer' }),
		expires_in: { type: 'integer', description: 'Seconds' },
		expires_at: text({ format: 'date-time' }),
		refresh_token: text({ description: 'Good once; with it comes the next one' }),
		refresh_expires_in: { type: 'integer', description: 'Seconds' },
		scope: text(),
	},
	['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope'],
);

const tokenPaths = {
	'/token': {
		post: {
			operationId: 'issueToken',
			summary: 'Exchange an API key, or a refresh token, for an access token',
			security: [],
			requestBody: { required: true, content: json(tokenRequest) },
			responses: {
				200: answer('The tokens', tokens),
				...errors(400, 401),
				429: answer('Too many tokens of this key are alive', named('schemas', 'Error')),
			},
		},
	},
	'/revoke': {
		post: {
			operationId: 'revokeToken',
			summary: 'Give a token back: its whole family ends',
			security: [],
			requestBody: { required: true, content: json(object({ token: text() }, ['token'])) },
			responses: { 200: answer('It is over, whether it was there or not', object({})) },
		},
	},
};

const robotPaths = {
	'/messages': {
		post: {
			operationId: 'sendMessage',
			summary: 'Send a message',
			description:
				'A target of everybody, departments or tags, and mentionAll, need the scope message:broadcast as well.',
			security: [{ bearer: ['message:send'] }, { bearer: ['message:send', 'message:broadcast'] }],
			requestBody: { required: true, content: json(message) },
			responses: {
				200: answer('It was sent, or was sent before with this key', delivery),
				202: answer('It is stored, and tried again until its deadline', delivery),
				...errors(400, 401, 403),
				503: answer('It could not be stored', named('schemas', 'Error')),
			},
		},
	},
	'/questions': {
		post: {
			operationId: 'askQuestion',
			summary: 'Ask the model, and wait for its answer',
			security: bearer('question:ask'),
			requestBody: {
				required: true,
				content: json(object({ question: text() }, ['question'])),
			},
			responses: {
				200: answer(
					'Its answer',
					object(
						{
							answer: text(),
							model: text(),
							complete: { type: 'boolean', description: 'false where it was cut off' },
							usage: object({
								promptTokens: { type: 'integer' },
								completionTokens: { type: 'integer' },
							}),
						},
						['answer', 'model', 'complete'],
					),
				),
				...errors(400, 401, 403),
				422: answer('The model takes no such question', named('schemas', 'Error')),
				'5XX': answer('No answer came', named('schemas', 'Error')),
			},
		},
	},
	'/deliveries': {
		get: {
			operationId: 'findDelivery',
			summary: 'Look up what became of a message: by its id, or by your own key',
			security: bearer('delivery:read'),
			parameters: ['id', 'key'].map((name) => ({ name, in: 'query', schema: text() })),
			responses: {
				200: answer('Its state', delivery),
				...errors(400, 401, 403),
				404: answer('This client has no such delivery', named('schemas', 'Error')),
			},
		},
	},
};

export const openApi = {
	openapi: '3.1.0',
	info: {
		title: 'ClawBot Robot API',
		version: '1',
		description: 'Send messages through the bot, ask it, look up deliveries.',
	},
	servers: [{ url: '.' }],
	paths: { ...tokenPaths, ...robotPaths },
	components: {
		securitySchemes: {
			bearer: {
				type: 'http',
				scheme: 'bearer',
				bearerFormat: 'JWT',
				description: `An access token of /token. Scopes: ${SCOPES.join(', ')}.`,
			},
		},
		schemas: {
			Error: object({ error: text(), error_description: text() }, ['error']),
		},
		responses: {
			error400: answer('A field is missing or wrong', named('schemas', 'Error')),
			error401: answer('Key, secret or token is not valid', named('schemas', 'Error')),
			error403: answer('The token lacks the scope', named('schemas', 'Error')),
		},
	},
};
