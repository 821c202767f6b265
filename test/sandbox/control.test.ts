import { get } from 'node:http';

import { ZHIPU_ACCOUNT } from '../../sandbox/accounts';
import { signJwt } from '../../sandbox/model/crypto';
import { startAnsweringBot } from './answering-bot';
import { codeOf, http, until, useSandbox } from './helpers';

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startAnsweringBot>>;

beforeAll(async () => {
	bot = await startAnsweringBot(sandbox);
});
afterAll(async () => await bot.close());

const chat = (content = 'hello', more: object = {}, key?: string, path = '/v1') =>
	http.post(
		`${sandbox.origin}/model${path}/chat/completions`,
		{ model: 'sandbox-chat', messages: [{ role: 'user', content }], ...more },
		{
			headers: { authorization: `Bearer ${key ?? sandbox.world.accounts.clawBotModelApi.apiKey}` },
		},
	);

describe('model', () => {
	test('echoes the last user message, with usage', async () => {
		const { data } = await chat('hello');
		expect(data.choices[0].message.content).toBe('Answer to: hello');
		expect(data.usage.total_tokens).toBe(data.usage.prompt_tokens + data.usage.completion_tokens);
	});

	test('streams when asked, with usage when asked', async () => {
		const { data, headers } = await chat('one two', {
			stream: true,
			stream_options: { include_usage: true },
		});
		expect(headers['content-type']).toMatch('text/event-stream');
		const events = String(data)
			.trim()
			.split('\n\n')
			.map((line) => line.replace('data: ', ''));
		expect(events.at(-1)).toBe('[DONE]');
		const chunks = events.slice(0, -1).map((event) => JSON.parse(event));
		const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
		expect(text).toBe('Answer to: one two');
		expect(chunks.at(-1)).toMatchObject({
			choices: [],
			usage: { total_tokens: expect.any(Number) },
		});
	});

	test.each([
		['a wrong key', () => chat('x', {}, 'sk-wrong'), 401],
		['no model', () => chat('x', { model: undefined }), 400],
		['no messages', () => chat('x', { messages: [] }), 400],
		['an unknown role', () => chat('x', { messages: [{ role: 'king', content: 'x' }] }), 400],
		['an unknown path', () => chat('x', {}, undefined, '/v2'), 404],
	])('%s is refused in the shape of OpenAI', async (_what, call, status) => {
		const answer = await call();
		expect(answer.status).toBe(status);
		expect(answer.data.error.message).toEqual(expect.any(String));
	});

	const jwt = (options: { secret?: string; unit?: number } = {}) => {
		const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const now = Date.now() / (options.unit ?? 1);
		const payload = {
			api_key: ZHIPU_ACCOUNT.id,
			exp: now + 3_600_000 / (options.unit ?? 1),
			timestamp: now,
		};
		const unsigned = `${encode({ alg: 'HS256', sign_type: 'SIGN' })}.${encode(payload)}`;
		return signJwt(unsigned, options.secret ?? ZHIPU_ACCOUNT.secret);
	};

	test('key + secret: a JWT in milliseconds signed with the secret', async () => {
		expect((await chat('x', {}, jwt(), '/zhipu/v4')).status).toBe(200);
		expect((await chat('x', {}, jwt({ secret: 'wrong' }), '/zhipu/v4')).status).toBe(401);
		expect((await chat('x', {}, jwt({ unit: 1000 }), '/zhipu/v4')).status).toBe(401);
		expect((await chat('x', {}, undefined, '/zhipu/v4')).status).toBe(401);
	});

	test('follows a script: the first rule that matches wins', async () => {
		const rules = [
			{ contains: 'broken', status: 503 },
			{ contains: 'weather', answer: 'Sunny.' },
			{ contains: 'weather in', answer: 'never' },
		];
		await control.put('/model', { rules });
		expect((await chat('it is broken')).status).toBe(503);
		expect((await chat('weather in Wuhan')).data.choices[0].message.content).toBe('Sunny.');
		expect((await chat('else')).data.choices[0].message.content).toBe('Answer to: else');
	});

	test('knows only the models that it lists', async () => {
		const { status, data } = await chat('hello', { model: 'no-such-model' });
		expect({ status, code: data.error.code }).toEqual({ status: 404, code: 'model_not_found' });
	});

	test('a slow answer holds back no other', async () => {
		await control.put('/model', { rules: [{ contains: 'slow', delayMs: 2_000 }] });
		const order: string[] = [];
		await Promise.all(
			['slow', 'quick'].map(async (text) =>
				order.push((await chat(text)).data.choices[0].message.content),
			),
		);
		expect(order).toEqual(['Answer to: quick', 'Answer to: slow']);
	});

	test('waits no longer for a bot that went away', async () => {
		await control.put('/model', { delayMs: 60_000 });
		const call = http.post(
			`${sandbox.origin}/model/v1/chat/completions`,
			{ model: 'sandbox-chat', messages: [{ role: 'user', content: 'hello' }] },
			{
				headers: { authorization: `Bearer ${sandbox.world.accounts.clawBotModelApi.apiKey}` },
				timeout: 1_000,
			},
		);
		await expect(call).rejects.toThrow('timeout');
		const { entries } = await until(async () => {
			const found = await control.get('/ledger?kind=chat');
			return found.entries.length > 0 && found;
		});
		expect(entries).toMatchObject([{ status: 0, note: 'abandoned' }]);
		expect(entries[0].ms).toBeLessThan(30_000);
	});
});

