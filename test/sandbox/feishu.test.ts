import { codeOf, feishuCrypto, hmacBase64, http, startBot, useSandbox } from './helpers';

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;

beforeAll(async () => {
	bot = await startBot();
	await control.put('/callbacks', { feishu: bot.origin });
});
afterAll(async () => await bot.close());

describe('group bot', () => {
	const body = (options: { age?: number; secret?: string; text?: string } = {}) => {
		const timestamp = String(Math.floor(Date.now() / 1000) - (options.age ?? 0));
		const { secret } = sandbox.world.accounts.feishuGroupRobotApi;
		const sign = hmacBase64(`${timestamp}\n${options.secret ?? secret}`, '');
		return { timestamp, sign, msg_type: 'text', content: { text: options.text ?? 'hi' } };
	};
	const post = (data: object) =>
		http.post(sandbox.world.accounts.feishuGroupRobotApi.webhookUrl, data);

	test('a signed text is accepted', async () => {
		expect((await post(body())).data).toMatchObject({ code: 0, StatusCode: 0 });
	});

	test.each([
		['a wrong secret', () => body({ secret: 'wrong' }), 19021],
		['a time over an hour old', () => body({ age: 3602 }), 19021],
		['no msg_type', () => ({ ...body(), msg_type: undefined }), 19002],
		['over 20 KB', () => body({ text: '€'.repeat(7000) }), 9499],
		['a card in content', () => ({ ...body(), msg_type: 'interactive' }), 9499],
	])('%s is refused', async (_what, make, code) => {
		expect(codeOf(await post(make()))).toBe(code);
	});

	test.each([
		['![c](https://x.invalid/a.png)', 11246],
		['![c](img_v2_1)', 0],
		['`![c](https://x.invalid/a.png)`', 0],
		['```\n![c](https://x.invalid/a.png)\n```', 0],
		['[c](https://x.invalid/a.png)', 0],
	])('a card with %j is answered with %j', async (content, code) => {
		const card = { schema: '2.0', body: { elements: [{ tag: 'markdown', content }] } };
		expect(codeOf(await post({ ...body(), msg_type: 'interactive', card }))).toBe(code);
	});

	test('the sixth message in a second is too much', async () => {
		const codes = [];
		for (let count = 0; count < 6; count += 1) codes.push(codeOf(await post(body())));
		expect(codes).toEqual([0, 0, 0, 0, 0, 11232]);
	});
});

