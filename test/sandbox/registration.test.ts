import { useSandbox } from './helpers';
import {
	askDingTalk,
	askFeishu,
	askWeCom,
	BEGIN,
	hurry,
	registeringCases,
	type Begun,
} from './registering';

// The servers at which a bot is made by a scan, of all platforms.

const { sandbox, control } = useSandbox();
beforeEach(async () => await hurry(control));

const phone = (begun: Begun, does: string, more: object = {}) =>
	control.post('/registrations', { address: begun.address, does, ...more });
const waiting = async () => (await control.get('/registrations')).registrations;

describe.each(registeringCases)('$platform', ({ platform, begin, poll, says, unknown, path }) => {
	test('a code waits, is scanned, confirmed, and gives its secret once', async () => {
		const begun = await begin(sandbox);
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.waiting);
		expect(await waiting()).toMatchObject([{ platform, state: 'waiting', asked: 1 }]);
		await phone(begun, 'scan', { from: 'lisi' });
		expect(await waiting()).toMatchObject([{ state: 'scanned', person: 'lisi' }]);
		expect((await poll(sandbox, begun.deviceCode)).secret).toBeUndefined();
		const { bot } = await phone(begun, 'confirm');
		expect(bot).toMatchObject({ platform, madeBy: 'lisi' });
		const { id, secret } = await poll(sandbox, begun.deviceCode);
		expect(id).toBe(bot.id);
		expect(sandbox.world.bots.withSecret(platform, id, secret)).toMatchObject({ id });
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.used);
		expect(await waiting()).toMatchObject([{ state: 'used', botId: id }]);
		await expect(phone(begun, 'scan')).rejects.toThrow('has been used');
	});

	test('a person denies', async () => {
		const begun = await begin(sandbox);
		await phone(begun, 'deny');
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.denied);
		await expect(phone(begun, 'confirm')).rejects.toThrow('was denied');
	});

	test('a code expires by the clock, also one that was confirmed', async () => {
		const begun = await begin(sandbox);
		const confirmed = await begin(sandbox);
		await phone(confirmed, 'confirm');
		const timing = await control.get('/registration-settings');
		await control.put('/clock', { offsetMs: timing[platform].expiresInMs });
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.expired);
		const late = await poll(sandbox, confirmed.deviceCode);
		expect(late.said).toMatchObject(says.expired);
		expect(late.secret).toBeUndefined();
		await expect(phone(begun, 'confirm')).rejects.toThrow('has expired');
	});

	test('a code expires when it is told to', async () => {
		const begun = await begin(sandbox);
		await phone(begun, 'expire');
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.expired);
	});

	test('nobody gets anything for a code that nobody waits with', async () => {
		expect((await poll(sandbox, 'made-up')).said).toMatchObject(unknown);
		const begun = await begin(sandbox);
		await control.post('/reset');
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(unknown);
	});

	test('two codes are two bots, and codes for people are no device codes', async () => {
		const [one, two] = [await begin(sandbox), await begin(sandbox)];
		const [{ code }] = await waiting();
		expect((await poll(sandbox, code)).said).toMatchObject(unknown);
		const first = (await phone(one, 'confirm')).bot.id;
		expect((await phone(two, 'confirm')).bot.id).not.toBe(first);
		expect((await poll(sandbox, one.deviceCode)).id).toBe(first);
	});

	test('the network fails as it is told to, and takes the secret along', async () => {
		const begun = await begin(sandbox);
		const gone = { service: platform, kind: 'registration', pathContains: path, cut: true };
		await control.post('/faults', gone);
		await expect(poll(sandbox, begun.deviceCode)).rejects.toThrow();
		await phone(begun, 'confirm');
		await control.post('/faults', { ...gone, after: true });
		await expect(poll(sandbox, begun.deviceCode)).rejects.toThrow();
		expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.used);
	});

	test('the ledger and the control show neither secret nor device code', async () => {
		const begun = await begin(sandbox);
		await phone(begun, 'confirm');
		const { secret } = await poll(sandbox, begun.deviceCode);
		await poll(sandbox, 'my-own-device-code');
		const seen = JSON.stringify([
			await control.get('/ledger'),
			await waiting(),
			await control.get('/bots'),
		]);
		for (const hidden of [secret!, begun.deviceCode, 'my-own-device-code', 'sbxsecret'])
			expect(seen).not.toContain(hidden);
		expect(seen).toContain('***');
	});

	test('another app than the platform’s can do nothing with its code', async () => {
		const begun = await begin(sandbox);
		const wrong = phone(begun, 'scan', { app: 'wechat' });
		await expect(wrong).rejects.toThrow(`scan it with ${platform}`);
		expect(await waiting()).toMatchObject([{ state: 'waiting' }]);
	});
});