describe('faults', () => {
	test('happen as often as told and then no more', async () => {
		await control.post('/faults', {
			service: 'model',
			status: 429,
			headers: { 'retry-after': '2' },
			body: { error: { message: 'slow down' } },
			times: 2,
		});
		const answers = [await chat(), await chat(), await chat()];
		expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200]);
		expect(answers[0]!.headers['retry-after']).toBe('2');
	});

	test('meet only the path and kind they name', async () => {
		await control.post('/faults', { service: 'model', pathContains: '/zhipu', status: 500 });
		await control.post('/faults', { service: 'model', kind: 'models', status: 500 });
		expect((await chat()).status).toBe(200);
	});

	test('cut: no answer, and the work is not done; with `after` it is', async () => {
		const say = () => control.post('/say', { platform: 'dingtalk', text: 'hi' });
		const shown = async (id: string) =>
			(await control.get(`/answers?messageId=${encodeURIComponent(id)}`)).length;
		const replied = (id: string) =>
			until(
				async () =>
					(await control.get(`/ledger?kind=reply&messageId=${encodeURIComponent(id)}`)).entries
						.length,
			);
		await control.post('/faults', { service: 'dingtalk', kind: 'reply', cut: true, after: true });
		const first = await say();
		await replied(first.messageId);
		expect(await shown(first.messageId)).toBe(1);
		await control.post('/faults', { service: 'dingtalk', kind: 'reply', cut: true });
		const second = await say();
		await until(async () => (await control.get('/ledger?kind=reply')).entries.length === 2);
		expect(await shown(second.messageId)).toBe(0);
	});

	test('hang: the caller gives up by itself', async () => {
		await control.post('/faults', { service: 'model', hang: true });
		const { apiKey } = sandbox.world.accounts.clawBotModelApi;
		const call = http.get(`${sandbox.origin}/model/v1/models`, {
			timeout: 200,
			headers: { authorization: `Bearer ${apiKey}` },
		});
		await expect(call).rejects.toThrow('timeout');
	});

	test('can be cleared; nonsense is refused', async () => {
		await control.post('/faults', { service: 'model', status: 500, times: -1 });
		await control.delete('/faults');
		expect((await chat()).status).toBe(200);
		await expect(control.post('/faults', { service: 'moon', status: 500 })).rejects.toThrow(
			'service',
		);
		await expect(control.post('/faults', { service: 'model' })).rejects.toThrow('a fault needs');
	});
});

describe('ledger', () => {
	test('holds no secret after a round through every platform', async () => {
		for (const platform of ['dingtalk', 'feishu', 'wecom']) {
			const said = await control.post('/say', { platform, text: 'hi', encrypted: false });
			if (platform !== 'feishu') {
				await until(
					async () =>
						(await control.get(`/answers?messageId=${encodeURIComponent(said.messageId)}`)).length,
				);
			}
		}
		await chat();
		await http.get(`${sandbox.origin}/wecom/cgi-bin/gettoken?corpid=x&corpsecret=my-own-secret`);
		await http.post(`${sandbox.origin}/dingtalk/api/v1.0/oauth2/accessToken`, {
			appKey: 'x',
			appSecret: 'my-own-secret',
		});
		const text = JSON.stringify(await control.get('/ledger'));
		for (const secret of sandbox.world.accounts.secrets()) {
			expect(text).not.toContain(secret);
			expect(text).not.toContain(encodeURIComponent(secret));
		}
		expect(text).not.toMatch(/sbxsecret[0-9a-f]/);
		expect(text).not.toContain('my-own-secret');
		expect(text).toContain('***');
	});

	test('is read onwards with since and filtered', async () => {
		await chat('first');
		const { next } = await control.get('/ledger');
		await chat('second');
		const { entries } = await control.get(`/ledger?since=${next}&platform=model&direction=in`);
		expect(entries.map((entry: { text: string }) => entry.text)).toEqual(['Answer to: second']);
	});
});

