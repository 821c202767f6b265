import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt, SignJWT } from 'jose';
import { paths } from '../../scripts/machine/paths';
import { makeKey } from '../../scripts/system/robotApi';
import { startSystem } from '../../scripts/system/system';
import { World, type System } from './bot';
import { seen } from './seen';
import { until } from './until';

// The Robot API and its access tokens as other systems meet them: over HTTP, at the bundled workflows.

interface Reply {
	status: number;
	headers: Headers;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON came
	body: any;
}

let system: System;
let world: World;
let address: string;
let key: { keyId: string; secret: string };

beforeAll(async () => {
	system = await startSystem();
	world = new World(system);
	address = `${system.n8n.url}/webhook/clawbot/v1`;
	key = await makeKey(system.n8n.api, 'crm');
});
afterAll(async () => await system?.stop());
async function call(method: string, path: string, body?: object, token?: string): Promise<Reply> {
	const response = await fetch(`${address}/${path}`, {
		method,
		headers: {
			...(body && { 'content-type': 'application/json' }),
			...(token !== undefined && { authorization: `Bearer ${token}` }),
		},
		...(body && { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

const exchange = async (own = key, more: object = {}): Promise<Reply> =>
	await call('POST', 'token', {
		grant_type: 'client_credentials',
		client_id: own.keyId,
		client_secret: own.secret,
		...more,
	});
const refresh = async (token: string): Promise<Reply> =>
	await call('POST', 'token', { grant_type: 'refresh_token', refresh_token: token });
const tokenOf = async (own = key, more?: object): Promise<string> =>
	(await exchange(own, more)).body.access_token;

/** Operations hear it, once. */
const told = async (words: string): Promise<void> => {
	const found = await until(
		words,
		async () => await seen(world, words),
		({ length }) => length > 0,
	);
	expect(found).toHaveLength(1);
};

it('A key is exchanged for a token, by JSON, by a form, and by Basic authentication', async () => {
	const { status, body, headers } = await exchange();
	expect(status).toBe(200);
	expect(headers.get('cache-control')).toBe('no-store');
	expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 36_000 });
	expect(decodeJwt(body.access_token)).toMatchObject({ sub: 'crm', client_id: key.keyId });
	const form = await fetch(`${address}/token`, {
		method: 'POST',
		headers: { authorization: `Basic ${btoa(`${key.keyId}:${key.secret}`)}` },
		body: new URLSearchParams({ grant_type: 'client_credentials', expires_in: '2592000' }),
	});
	expect(await form.json()).toMatchObject({ expires_in: 2_592_000 });
});

describe('a message', () => {
	it('is sent, is sent once, and can be looked up by its own client alone', async () => {
		const [mine, other] = [await tokenOf(), await tokenOf(await makeKey(system.n8n.api, 'erp'))];
		const text = 'Order 42 has shipped';
		const message = { platform: 'dingtalk', text, key: 'order-42' };
		const sent = await call('POST', 'messages', message, mine);
		expect(sent).toMatchObject({ status: 200, body: { status: 'delivered', attempts: 1 } });
		const again = await call('POST', 'messages', message, mine);
		expect(again).toMatchObject({ status: 200, body: { id: sent.body.id } });
		expect(await seen(world, text)).toHaveLength(1);
		for (const query of [`key=order-42`, `id=${sent.body.id}`]) {
			expect(await call('GET', `deliveries?${query}`, undefined, mine)).toMatchObject({
				status: 200,
				body: { id: sent.body.id, status: 'delivered', platform: 'dingtalk' },
			});
			expect((await call('GET', `deliveries?${query}`, undefined, other)).status).toBe(404);
		}
	});

	it('that the platform does not take yet is accepted, and arrives', async () => {
		const fault = { service: 'feishu', kind: 'send', times: 1, status: 500, body: {} };
		await world.control('POST', 'faults', fault);
		const token = await tokenOf();
		const message = { platform: 'feishu', text: 'Later, but surely' };
		const sent = await call('POST', 'messages', message, token);
		expect(sent).toMatchObject({ status: 202, body: { status: 'waiting' } });
		const state = await until(
			'it is sent',
			async () => await call('GET', `deliveries?id=${sent.body.id}`, undefined, token),
			({ body }) => body.status !== 'waiting',
		);
		expect(state.body).toMatchObject({ status: 'delivered', attempts: 2 });
	});

	it('with a wrong field is refused in words', async () => {
		const wrong = { platform: 'telegram', text: 'x' };
		expect(await call('POST', 'messages', wrong, await tokenOf())).toMatchObject({
			status: 400,
			body: { error: 'invalid_request', error_description: expect.stringContaining('platform') },
		});
	});
});

it('A question is answered by the model, and its trouble is told without its secrets', async () => {
	const token = await tokenOf();
	const answered = await call('POST', 'questions', { question: 'How late is it?' }, token);
	expect(answered).toMatchObject({ status: 200, body: { complete: true } });
	expect(answered.body.answer).toContain('How late is it?');
	await world.control('PUT', 'model', {
		rules: [{ contains: 'Broken', status: 401, body: '{"error":{"message":"bad key"}}' }],
	});
	const failed = await call('POST', 'questions', { question: 'Broken?' }, token);
	await world.control('PUT', 'model', { rules: [] });
	expect(failed).toMatchObject({ status: 502, body: { error: 'no_answer' } });
	expect(JSON.stringify(failed.body)).not.toContain('bad key');
	await told('机器人接口的提问失败');
});

it('Everybody else gets one and the same answer', async () => {
	const { signing } = system;
	const [{ kid, secret }] = JSON.parse(signing.secretKeys) as [{ kid: string; secret: string }];
	const claims = decodeJwt(await tokenOf());
	const sign = async (change: object, by = secret, header: object = {}): Promise<string> =>
		await new SignJWT({ ...claims, ...change })
			.setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid, ...header })
			.sign(new TextEncoder().encode(by));
	const now = Math.floor(Date.now() / 1000);
	// The forgeries differ from this one by what is wrong with them alone.
	expect((await call('GET', 'deliveries?key=x', undefined, await sign({}))).status).toBe(404);
	const tokens = [
		undefined,
		'',
		'x.y.z',
		await sign({}, 'another secret of thirty-two bytes'),
		await sign({}, secret, { typ: 'JWT' }),
		await sign({}, secret, { alg: 'HS512' }),
		await sign({}, secret, { kid: 'other' }),
		await sign({ iss: 'other' }),
		await sign({ aud: 'other' }),
		await sign({ iat: now - 1200, nbf: now - 1200, exp: now - 600 }),
		await sign({ sid: 'unknown' }),
		await sign({ client_id: 'ck_unknown' }),
	];
	const replies = await Promise.all(
		tokens.map(async (token) => await call('GET', 'deliveries?key=x', undefined, token)),
	);
	const wrongKeys = [
		{ ...key, secret: 'cs_wrong' },
		{ ...key, keyId: 'ck_unknown' },
	];
	for (const wrong of wrongKeys) replies.push(await exchange(wrong));
	for (const { status, body, headers } of replies) {
		expect(status).toBe(401);
		expect(body).toEqual(replies[0]!.body);
		expect(headers.get('www-authenticate')).toContain('Bearer');
	}
});

it('A token does what it is for, and no more', async () => {
	const token = await tokenOf(key, { scope: 'delivery:read' });
	expect(await call('POST', 'questions', { question: 'x' }, token)).toMatchObject({
		status: 403,
		body: { error: 'insufficient_scope' },
	});
	expect((await call('GET', 'deliveries?key=nothing', undefined, token)).status).toBe(404);
});

it('A token that is given back ends at once', async () => {
	const { access_token: access, refresh_token: again } = (await exchange()).body;
	expect((await call('GET', 'deliveries?key=x', undefined, access)).status).toBe(404);
	expect((await call('POST', 'revoke', { token: again })).status).toBe(200);
	expect((await call('GET', 'deliveries?key=x', undefined, access)).status).toBe(401);
	expect((await refresh(again)).status).toBe(401);
});

it('Ten refreshes at once do not end the family', async () => {
	const { refresh_token: again } = (await exchange()).body;
	const replies = await Promise.all(Array.from({ length: 10 }, async () => await refresh(again)));
	const given = replies.filter(({ status }) => status === 200);
	expect(given.length).toBeGreaterThan(0);
	const alive = await Promise.all(
		given.map(
			async ({ body }) =>
				(await call('GET', 'deliveries?key=x', undefined, body.access_token)).status,
		),
	);
	expect(new Set(alive)).toEqual(new Set([404]));
});

it('A refresh token that comes again after its successor was used ends the family, and operations hear of it', async () => {
	const first = (await exchange()).body;
	const second = (await refresh(first.refresh_token)).body;
	const third = (await refresh(second.refresh_token)).body;
	expect((await call('GET', 'deliveries?key=x', undefined, third.access_token)).status).toBe(404);
	expect((await refresh(first.refresh_token)).status).toBe(401);
	for (const { access_token: access } of [first, second, third]) {
		expect((await call('GET', 'deliveries?key=x', undefined, access)).status).toBe(401);
	}
	await told('的旧刷新令牌又被使用');
});

it('The API describes itself', async () => {
	const { status, body } = await call('GET', 'openapi.json');
	const file = join(paths.root, 'docs', 'operations', 'robot-api.openapi.json');
	expect(status).toBe(200);
	expect(body).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

describe('npm run token', () => {
	const run = async (args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
		const script = join(paths.root, 'scripts', 'token.js');
		const options = { env: { ...process.env, ...env } };
		return (await promisify(execFile)(process.execPath, [script, ...args], options)).stdout;
	};

	it.each<[string, () => [args: string[], env?: NodeJS.ProcessEnv]]>([
		['arguments', () => [['--url', address, '--auth', `${key.keyId}:${key.secret}`]]],
		[
			'.env',
			() => [
				[],
				{
					CLAWBOT_ROBOT_API_URL: `${address}/`,
					CLAWBOT_API_KEY: key.keyId,
					CLAWBOT_API_SECRET: key.secret,
				},
			],
		],
	])('prints a token and when it runs out, for the key in its %s', async (_where, given) => {
		const [args, env] = given();
		const [token, expiry] = (await run([...args, '--expire', '7200'], env)).split('\n');
		expect((await call('GET', 'deliveries?key=x', undefined, token)).status).toBe(404);
		const { exp, iat } = decodeJwt(token!);
		expect(exp! - iat!).toBe(7200);
		expect(expiry).toContain(new Date(exp! * 1000).toISOString());
		await expect(run([...args, '--expire', '2592001'], env)).rejects.toMatchObject({
			code: 1,
			stderr: expect.stringContaining('2592000 (30 days)'),
		});
	});
});

it('n8n keeps no execution that holds a secret', async () => {
	for (const id of ['clawbotTokens01', 'clawbotRobotAp1', 'clawbotChkTokn1']) {
		// n8n drops them when they have ended, which is after their answer.
		await until(
			`none of ${id}`,
			async () => await system.n8n.api.executions(`?workflowId=${id}`),
			({ length }) => length === 0,
		);
	}
});
