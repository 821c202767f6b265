import { callbackCrypto, codeOf, http, startBot, useSandbox } from './helpers';

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;

beforeAll(async () => {
	bot = await startBot();
	await control.put('/callbacks', { wecom: bot.origin, 'wecom-aibot': bot.origin });
});
afterAll(async () => await bot.close());

describe('group webhook', () => {
	const post = (data: unknown, key?: string) => {
		const { webhookUrl } = sandbox.world.accounts.weComGroupRobotApi;
		return http.post(
			key === undefined ? webhookUrl : webhookUrl.replace(/key=.*/, `key=${key}`),
			data,
		);
	};
	const markdown = (content: string) => ({ msgtype: 'markdown', markdown: { content } });

	test('limits are bytes: 4096 of markdown and 2048 of text pass, one more does not', async () => {
		expect(codeOf(await post(markdown('x'.repeat(4096))))).toBe(0);
		expect(codeOf(await post(markdown('汉'.repeat(1366))))).toBe(45002);
		expect(codeOf(await post({ msgtype: 'text', text: { content: 'x'.repeat(2048) } }))).toBe(0);
		expect(codeOf(await post({ msgtype: 'text', text: { content: 'x'.repeat(2049) } }))).toBe(
			45002,
		);
	});

	test('a wrong key, an empty body, a wrong kind and a wrong md5 are refused', async () => {
		expect(codeOf(await post(markdown('x'), 'wrong'))).toBe(93000);
		expect(codeOf(await post(''))).toBe(93017);
		expect(codeOf(await post({ msgtype: 'poem' }))).toBe(40008);
		expect(codeOf(await post({ msgtype: 'image', image: { base64: 'AAAA', md5: 'x' } }))).toBe(
			40008,
		);
		const image = { base64: 'aGVsbG8=', md5: '5d41402abc4b2a76b9719d911017c592' };
		expect(codeOf(await post({ msgtype: 'image', image }))).toBe(0);
	});

	test('20 messages a minute', async () => {
		for (let count = 0; count < 20; count += 1) expect(codeOf(await post(markdown('x')))).toBe(0);
		expect(codeOf(await post(markdown('x')))).toBe(45009);
		await control.put('/clock', { offsetMs: 61_000 });
		expect(codeOf(await post(markdown('x')))).toBe(0);
	});
});

