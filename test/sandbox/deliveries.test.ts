import {
	type BotAnswer,
	callbackCrypto,
	feishuCrypto,
	type Received,
	startBot,
	until,
	useSandbox,
} from './helpers';

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;
let answer: (received: Received) => BotAnswer;

beforeAll(async () => {
	bot = await startBot((received) => answer(received));
	const names = ['dingtalk', 'dingtalk-events', 'feishu', 'wecom', 'wecom-aibot'];
	await control.put('/callbacks', Object.fromEntries(names.map((name) => [name, bot.origin])));
});
beforeEach(() => {
	answer = () => ({});
	bot.received.length = 0;
});
afterAll(async () => await bot.close());

const eventOf = (received: Received) =>
	JSON.parse(
		feishuCrypto.open(
			sandbox.world.accounts.feishuAppApi.encryptKey,
			JSON.parse(received.body).encrypt,
		),
	);

/** Shifts the clock and waits for `count` deliveries in all. */
async function afterMs(offsetMs: number, count: number) {
	await control.put('/clock', { offsetMs });
	await until(() => bot.received.length >= count);
	await until(async () => (await control.get('/ledger?kind=delivery')).entries.length >= count);
}

describe('Feishu', () => {
	test('an event is encrypted, signed over the raw body and carries the verification token', async () => {
		const said = await control.post('/say', { platform: 'feishu', text: '你好', type: 'group' });
		const { headers, body } = bot.received[0]!;
		const { encryptKey, verificationToken } = sandbox.world.accounts.feishuAppApi;
		const signature = feishuCrypto.signature(
			String(headers['x-lark-request-timestamp']),
			String(headers['x-lark-request-nonce']),
			encryptKey,
			body,
		);
		expect(headers['x-lark-signature']).toBe(signature);
		const { header, event } = eventOf(bot.received[0]!);
		expect(header.token).toBe(verificationToken);
		expect(event.message).toMatchObject({ message_id: said.messageId, chat_type: 'group' });
		expect(JSON.parse(event.message.content)).toEqual({ text: '@_user_1 你好' });
	});

	test('without an Encrypt Key it comes in the clear and unsigned', async () => {
		await control.post('/say', { platform: 'feishu', text: 'hi', encrypted: false });
		expect(bot.received[0]!.headers).not.toHaveProperty('x-lark-signature');
		expect(JSON.parse(bot.received[0]!.body).header.event_type).toBe('im.message.receive_v1');
	});

	test('what is refused comes again after 15 s, 5 min, 1 h and 6 h, and then no more', async () => {
		answer = () => ({ status: 503 });
		const said = await control.post('/say', { platform: 'feishu', text: 'hi' });
		expect(said.deliveries[0].refused).toBe('HTTP 503');
		const minute = 60_000;
		let clock = 0;
		for (const [index, pause] of [15_000, 5 * minute, 60 * minute, 360 * minute].entries()) {
			await control.put('/clock', { offsetMs: clock + pause - 5000 });
			expect(bot.received).toHaveLength(index + 1);
			clock += pause + 5000;
			await afterMs(clock, index + 2);
		}
		await control.put('/clock', { offsetMs: clock + 1000 * minute });
		expect((await control.get('/clock')).pending).toBe(0);
		const events = bot.received.map(eventOf);
		expect(new Set(events.map(({ event }) => event.message.message_id)).size).toBe(1);
		expect(new Set(events.map(({ header }) => header.event_id)).size).toBe(5);
	});

	test('an acknowledged redelivery ends the schedule', async () => {
		answer = () => ({ status: bot.received.length === 1 ? 500 : 200 });
		await control.post('/say', { platform: 'feishu', text: 'hi' });
		await afterMs(20_000, 2);
		expect((await control.get('/clock')).pending).toBe(0);
	});

	test('3 s without an answer is no acknowledgement', async () => {
		answer = () => ({ delayMs: 3500 });
		const said = await control.post('/say', { platform: 'feishu', text: 'hi', redeliver: false });
		expect(said.deliveries[0]).toMatchObject({ status: 0, refused: 'no answer within 3000 ms' });
		expect((await control.get('/clock')).pending).toBe(0);
	});

	test('the schedule can be shrunk for one callback alone', async () => {
		answer = () => ({ status: 500 });
		await control.put('/clock', { scheduleScale: { feishu: 0.001 } });
		await control.post('/say', { platform: 'feishu', text: 'hi' });
		await control.post('/say', { platform: 'wecom', text: 'hi' });
		const deliveries = async (platform: string) =>
			(await control.get(`/ledger?kind=delivery&platform=${platform}`)).entries.length;
		await until(async () => (await deliveries('feishu')) >= 2);
		expect(await deliveries('wecom')).toBe(1);
	});

	test('the schedule can be shrunk', async () => {
		answer = () => ({ status: 500 });
		await control.put('/clock', { scheduleScale: 0.001 });
		await control.post('/say', { platform: 'feishu', text: 'hi' });
		await until(() => bot.received.length >= 3);
	});

	test('an event of any kind', async () => {
		const event = { chat_id: 'oc_1', operator_id: { open_id: 'ou_1' } };
		await control.post('/say', {
			platform: 'feishu',
			eventType: 'im.chat.member.bot.added_v1',
			event,
		});
		expect(eventOf(bot.received[0]!)).toMatchObject({
			header: { event_type: 'im.chat.member.bot.added_v1' },
			event,
		});
	});

	test('the URL is probed with an encrypted challenge and wants the plain answer', async () => {
		answer = ({ body }) => {
			const { encryptKey } = sandbox.world.accounts.feishuAppApi;
			const { challenge } = JSON.parse(feishuCrypto.open(encryptKey, JSON.parse(body).encrypt));
			return { body: JSON.stringify({ challenge }) };
		};
		expect(await control.post('/verify-url', { platform: 'feishu' })).toMatchObject({ ok: true });
		answer = () => ({ body: '{"challenge":"other"}' });
		expect(await control.post('/verify-url', { platform: 'feishu' })).toMatchObject({ ok: false });
	});
});

