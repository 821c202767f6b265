import { takeRequest, type RobotApiRequest, type RobotApiTask } from '../../../core/robotApi/take';
import type { ApiCaller } from '../../../core/accessTokens/admit';
import { SCOPES } from '../../../core/accessTokens/apiKeys';
import { acceptRequest } from '../../../core/delivery/request';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const caller: ApiCaller = { client: 'crm', keyId: 'ck_1', scopes: [...SCOPES] };

const request = (route: string, fields: Partial<RobotApiRequest> = {}): RobotApiRequest => ({
	route,
	query: {},
	body: {},
	idempotencyKey: '',
	...fields,
});
const send = (body: unknown, idempotencyKey = '', who = caller): RobotApiTask =>
	takeRequest(request('messages', { body, idempotencyKey }), who, NOW);
const words = (task: RobotApiTask): string =>
	(task.answer?.body as { error_description: string } | undefined)?.error_description ?? '';

it('Nobody gets in without a caller, whatever is asked', () => {
	for (const route of ['messages', 'questions', 'deliveries', 'nowhere']) {
		expect(takeRequest(request(route), undefined, NOW).answer).toMatchObject({ status: 401 });
	}
});

it.each([
	['messages', 'message:send'],
	['questions', 'question:ask'],
	['deliveries', 'delivery:read'],
] as const)('%s needs the scope %s', (route, scope) => {
	const without = { ...caller, scopes: SCOPES.filter((each) => each !== scope) };
	expect(takeRequest(request(route), without, NOW).answer).toMatchObject({
		status: 403,
		body: { error: 'insufficient_scope' },
	});
	const alone = { ...caller, scopes: [scope] };
	expect(takeRequest(request(route), alone, NOW).answer).toMatchObject({ status: 400 });
});

it.each(['nowhere', 'constructor', '__proto__', ''])('There is no address "%s"', (route) => {
	expect(takeRequest(request(route), caller, NOW).answer).toMatchObject({ status: 404 });
});

it('A defect of ours is no bad request', () => {
	const target = {
		get type(): string {
			throw new TypeError('x is not a function');
		},
	};
	const body = { platform: 'feishu', via: 'app', text: 'x' };
	expect(() => send({ ...body, target })).toThrow(TypeError);
	expect(send({ ...body, target: { type: 'x' } }).answer).toMatchObject({ status: 400 });
});

describe('a message', () => {
	it('goes on with what deliver-message takes, and is looked up afterwards', () => {
		const body = { platform: 'wecom', text: '你好', title: 'T', priority: 'alert', key: 'a' };
		const { send: sent, find, answer } = send(body);
		expect(answer).toBeUndefined();
		expect(sent).toEqual({
			...body,
			key: expect.stringMatching(/^api:[0-9a-f]{16}:[0-9a-f]{32}$/),
		});
		expect(find).toEqual({ key: sent!.key, handedIn: true });
		const origin = { workflowId: '', executionId: '' };
		const row = acceptRequest(sent, { origin, lease: 'c', newKey: 'k', now: NOW });
		expect(row.key).toBe(sent!.key);
	});

	it('has the same key for the same key, another one for another client or none', () => {
		const body = { platform: 'wecom', text: 'x' };
		const key = (task: RobotApiTask): unknown => task.send!.key;
		const same = key(send({ ...body, key: 'a' }));
		expect(key(send(body, 'a'))).toBe(same);
		expect(key(send({ ...body, key: 'b' }))).not.toBe(same);
		expect(key(send({ ...body, key: 'a' }, '', { ...caller, client: 'erp' }))).not.toBe(same);
		expect(key(send(body))).not.toBe(key(send(body)));
	});

	it.each([
		[{}, '"platform" must be one of'],
		[{ platform: 'wecom' }, '"text" is missing'],
		[{ platform: 'wecom', text: 'x'.repeat(100_001) }, 'at most 100000'],
		[{ platform: 'wecom', text: 'x', to: 'me' }, 'no field "to"'],
		[{ platform: 'wecom', text: 'x', __proto__x: 1 }, 'no field'],
		[{ platform: 'wecom', text: 'x', key: 'k'.repeat(201) }, '200 characters'],
		[{ platform: 'feishu', via: 'app', text: 'x' }, '"target.type"'],
		[{ platform: 'wecom', text: 'x', deadline: '2020-01-01' }, 'has passed'],
		['text', '"platform"'],
		[undefined, '"platform"'],
	])('that is wrong is refused in words: %#', (body, expected) => {
		const task = send(body);
		expect(task).toMatchObject({ answer: { status: 400, body: { error: 'invalid_request' } } });
		expect(task.send).toBeUndefined();
		expect(words(task)).toContain(expected);
	});
});

