import { codeOf, hmacBase64, http, startBot, useSandbox } from './helpers';

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;

beforeAll(async () => {
	bot = await startBot();
	await control.put('/callbacks', { dingtalk: bot.origin });
});
afterAll(async () => await bot.close());

const text = (content: string, more: object = {}) => ({
	msgtype: 'text',
	text: { content },
	...more,
});

function signedUrl(options: { at?: number; secret?: string } = {}) {
	const { webhookUrl, secret } = sandbox.world.accounts.dingTalkGroupRobotApi;
	const timestamp = String(options.at ?? Date.now());
	const key = options.secret ?? secret;
	const sign = encodeURIComponent(hmacBase64(key, `${timestamp}\n${key}`));
	return `${webhookUrl}&timestamp=${timestamp}&sign=${sign}`;
}

describe('group robot', () => {
	test('a signed text is accepted', async () => {
		expect((await http.post(signedUrl(), text('hi'))).data).toEqual({ errcode: 0, errmsg: 'ok' });
		const { entries } = await control.get('/ledger?platform=dingtalk&kind=send');
		expect(entries.map((entry: { text: string }) => entry.text)).toEqual(['hi']);
	});

	test.each([
		['a wrong secret', () => signedUrl({ secret: 'SECwrong' }), 310000],
		['a time over an hour old', () => signedUrl({ at: Date.now() - 3_601_000 }), 310000],
		['no signature', () => sandbox.world.accounts.dingTalkGroupRobotApi.webhookUrl, 310000],
		['an unknown token', () => signedUrl().replace(/access_token=../, 'access_token=zz'), 300005],
		['no token', () => signedUrl().replace(/access_token=\w+&/, ''), 400101],
	])('%s is refused', async (_what, url, code) => {
		expect(codeOf(await http.post(url(), text('hi')))).toBe(code);
	});

	test.each([
		['an unknown kind', { msgtype: 'poem' }, 400105],
		['a text without content', { msgtype: 'text', text: {} }, 40035],
		['a markdown without title', { msgtype: 'markdown', markdown: { text: 'x' } }, 40035],
		['20,000 bytes and more', text('€'.repeat(6700)), 460101],
	])('%s is refused', async (_what, body, code) => {
		expect(codeOf(await http.post(signedUrl(), body))).toBe(code);
	});

	test('another content type is refused', async () => {
		const headers = { 'content-type': 'text/plain' };
		expect(codeOf(await http.post(signedUrl(), JSON.stringify(text('hi')), { headers }))).toBe(
			43004,
		);
	});

	test('the same msgUuid is shown once', async () => {
		for (let time = 0; time < 2; time += 1) {
			expect(codeOf(await http.post(signedUrl(), text('once', { msgUuid: 'u1' })))).toBe(0);
		}
		const { entries } = await control.get('/ledger?kind=send');
		expect(entries.filter((entry: { text?: string }) => entry.text === 'once')).toHaveLength(1);
	});

	test('the 21st message in a minute silences the robot for ten minutes', async () => {
		for (let count = 0; count < 20; count += 1) {
			expect(codeOf(await http.post(signedUrl(), text('x')))).toBe(0);
		}
		expect(codeOf(await http.post(signedUrl(), text('x')))).toBe(130101);
		expect(codeOf(await http.post(signedUrl(), text('x')))).toBe(410100);
		const after = async (ms: number) => {
			await control.put('/clock', { offsetMs: ms });
			return codeOf(await http.post(signedUrl({ at: Date.now() + ms }), text('x')));
		};
		expect(await after(9 * 60_000)).toBe(410100);
		expect(await after(11 * 60_000)).toBe(0);
	});
});

describe('robot messages', () => {
	const lastBody = () => JSON.parse(bot.received.at(-1)!.body);

	test('carry a good signature and a session webhook that answers', async () => {
		const said = await control.post('/say', { platform: 'dingtalk', text: 'hi', type: 'group' });
		const { headers } = bot.received.at(-1)!;
		const { clientSecret } = sandbox.world.accounts.dingTalkAppApi;
		const timestamp = String(headers.timestamp);
		expect(headers.sign).toBe(hmacBase64(clientSecret, `${timestamp}\n${clientSecret}`));
		expect(lastBody()).toMatchObject({
			msgId: said.messageId,
			conversationType: '2',
			text: { content: ' hi' },
		});
		expect(codeOf(await http.post(lastBody().sessionWebhook, text('hello')))).toBe(0);
		const answers = await control.get(`/answers?messageId=${encodeURIComponent(said.messageId)}`);
		expect(answers).toMatchObject([{ text: 'hello', via: 'sessionWebhook', linked: 'exact' }]);
	});

	test('a session webhook ends after 90 minutes', async () => {
		await control.post('/say', { platform: 'dingtalk', text: 'hi' });
		await control.put('/clock', { offsetMs: 5_401_000 });
		expect(codeOf(await http.post(lastBody().sessionWebhook, text('late')))).toBe(300001);
	});
});