describe('DingTalk', () => {
	test('a robot message is delivered once, whatever the answer', async () => {
		answer = () => ({ status: 500 });
		await control.post('/say', { platform: 'dingtalk', text: 'hi' });
		expect((await control.get('/clock')).pending).toBe(0);
	});

	test('an answer may itself be a message', async () => {
		answer = () => ({ body: '{"msgtype":"text","text":{"content":"at once"}}' });
		const { messageId } = await control.post('/say', { platform: 'dingtalk', text: 'hi' });
		const answers = await control.get(`/answers?messageId=${encodeURIComponent(messageId)}`);
		expect(answers).toMatchObject([{ text: 'at once', via: 'passive' }]);
		const { entries } = await control.get('/ledger?kind=delivery');
		expect(entries).toMatchObject([{ text: 'at once' }]);
	});

	const success = (word: string, owner: string) => {
		const { token, aesKey } = sandbox.world.accounts.dingTalkAppApi;
		const encrypt = callbackCrypto.seal(aesKey, owner, word);
		const [timeStamp, nonce] = ['1700000000000', 'abc'];
		const signature = callbackCrypto.signature(token, timeStamp, nonce, encrypt);
		return JSON.stringify({ msg_signature: signature, timeStamp, nonce, encrypt });
	};

	test.each([
		['the sealed word success', () => success('success', 'dingsandbox0000000001'), undefined],
		['a plain success', () => '"success"', /must be/],
		['another word', () => success('ok', 'dingsandbox0000000001'), /"ok" instead of "success"/],
		['another owner', () => success('success', 'other'), /receiver id/],
	])('an event answered with %s', async (_what, body, refused) => {
		answer = () => ({ body: body() });
		const event = { UserId: ['lisi'] };
		const said = await control.post('/say', {
			platform: 'dingtalk',
			bot: 'events',
			eventType: 'user_add_org',
			event,
		});
		if (refused) expect(said.deliveries[0].refused).toMatch(refused);
		else expect(said.deliveries[0].refused).toBeUndefined();
		const { token, aesKey, clientId } = sandbox.world.accounts.dingTalkAppApi;
		const { url, body: sealed } = bot.received[0]!;
		const { encrypt } = JSON.parse(sealed);
		const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'msg_signature'].map(
			(name) => url.searchParams.get(name)!,
		);
		expect(callbackCrypto.signature(token, timestamp!, nonce!, encrypt)).toBe(signature);
		const { text, receiverId } = callbackCrypto.open(aesKey, encrypt);
		expect(receiverId).toBe(clientId);
		expect(JSON.parse(text)).toMatchObject({ EventType: 'user_add_org', UserId: ['lisi'] });
	});

	test('the event URL is probed with check_url', async () => {
		answer = () => ({ body: success('success', 'dingsandbox0000000001') });
		expect(
			await control.post('/verify-url', { platform: 'dingtalk', bot: 'events' }),
		).toMatchObject({ ok: true });
	});
});