describe('what the platforms refuse', () => {
	test('DingTalk: another type than JSON, a source that is none, a nonce twice', async () => {
		const plain = await askDingTalk(sandbox, 'init', new URLSearchParams({ source: 'x' }));
		expect(plain.data.errcode).toBe(43004);
		expect((await askDingTalk(sandbox, 'init', { source: 1 })).data.errcode).toBe(40035);
		expect((await askDingTalk(sandbox, 'init', {})).data.errcode).toBe(0);
		const { nonce } = (await askDingTalk(sandbox, 'init', { source: 'x' })).data;
		expect((await askDingTalk(sandbox, 'begin', { nonce })).data.errcode).toBe(0);
		expect((await askDingTalk(sandbox, 'begin', { nonce })).data.errcode).toBe(400002);
		expect((await askDingTalk(sandbox, 'poll', {})).data.errcode).toBe(40035);
	});

	test('WeCom: no source, another plat than it knows, no scode', async () => {
		expect((await askWeCom(sandbox, 'generate', { plat: '0' })).data.errcode).toBe(40058);
		const plat = await askWeCom(sandbox, 'generate', { source: 'x', plat: '4' });
		expect(plat.data.errcode).toBe(40058);
		expect((await askWeCom(sandbox, 'query_result', {})).data.errcode).toBe(40058);
	});

	test.each([
		['JSON', BEGIN, { 'content-type': 'application/json' }],
		['an unknown action', { ...BEGIN, action: 'end' }, undefined],
		['another archetype', { ...BEGIN, archetype: 'Robot' }, undefined],
		['no device code', { action: 'poll' }, undefined],
	])('Feishu: %s', async (_what, form, headers) => {
		const { status, data } = await askFeishu(sandbox, form, { headers });
		expect({ status, error: data.error }).toEqual({ status: 400, error: 'invalid_request' });
	});

	test.each(['dingtalk', 'wecom'])('%s: questions that come too soon are noted', async (name) => {
		await control.put('/registration-settings', { [name]: { intervalMs: 60_000 } });
		const { begin, poll, says } = registeringCases.find(({ platform }) => platform === name)!;
		const begun = await begin(sandbox);
		for (let count = 0; count < 2; count++)
			expect((await poll(sandbox, begun.deviceCode)).said).toMatchObject(says.waiting);
		const { entries } = await control.get('/ledger?kind=registration');
		expect(entries.slice(-2).map(({ note }: { note?: string }) => note)).toEqual([
			undefined,
			'early',
		]);
	});

	test('Feishu: questions that come too soon, after which the pause is longer', async () => {
		await control.put('/registration-settings', { feishu: { intervalMs: 60_000 } });
		const { begin, poll, says } = registeringCases[1]!;
		const { deviceCode } = await begin(sandbox);
		expect((await poll(sandbox, deviceCode)).said).toMatchObject(says.waiting);
		expect((await poll(sandbox, deviceCode)).said).toMatchObject({ error: 'slow_down' });
		expect(await waiting()).toMatchObject([{ intervalMs: 65_000 }]);
		await control.put('/clock', { offsetMs: 61_000 });
		expect((await poll(sandbox, deviceCode)).said).toMatchObject(says.waiting);
	});

	test('the control says what is wrong', async () => {
		const call = (body: object) => control.post('/registrations', body);
		await expect(call({ code: 'x', does: 'sing' })).rejects.toThrow('does must be one of');
		await expect(call({ code: 'x', does: 'scan' })).rejects.toThrow('no code x');
		await expect(call({ address: 'nowhere', does: 'scan' })).rejects.toThrow('of no code');
		await expect(control.put('/registration-settings', { feishu: { speed: 1 } })).rejects.toThrow(
			'no feishu.speed',
		);
	});
});