describe('app API', () => {
	const api = (path: string, body: object, token?: string) =>
		http.post(`${sandbox.origin}/dingtalk/api/v1.0${path}`, body, {
			headers: token ? { 'x-acs-dingtalk-access-token': token } : {},
		});
	const token = async () => {
		const { clientId, clientSecret } = sandbox.world.accounts.dingTalkAppApi;
		const answer = await api('/oauth2/accessToken', { appKey: clientId, appSecret: clientSecret });
		expect(answer.data.expireIn).toBeLessThanOrEqual(7200);
		return answer.data.accessToken as string;
	};
	const message = (more: object = {}) => ({
		robotCode: sandbox.world.accounts.dingTalkAppApi.robotCode,
		userIds: ['zhangsan'],
		msgKey: 'sampleText',
		msgParam: '{"content":"hi"}',
		...more,
	});
	const SEND = '/robot/oToMessages/batchSend';

	test('wrong keys get no token, from the new API and the old', async () => {
		const answer = await api('/oauth2/accessToken', { appKey: 'a', appSecret: 'b' });
		expect([answer.status, codeOf(answer)]).toEqual([400, 'invalidClientIdOrSecret']);
		const old = await http.get(`${sandbox.origin}/dingtalk/oapi/gettoken?appkey=a&appsecret=b`);
		expect([old.status, codeOf(old)]).toEqual([200, 40096]);
	});

	test.each([
		['no token', undefined, 'AuthenticationFailed.MissingParameter'],
		['a wrong token', 'nonsense', 'InvalidAuthentication'],
	])('%s is refused with HTTP 400', async (_what, value, code) => {
		const answer = await api(SEND, message(), value);
		expect([answer.status, codeOf(answer)]).toEqual([400, code]);
	});

	test('a token ends after 7200 s of the shifted clock', async () => {
		const value = await token();
		await control.put('/clock', { offsetMs: 7_199_000 - 1000 });
		expect((await api(SEND, message(), value)).status).toBe(200);
		await control.put('/clock', { offsetMs: 7_201_000 });
		expect(codeOf(await api(SEND, message(), value))).toBe('InvalidAuthentication');
	});

	test('unknown people are named, known ones get the message', async () => {
		const answer = await api(SEND, message({ userIds: ['lisi', 'nobody'] }), await token());
		expect(answer.data).toMatchObject({
			invalidStaffIdList: ['nobody'],
			flowControlledStaffIdList: [],
		});
		expect(answer.data.processQueryKey).toEqual(expect.any(String));
	});

	test.each([
		['msgParam as an object', { msgParam: { content: 'hi' } }],
		['an unknown msgKey', { msgKey: 'samplePoem' }],
		['a missing field', { msgKey: 'sampleMarkdown' }],
		['another robot', { robotCode: 'other' }],
		['21 people', { userIds: Array.from({ length: 21 }, (_, index) => `u${index}`) }],
		['nobody known', { userIds: ['nobody'] }],
	])('%s is refused', async (_what, more) => {
		expect((await api(SEND, message(more), await token())).status).toBe(400);
	});

	test('a group must be known; a message to it can be recalled', async () => {
		const value = await token();
		const group = { ...message(), openConversationId: 'cidSandboxGroup0000000001==' };
		const sent = await api('/robot/groupMessages/send', group, value);
		expect(sent.status).toBe(200);
		const keys = [sent.data.processQueryKey, 'unknown'];
		const recalled = await api(
			'/robot/groupMessages/recall',
			{ ...group, processQueryKeys: keys },
			value,
		);
		expect(recalled.data.successResult).toEqual([keys[0]]);
		expect(Object.keys(recalled.data.failedResult)).toEqual(['unknown']);
		const wrong = { ...group, openConversationId: 'cidOther' };
		expect((await api('/robot/groupMessages/send', wrong, value)).status).toBe(400);
	});

	test('old API: people are found, the token is checked, files can be uploaded and fetched', async () => {
		const value = await token();
		const oapi = (path: string) => `${sandbox.origin}/dingtalk/oapi${path}access_token=${value}`;
		const found = await http.post(oapi('/topapi/v2/user/getbymobile?'), { mobile: '13800000001' });
		expect(found.data.result.userid).toBe('zhangsan');
		const user = await http.post(oapi('/topapi/v2/user/get?'), { userid: 'zhangsan' });
		expect(user.data.result.name).toBe('张三');
		const wrong = await http.post(
			`${sandbox.origin}/dingtalk/oapi/topapi/v2/user/get?access_token=x`,
			{ userid: 'zhangsan' },
		);
		expect(wrong.data).toMatchObject({ errcode: 88, sub_code: '40014' });
		const form = new FormData();
		form.append('media', new Blob(['bytes']), '报告.pdf');
		const upload = await http.post(oapi('/media/upload?type=file&'), form);
		expect(upload.data.media_id).toMatch(/^@/);
		const bad = await http.post(oapi('/media/upload?type=file&'), { media: 'no multipart' });
		expect(codeOf(bad)).toBe(41005);
	});

	test('an attachment of a message is downloaded through its code', async () => {
		await control.post('/say', { platform: 'dingtalk', contentType: 'file', text: 'plan.pdf' });
		const { content } = JSON.parse(bot.received.at(-1)!.body);
		const { robotCode } = sandbox.world.accounts.dingTalkAppApi;
		const ask = { robotCode, downloadCode: content.downloadCode };
		const { downloadUrl } = (await api('/robot/messageFiles/download', ask, await token())).data;
		expect((await http.get(downloadUrl)).data).toMatch(/^A file of the sandbox/);
	});

	test('unknown paths answer as the gateway does', async () => {
		expect(codeOf(await api('/robot/nothing', {}))).toBe(404);
	});
});