describe('who may use it', () => {
	/** axios sets Host itself. */
	const status = (headers: Record<string, string>, path = '/sandbox/ready') =>
		new Promise<number>((done, fail) => {
			get(`${sandbox.origin}${path}`, { headers }, (response) => {
				response.resume();
				done(response.statusCode!);
			}).on('error', fail);
		});

	test.each([
		['another Host (DNS rebinding)', { host: 'evil.example' }],
		['a page of another origin', { origin: 'https://evil.example' }],
		['a sandboxed page', { origin: 'null' }],
		['a cross-site image', { 'sec-fetch-site': 'cross-site' }],
	])('%s is refused', async (_what, headers) => {
		expect(await status(headers)).toBe(403);
		expect(await status(headers, '/')).toBe(403);
		expect(await status(headers, '/sandbox/events')).toBe(403);
	});

	test('its own page is welcome', async () => {
		expect(await status({ origin: sandbox.origin, 'sec-fetch-site': 'same-origin' })).toBe(200);
		expect(await status({ host: sandbox.origin.replace('http://127.0.0.1', 'localhost') })).toBe(
			200,
		);
	});

	test('a form post is refused, and nonsense is said to be nonsense', async () => {
		const url = `${sandbox.origin}/sandbox/callbacks`;
		expect(
			(await http.put(url, 'feishu=x', { headers: { 'content-type': 'text/plain' } })).status,
		).toBe(415);
		expect((await http.put(url, { moon: 'http://x' })).data.error).toMatch('unknown callback');
		expect((await http.put(url, { feishu: 'file:///etc/passwd' })).data.error).toMatch(
			'not an http',
		);
		expect((await http.get(`${sandbox.origin}/sandbox/nothing`)).status).toBe(404);
		expect((await http.get(`${sandbox.origin}/nothing`)).status).toBe(404);
	});
});

test('tokens can be ended early, limits can be switched off', async () => {
	const { corpId, secret } = sandbox.world.accounts.weComAppApi;
	const getToken = async () =>
		(
			await http.get(
				`${sandbox.origin}/wecom/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`,
			)
		).data.access_token;
	const agent = (token: string) =>
		http.get(`${sandbox.origin}/wecom/cgi-bin/agent/get?access_token=${token}&agentid=1000002`);
	const token = await getToken();
	expect(codeOf(await agent(token))).toBe(0);
	await control.post('/revoke-tokens', { service: 'wecom' });
	expect(codeOf(await agent(token))).toBe(40014);
	await control.put('/limits', { enabled: false });
	const { webhookUrl } = sandbox.world.accounts.weComGroupRobotApi;
	const codes = [];
	for (let count = 0; count < 25; count += 1) {
		codes.push(codeOf(await http.post(webhookUrl, { msgtype: 'text', text: { content: 'x' } })));
	}
	expect(new Set(codes)).toEqual(new Set([0]));
});

test('garbage is answered and harms nothing', async () => {
	const paths = [
		'/dingtalk',
		'/feishu/open-apis/im/v1/messages/%E0%A4%A/reply',
		'/wecom/cgi-bin/message/send',
		'/model/v1/chat/completions',
		'/__proto__/x',
		'//',
		'/dingtalk/files/%00',
	];
	const bodies = [
		'',
		'{',
		'[]',
		'null',
		'"x"',
		'{"msgtype":"__proto__"}',
		'\u0000\uFFFF',
		`{"a":${'['.repeat(5000)}`,
	];
	for (const path of paths) {
		for (const body of bodies) {
			for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/xml', '']) {
				const answer = await http.post(`${sandbox.origin}${path}`, body, {
					headers: { 'content-type': type },
				});
				expect(answer.status).toBeLessThan(500);
			}
		}
	}
	expect((await chat()).status).toBe(200);
});