describe('to whole companies and groups', () => {
	const without = { ...caller, scopes: SCOPES.filter((scope) => scope !== 'message:broadcast') };
	const app = (platform: string, type: string, ids: unknown): object => ({
		platform,
		via: 'app',
		text: 'x',
		target: { type, ids },
	});

	it.each([
		['everybody', app('wecom', 'users', ['@all'])],
		['everybody, in other letters', app('wecom', 'users', [' @ALL '])],
		['departments', app('wecom', 'departments', ['1'])],
		['tags', app('wecom', 'tags', ['1'])],
		['everybody in a group', { platform: 'dingtalk', text: 'x', mentionAll: true }],
		['everybody in a chat', { ...app('feishu', 'chat', ['oc_1']), mentionAll: true }],
	])('only the scope message:broadcast lets a message: %s', (_, body) => {
		expect(send(body, '', without).answer).toMatchObject({
			status: 403,
			body: { error: 'insufficient_scope' },
		});
		expect(send(body).send).toBeDefined();
	});

	it.each([
		['two ids in one', app('wecom', 'users', ['a|@all'])],
		['everybody beside a person', app('wecom', 'users', ['a', '@all'])],
		[
			'an id that ends its tag',
			{ platform: 'feishu', text: 'x', mentionIds: ['a"></at><at user_id="all'] },
		],
		['an id that ends its brackets', { platform: 'wecom', text: 'x', mentionIds: ['a><@all'] }],
		['everybody as a person', { platform: 'wecom', text: 'x', mentionIds: ['@all'] }],
		['everybody as a person of Feishu', { platform: 'feishu', text: 'x', mentionIds: ['all'] }],
		['everybody in Chinese', { platform: 'dingtalk', text: 'x', mentionIds: ['所有人'] }],
		['everybody in wide letters', app('wecom', 'users', ['＠ａｌｌ'])],
		['a line in an id', app('wecom', 'users', ['a\n@all'])],
		['a blank in an id', app('feishu', 'chat', ['oc_1 oc_2'])],
	])('no scope lets an id be more than one: %s', (_, body) => {
		expect(send(body).answer).toMatchObject({ status: 400 });
	});

	it.each([
		['wecom', 'users', 'zhang.san_1-2@corp'],
		['dingtalk', 'chat', 'cidAbC+/9x=='],
		['dingtalk', 'users', '$:LWCP_v1:$abc/+=='],
		['feishu', 'users', 'zhangsan@example.com'],
		['wecom', 'users', 'allen'],
	])('the ids of platforms are taken: %s %s %s', (platform, type, id) => {
		expect(send(app(platform, type, [id]), '', without).send).toBeDefined();
	});
});

it.each(['9999-12-31T23:59:59Z', '+275760-09-13', '2027-01-01'])(
	'A message ends after a week, whatever its deadline: %s',
	(deadline) => {
		const { send: sent } = send({ platform: 'wecom', text: 'x', deadline });
		const origin = { workflowId: '', executionId: '' };
		const row = acceptRequest(sent, { origin, lease: 'c', newKey: 'k', now: NOW });
		expect(row.deadlineAt).toBe(NOW + 7 * 24 * 3_600_000);
	},
);

it('A question has a text of at most 20,000 bytes', () => {
	const ask = (question: unknown): RobotApiTask =>
		takeRequest(request('questions', { body: { question } }), caller, NOW);
	expect(ask(' 几点了? ').ask).toEqual({ text: '几点了?' });
	for (const question of [undefined, '', ' ', 7, ['x'], {}, '长'.repeat(6667)]) {
		expect(ask(question).answer).toMatchObject({ status: 400 });
	}
});

describe('a look-up', () => {
	const lookUp = (query: object): RobotApiTask =>
		takeRequest(request('deliveries', { query: { ...query } }), caller, NOW);

	it('finds what was sent, by the key and by the id', () => {
		const sent = send({ platform: 'wecom', text: 'x', key: 'order 42_%' }).find!.key;
		expect(lookUp({ key: 'order 42_%' }).find).toEqual({ key: sent, handedIn: false });
		expect(lookUp({ id: sent.split(':').at(-1) }).find).toEqual({ key: sent, handedIn: false });
	});

	it.each([
		[{}],
		[{ id: '' }],
		[{ id: 'a'.repeat(32), key: 'x' }],
		[{ id: '%' }],
		[{ id: '_'.repeat(32) }],
		[{ id: 'A'.repeat(32) }],
		[{ key: 'x'.repeat(201) }],
		[{ key: ['a', 'b'] }],
	])('of %j is refused', (query) => {
		expect(lookUp(query).answer).toMatchObject({ status: 400 });
	});
});
