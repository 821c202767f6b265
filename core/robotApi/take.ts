import { sha256 } from '../common/hash';
import { randomBytes } from 'node:crypto';
import { refusal, UNAUTHORIZED, badRequest, type TokenAnswer } from '../accessTokens/answers';
import type { Scope } from '../accessTokens/apiKeys';
import type { ApiCaller } from '../accessTokens/admit';
import { acceptRequest, BadRequest, isEverybody } from '../delivery/request';
import { asFields, asText, type Fields } from '../../protocol/fields';
import { byteLength } from '../../protocol/text';
import { expected } from '../common/defects';

/* What the Robot API is asked, and what is to be done about it. */

/** A request as the Webhook node and the check of its token left it. */
export interface RobotApiRequest {
	/** Last part of the path. */
	route: string;
	query: Fields;
	body: unknown;
	/** The header `Idempotency-Key`. */
	idempotencyKey: string;
}

/** For `store-find`. */
export interface DeliveryLookUp {
	key: string;
	/** Of a message that this request brings: it must be there. */
	handedIn: boolean;
}

/** What is to be done: a message is sent and then looked up, for the rest it is one of the four. */
export interface RobotApiTask {
	/** For `deliver-message`. */
	send?: Fields;
	/** `text` for the model. */
	ask?: { text: string };
	find?: DeliveryLookUp;
	answer?: TokenAnswer;
}

const MAX_QUESTION_BYTES = 20_000;
const MAX_KEY_LENGTH = 200;

type Handler = (request: RobotApiRequest, caller: ApiCaller, now: number) => RobotApiTask;

const ROUTES: Readonly<Record<string, [scope: Scope, handle: Handler]>> = {
	messages: ['message:send', send],
	questions: ['question:ask', ask],
	deliveries: ['delivery:read', lookUp],
};

/**
 * @param caller undefined where the token's grant or key does not stand any more
 */
export function takeRequest(
	request: RobotApiRequest,
	caller: ApiCaller | undefined,
	now: number,
): RobotApiTask {
	if (!caller) return { answer: UNAUTHORIZED };
	const route = Object.hasOwn(ROUTES, request.route) ? ROUTES[request.route] : undefined;
	if (!route) return { answer: refusal(404, 'not_found', 'There is no such address') };
	const [scope, handle] = route;
	if (!caller.scopes.includes(scope)) return lacks(scope);
	return handle(request, caller, now);
}

const lacks = (scope: Scope, why = 'This'): RobotApiTask => ({
	answer: refusal(403, 'insufficient_scope', `${why} needs the scope ${scope}`),
});

/** What a caller may say of a message: the fields of a delivery request, except the key. */
const MESSAGE_FIELDS = [
	'platform',
	'via',
	'target',
	'text',
	'format',
	'title',
	'mentionIds',
	'mentionAll',
	'priority',
	'deadline',
];

function send(
	{ body, idempotencyKey }: RobotApiRequest,
	caller: ApiCaller,
	now: number,
): RobotApiTask {
	const fields = asFields(body);
	const unknown = Object.keys(fields).find((name) => ![...MESSAGE_FIELDS, 'key'].includes(name));
	if (unknown !== undefined) {
		return bad(
			`There is no field "${unknown.slice(0, 50)}"; known are ${MESSAGE_FIELDS.join(', ')}, key`,
		);
	}
	const own = asText(fields.key) || idempotencyKey;
	if (own.length > MAX_KEY_LENGTH) return bad(`"key" has more than ${MAX_KEY_LENGTH} characters`);
	const key = storeKey(caller, own === '' ? randomBytes(16).toString('hex') : idOf(own));
	const message = MESSAGE_FIELDS.filter((name) => fields[name] !== undefined);
	const delivery = { ...Object.fromEntries(message.map((name) => [name, fields[name]])), key };
	try {
		const origin = { workflowId: '', executionId: '' };
		acceptRequest(delivery, { origin, lease: '', newKey: key, now });
	} catch (error) {
		return bad(expected(error, BadRequest).message);
	}
	if (isBroadcast(fields) && !caller.scopes.includes('message:broadcast')) {
		return lacks('message:broadcast', 'To write to everybody, departments or tags');
	}
	return { send: delivery, find: { key, handedIn: true } };
}

/** Whether a message reaches people whom its sender does not name. */
function isBroadcast({ mentionAll, target }: Fields): boolean {
	const { type, ids } = asFields(target);
	if (mentionAll === true || type === 'departments' || type === 'tags') return true;
	return Array.isArray(ids) && ids.some(isEverybody);
}

function ask({ body }: RobotApiRequest): RobotApiTask {
	const { question } = asFields(body);
	const text = typeof question === 'string' ? question.trim() : '';
	if (text === '') return bad('"question" is missing: say what is to be asked');
	const bytes = byteLength(text);
	if (bytes > MAX_QUESTION_BYTES) {
		return bad(`"question" has ${bytes} bytes; at most ${MAX_QUESTION_BYTES} are taken`);
	}
	return { ask: { text } };
}

function lookUp({ query }: RobotApiRequest, caller: ApiCaller): RobotApiTask {
	const [id, key] = [asText(query.id), asText(query.key)];
	if ((id === '') === (key === '')) return bad('Say which delivery: ?id=… or ?key=…');
	if (id !== '' && !/^[0-9a-f]{32}$/.test(id)) return bad('"id" is no id of a delivery');
	if (key.length > MAX_KEY_LENGTH) return bad(`"key" has more than ${MAX_KEY_LENGTH} characters`);
	return { find: { key: storeKey(caller, id || idOf(key)), handedIn: false } };
}

/** A client's own key as the id of its delivery. */
function idOf(key: string): string {
	return hash(key).slice(0, 32);
}

/** Each client has keys and deliveries of its own. Hexadecimal: the store takes `_` and `%` for any letter. */
function storeKey({ client }: ApiCaller, id: string): string {
	return `api:${hash(client).slice(0, 16)}:${id}`;
}

function hash(text: string): string {
	return sha256(text);
}

function bad(words: string): RobotApiTask {
	return { answer: badRequest('invalid_request', words) };
}