describe('app API', () => {
	const api = (method: string, path: string, data?: object, token?: string) =>
		http.request({
			method,
			url: `${sandbox.origin}/feishu/open-apis${path}`,
			data,
			headers: token ? { authorization: `Bearer ${token}` } : {},
		});
	const token = async () => {
		const { appId, appSecret } = sandbox.world.accounts.feishuAppApi;
		const data = { app_id: appId, app_secret: appSecret };
		return (await api('POST', '/auth/v3/tenant_access_token/internal', data)).data
			.tenant_access_token as string;
	};
	const message = (more: object = {}) => ({
		receive_id: 'zhangsan',
		msg_type: 'text',
		content: '{"text":"hi"}',
		...more,
	});
	const SEND = '/im/v1/messages?receive_id_type=user_id';

	test.each([
		['an unknown app', { app_id: 'cli_0', app_secret: 'x' }, 10003],
		['a wrong secret', { app_id: 'cli_5a4db0c500000001', app_secret: 'x' }, 10014],
	])('%s gets no token', async (_what, data, code) => {
		expect(codeOf(await api('POST', '/auth/v3/tenant_access_token/internal', data))).toBe(code);
	});

	test.each([
		['no token', undefined, 99991661],
		['a token of another kind', 'x-1', 99991671],
		['a wrong token', 't-nonsense', 99991663],
	])('%s is refused with HTTP 400', async (_what, value, code) => {
		const answer = await api('POST', SEND, message(), value);
		expect([answer.status, codeOf(answer)]).toEqual([400, code]);
		expect(answer.headers['x-tt-logid']).toBeTruthy();
	});

	test('the token is the same until 30 minutes before its end', async () => {
		const first = await token();
		await control.put('/clock', { offsetMs: 89 * 60_000 });
		expect(await token()).toBe(first);
		await control.put('/clock', { offsetMs: 91 * 60_000 });
		expect(await token()).not.toBe(first);
		expect(codeOf(await api('POST', SEND, message(), first))).toBe(0);
		await control.put('/clock', { offsetMs: 121 * 60_000 });
		expect(codeOf(await api('POST', SEND, message(), first))).toBe(99991663);
	});

	test.each([
		['content as an object', { content: { text: 'hi' } }, 99992402],
		['content that is no JSON', { content: 'hi' }, 230001],
		['an unknown msg_type', { msg_type: 'poem' }, 230001],
		['an unknown person', { receive_id: 'nobody' }, 230034],
		[
			'a post over 30 KB',
			{ msg_type: 'post', content: JSON.stringify({ x: 'y'.repeat(31_000) }) },
			230025,
		],
		[
			'a card with a picture that was never uploaded',
			{ msg_type: 'interactive', content: '{"elements":[{"content":"![c](https://x/a.png)"}]}' },
			230099,
		],
		['a uuid over 50 characters', { uuid: 'u'.repeat(51) }, 99992402],
		[
			'an image that was never uploaded',
			{ msg_type: 'image', content: '{"image_key":"img_x"}' },
			230001,
		],
	])('%s is refused', async (_what, more, code) => {
		const answer = await api('POST', SEND, message(more), await token());
		expect([answer.status, codeOf(answer)]).toEqual([400, code]);
	});

	test('no receive_id_type and a chat without the bot are refused', async () => {
		const value = await token();
		expect(codeOf(await api('POST', '/im/v1/messages', message(), value))).toBe(99992402);
		const other = message({ receive_id: 'oc_other' });
		expect(codeOf(await api('POST', '/im/v1/messages?receive_id_type=chat_id', other, value))).toBe(
			230002,
		);
	});

	test('the same uuid gives the same message for an hour', async () => {
		const value = await token();
		const send = async () =>
			(await api('POST', SEND, message({ uuid: 'u1' }), value)).data.data.message_id;
		const first = await send();
		expect(await send()).toBe(first);
		await control.put('/clock', { offsetMs: 3_601_000 });
		expect(await send()).not.toBe(first);
	});

	test('five messages a second to one chat, no more', async () => {
		const value = await token();
		const codes = [];
		for (let count = 0; count < 6; count += 1)
			codes.push(codeOf(await api('POST', SEND, message(), value)));
		expect(codes).toEqual([0, 0, 0, 0, 0, 230020]);
	});

	test('over 50 calls a second the gateway says when to come back', async () => {
		const value = await token();
		const calls = Array.from({ length: 51 }, () => api('GET', '/bot/v3/info', undefined, value));
		const refused = (await Promise.all(calls)).filter((answer) => answer.status === 429);
		expect(refused.length).toBeGreaterThan(0);
		expect(codeOf(refused[0]!)).toBe(99991400);
		expect(refused[0]!.headers['x-ogw-ratelimit-reset']).toBe('1');
	});

	test('reply, edit, recall', async () => {
		const value = await token();
		const said = await control.post('/say', { platform: 'feishu', text: 'question' });
		const path = `/im/v1/messages/${said.messageId}`;
		const reply = await api(
			'POST',
			`${path}/reply`,
			message({ content: '{"text":"draft"}' }),
			value,
		);
		const sent = `/im/v1/messages/${reply.data.data.message_id}`;
		const answers = () => control.get(`/answers?messageId=${said.messageId}`);
		expect(await answers()).toMatchObject([{ text: 'draft', linked: 'exact' }]);
		expect(codeOf(await api('PUT', sent, message({ content: '{"text":"final"}' }), value))).toBe(0);
		expect(await answers()).toMatchObject([{ text: 'final', edits: 1 }]);
		expect(codeOf(await api('PUT', path, message(), value))).toBe(230071);
		expect(codeOf(await api('PATCH', sent, { content: '{}' }, value))).toBe(230054);
		expect(codeOf(await api('DELETE', sent, undefined, value))).toBe(0);
		expect(await answers()).toMatchObject([{ recalled: true }]);
		expect(codeOf(await api('PUT', sent, message(), value))).toBe(230011);
	});

	test('reactions, look-ups, uploads and downloads', async () => {
		const value = await token();
		const said = await control.post('/say', {
			platform: 'feishu',
			contentType: 'file',
			text: '计划.pdf',
		});
		const path = `/im/v1/messages/${said.messageId}`;
		const added = await api(
			'POST',
			`${path}/reactions`,
			{ reaction_type: { emoji_type: 'SMILE' } },
			value,
		);
		expect(
			codeOf(
				await api('DELETE', `${path}/reactions/${added.data.data.reaction_id}`, undefined, value),
			),
		).toBe(0);
		expect((await api('GET', '/bot/v3/info', undefined, value)).data.bot.open_id).toMatch(/^ou_/);
		const users = await api(
			'POST',
			'/contact/v3/users/batch_get_id?user_id_type=user_id',
			{ mobiles: ['13800000002', '1'] },
			value,
		);
		expect(users.data.data.user_list).toEqual([
			{ mobile: '13800000002', user_id: 'lisi' },
			{ mobile: '1' },
		]);
		expect(
			(await api('GET', '/contact/v3/users/lisi?user_id_type=user_id', undefined, value)).data.data
				.user.name,
		).toBe('李四');
		expect((await api('GET', '/im/v1/chats', undefined, value)).data.data.items[0].chat_id).toMatch(
			/^oc_/,
		);
		const form = new FormData();
		form.append('image_type', 'message');
		form.append('image', new Blob(['bytes']), 'a.png');
		const image = (await api('POST', '/im/v1/images', form, value)).data.data.image_key;
		expect(
			codeOf(
				await api(
					'POST',
					SEND,
					message({ msg_type: 'image', content: JSON.stringify({ image_key: image }) }),
					value,
				),
			),
		).toBe(0);
		const event = JSON.parse(
			feishuCrypto.open(
				sandbox.world.accounts.feishuAppApi.encryptKey,
				JSON.parse(bot.received.at(-1)!.body).encrypt,
			),
		);
		const key = JSON.parse(event.event.message.content).file_key;
		expect((await api('GET', `${path}/resources/${key}?type=file`, undefined, value)).data).toMatch(
			/^A file/,
		);
		expect(codeOf(await api('GET', `${path}/resources/other?type=file`, undefined, value))).toBe(
			234003,
		);
	});
});