describe('app API', () => {
	const url = (path: string) => `${sandbox.origin}/wecom/cgi-bin${path}`;
	const token = async () => {
		const { corpId, secret } = sandbox.world.accounts.weComAppApi;
		return (await http.get(url(`/gettoken?corpid=${corpId}&corpsecret=${secret}`))).data
			.access_token as string;
	};
	const send = async (more: object = {}, value?: string) =>
		http.post(url(`/message/send?access_token=${value ?? (await token())}`), {
			touser: 'zhangsan',
			msgtype: 'text',
			agentid: 1000002,
			text: { content: 'hi' },
			...more,
		});

	test('wrong corp id and secret get no token', async () => {
		const { corpId } = sandbox.world.accounts.weComAppApi;
		expect(codeOf(await http.get(url('/gettoken?corpid=x&corpsecret=y')))).toBe(40013);
		expect(codeOf(await http.get(url(`/gettoken?corpid=${corpId}&corpsecret=y`)))).toBe(40001);
	});

	test('a missing, wrong and ended token', async () => {
		expect(codeOf(await http.post(url('/message/send'), {}))).toBe(41001);
		expect(codeOf(await send({}, 'wrong'))).toBe(40014);
		const value = await token();
		await control.put('/clock', { offsetMs: 7_201_000 });
		expect(codeOf(await send({}, value))).toBe(42001);
	});

	test.each([
		['a text agentid', { agentid: '1000002' }, 40056],
		['nobody', { touser: '' }, 82001],
		['only unknown people', { touser: 'Nobody|Else' }, 81013],
		[
			'markdown over 2048 bytes',
			{ msgtype: 'markdown', markdown: { content: '汉'.repeat(683) } },
			45002,
		],
		['a file that was never uploaded', { msgtype: 'file', file: { media_id: 'x' } }, 40007],
	])('%s is refused', async (_what, more, code) => {
		expect(codeOf(await send(more))).toBe(code);
	});

	test('unknown people among known ones are named in lower case', async () => {
		const answer = await send({ touser: 'zhangsan|NoBody' });
		expect(answer.data).toMatchObject({ errcode: 0, invaliduser: 'nobody' });
	});

	test('a long text is cut at 2048 bytes, not refused', async () => {
		const said = await control.post('/say', { platform: 'wecom', text: 'long?' });
		expect(codeOf(await send({ text: { content: '汉'.repeat(700) } }))).toBe(0);
		const [answer] = await control.get(`/answers?messageId=${said.messageId}`);
		expect(answer.text).toBe('汉'.repeat(682));
	});

	test('the duplicate check shows an identical request once', async () => {
		const more = { enable_duplicate_check: 1, duplicate_check_interval: 1800 };
		const first = await send(more);
		expect((await send(more)).data.msgid).toBe(first.data.msgid);
		expect((await send({ ...more, text: { content: 'other' } })).data.msgid).not.toBe(
			first.data.msgid,
		);
		const { entries } = await control.get('/ledger?kind=send');
		expect(entries.filter((entry: { text?: string }) => entry.text)).toHaveLength(2);
	});

	test('over 30 a minute to one member is dropped without a word', async () => {
		for (let count = 0; count < 31; count += 1) expect(codeOf(await send())).toBe(0);
		const { entries } = await control.get('/ledger?kind=send');
		expect(entries.filter((entry: { text?: string }) => entry.text)).toHaveLength(30);
	});

	test('look-ups, media and recall', async () => {
		const value = await token();
		expect((await http.get(url(`/user/get?access_token=${value}&userid=lisi`))).data.name).toBe(
			'李四',
		);
		expect(
			(await http.post(url(`/user/getuserid?access_token=${value}`), { mobile: '13800000003' }))
				.data.userid,
		).toBe('wangwu');
		expect(
			(await http.get(url(`/agent/get?access_token=${value}&agentid=1000002`))).data.name,
		).toBe('ClawBot');
		const form = new FormData();
		form.append('media', new Blob(['some bytes']), 'a.txt');
		const upload = await http.post(url(`/media/upload?access_token=${value}&type=file`), form);
		const mediaId = upload.data.media_id;
		expect((await http.get(url(`/media/get?access_token=${value}&media_id=${mediaId}`))).data).toBe(
			'some bytes',
		);
		const sent = await send({ msgtype: 'file', file: { media_id: mediaId } });
		expect(
			codeOf(
				await http.post(url(`/message/recall?access_token=${value}`), { msgid: sent.data.msgid }),
			),
		).toBe(0);
	});
});

describe('callbacks', () => {
	const received = () => bot.received.at(-1)!;
	const query = (name: string) => received().url.searchParams.get(name)!;

	test('an app message is sealed for the corp id and survives CDATA', async () => {
		await control.post('/say', { platform: 'wecom', text: 'a ]]> b & <c>' });
		const { token, encodingAesKey, corpId } = sandbox.world.accounts.weComAppApi;
		const encrypt = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(received().body)![1]!;
		expect(query('msg_signature')).toBe(
			callbackCrypto.signature(token, query('timestamp'), query('nonce'), encrypt),
		);
		const { text, receiverId } = callbackCrypto.open(encodingAesKey, encrypt);
		expect(receiverId).toBe(corpId);
		expect(text).toContain('<Content><![CDATA[a ]]]]><![CDATA[> b & <c>]]></Content>');
		expect(BigInt(/<MsgId>(\d+)</.exec(text)![1]!)).toBeGreaterThan(2n ** 53n);
	});

	test("an AI bot's response_url works once, for an hour, up to 20,480 bytes", async () => {
		const say = async () => {
			await control.post('/say', { platform: 'wecom', bot: 'aibot', text: 'hi' });
			const { encodingAesKey } = sandbox.world.accounts.weComAiBotApi;
			const { text, receiverId } = callbackCrypto.open(
				encodingAesKey,
				JSON.parse(received().body).encrypt,
			);
			expect(receiverId).toBe('');
			return JSON.parse(text).response_url as string;
		};
		const respond = (to: string, content: string) =>
			http.post(to, { msgtype: 'markdown', markdown: { content } });
		const first = await say();
		expect(codeOf(await respond(first, 'x'.repeat(20_481)))).toBe(45002);
		expect(codeOf(await respond(first, 'x'.repeat(20_480)))).toBe(0);
		expect(codeOf(await respond(first, 'again'))).toBe(40058);
		const second = await say();
		await control.put('/clock', { offsetMs: 3_601_000 });
		expect(codeOf(await respond(second, 'late'))).toBe(40058);
	});
});