describe('WeCom', () => {
	test('what is refused comes again three times with the same MsgId', async () => {
		answer = () => ({ status: 500 });
		await control.put('/clock', { scheduleScale: 0.01 });
		await control.post('/say', { platform: 'wecom', text: 'hi' });
		await until(() => bot.received.length === 4);
		await until(async () => (await control.get('/ledger?kind=delivery')).entries.length === 4);
		expect((await control.get('/clock')).pending).toBe(0);
		const ids = bot.received.map(({ body }) => {
			const encrypt = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)![1]!;
			const { text } = callbackCrypto.open(
				sandbox.world.accounts.weComAppApi.encodingAesKey,
				encrypt,
			);
			return /<MsgId>(\d+)</.exec(text)![1];
		});
		expect(new Set(ids).size).toBe(1);
		expect(new Set(bot.received.map(({ url }) => url.search)).size).toBe(4);
	});

	test.each([
		['app', 'weComAppApi'],
		['aibot', 'weComAiBotApi'],
	] as const)(
		'the URL of the %s is probed: the plain echo and nothing else',
		async (kind, account) => {
			const echo = ({ url }: Received) =>
				callbackCrypto.open(
					sandbox.world.accounts[account].encodingAesKey,
					url.searchParams.get('echostr')!,
				).text;
			const probe = () => control.post('/verify-url', { platform: 'wecom', bot: kind });
			answer = (received) => ({ body: echo(received) });
			expect(await probe()).toMatchObject({ ok: true });
			answer = (received) => ({ body: `${echo(received)}\n` });
			expect(await probe()).toMatchObject({ ok: false });
		},
	);

	test('a passive reply in XML is opened and shown', async () => {
		const { token, encodingAesKey, corpId } = sandbox.world.accounts.weComAppApi;
		const plain =
			'<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[at once]]></Content></xml>';
		const encrypt = callbackCrypto.seal(encodingAesKey, corpId, plain);
		const signature = callbackCrypto.signature(token, '1700000000', 'n', encrypt);
		const reply = (value: string) =>
			`<xml><Encrypt><![CDATA[${encrypt}]]></Encrypt><MsgSignature><![CDATA[${value}]]></MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>`;
		answer = () => ({ body: reply(signature) });
		const { messageId } = await control.post('/say', { platform: 'wecom', text: 'hi' });
		expect(await control.get(`/answers?messageId=${messageId}`)).toMatchObject([
			{ text: 'at once', via: 'passive' },
		]);
		answer = () => ({ body: reply('wrong') });
		const said = await control.post('/say', { platform: 'wecom', text: 'hi', redeliver: false });
		expect(said.deliveries[0].refused).toMatch(/signature/);
	});

	test("an AI bot's passive reply must use the callback's nonce", async () => {
		const { token, encodingAesKey } = sandbox.world.accounts.weComAiBotApi;
		const reply = (nonce: string) => {
			const stream = { id: 's1', finish: true, content: 'at once' };
			const encrypt = callbackCrypto.seal(
				encodingAesKey,
				'',
				JSON.stringify({ msgtype: 'stream', stream }),
			);
			const signature = callbackCrypto.signature(token, '1700000000', nonce, encrypt);
			return JSON.stringify({ encrypt, msgsignature: signature, timestamp: 1700000000, nonce });
		};
		const say = () =>
			control.post('/say', { platform: 'wecom', bot: 'aibot', text: 'hi', redeliver: false });
		answer = ({ url }) => ({ body: reply(url.searchParams.get('nonce')!) });
		const { messageId } = await say();
		expect(await control.get(`/answers?messageId=${messageId}`)).toMatchObject([
			{ text: 'at once' },
		]);
		answer = () => ({ body: reply('other') });
		expect((await say()).deliveries[0].refused).toMatch(/nonce/);
	});
});

describe('by hand', () => {
	test('a message can be delivered again, signed anew', async () => {
		const { messageId } = await control.post('/say', { platform: 'feishu', text: 'hi' });
		await control.post('/deliver', { messageId });
		const [first, second] = bot.received;
		expect(first!.body).not.toBe(second!.body);
		expect(eventOf(first!).event.message.message_id).toBe(
			eventOf(second!).event.message.message_id,
		);
	});

	test('and many times at once', async () => {
		const said = await control.post('/say', { platform: 'wecom', text: 'hi', times: 5 });
		expect(said.deliveries).toHaveLength(5);
		expect(bot.received).toHaveLength(5);
	});

	test('a built request is sent exactly as it is told, bytes and all', async () => {
		const built = await control.post('/build', { platform: 'dingtalk', text: 'hi' });
		expect(bot.received).toHaveLength(0);
		await control.post('/deliver-raw', {
			...built,
			platform: 'dingtalk',
			body: Buffer.from([0xff, 0x41]).toString('base64'),
		});
		expect(bot.received[0]!.headers.sign).toBe(built.headers.sign);
		expect(bot.received[0]!.body).toBe('\uFFFDA');
	});

	test('no callback URL is said in words', async () => {
		await control.put('/callbacks', { 'wecom-aibot': '' });
		const say = control.post('/say', { platform: 'wecom', bot: 'aibot', text: 'hi' });
		await expect(say).rejects.toThrow('no callback URL');
	});
});
