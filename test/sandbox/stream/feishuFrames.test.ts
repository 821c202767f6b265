import { WebSocket } from 'ws';

import {
	acknowledgeFrame,
	decodeFrame,
	encodeFrame,
	type LongConnectionFrame,
} from '../../../protocol/feishu/stream';
import { http, until, useSandbox } from '../helpers';

/* What Feishu's long connection refuses, shown by a client that speaks it wrongly, with our own codec. */

const { sandbox, control } = useSandbox();

const sockets: WebSocket[] = [];
afterEach(() => {
	for (const socket of sockets.splice(0)) socket.terminate();
});

const account = () => {
	const { appId, appSecret } = sandbox.world.accounts.feishuAppApi;
	return { AppID: appId, AppSecret: appSecret };
};
const endpoint = async (body: unknown = account()) =>
	(await http.post(`${sandbox.origin}/feishu/callback/ws/endpoint`, body)).data;
const address = async () => new URL((await endpoint()).data.URL);

interface Connected {
	socket: WebSocket;
	service: number;
	next(): Promise<LongConnectionFrame>;
	send(frame: LongConnectionFrame | string): void;
}

async function connect(url?: URL): Promise<Connected> {
	const target = url ?? (await address());
	const socket = new WebSocket(target);
	sockets.push(socket);
	const frames: LongConnectionFrame[] = [];
	socket.on('message', (data: Buffer) => frames.push(decodeFrame(data)));
	await new Promise((done, fail) => socket.once('open', done).once('error', fail));
	return {
		socket,
		service: Number(target.searchParams.get('service_id')),
		next: () => until(() => frames.shift()),
		send: (frame) => socket.send(typeof frame === 'string' ? frame : encodeFrame(frame)),
	};
}

const ping = (service: number): LongConnectionFrame => ({
	...{ seqId: 0n, logId: 0n, service, method: 0 },
	headers: [['type', 'ping']],
});

const say = () => control.post('/say', { platform: 'feishu', text: 'hi' });
const refusedFrames = async () =>
	(await control.get('/ledger?kind=frame')).entries.map(({ refused }: any) => refused);

describe('the gateway', () => {
	it('names an address, and the wishes that are set', async () => {
		await control.put('/stream-settings', { feishu: { pingInterval: 33 } });
		const { code, data } = await endpoint();
		expect(code).toBe(0);
		expect(data.URL).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/.*[?&]device_id=\d+&service_id=\d+&/);
		expect(data.ClientConfig).toEqual({
			...{ ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30, PingInterval: 33 },
		});
		const { entries } = await control.get('/ledger?kind=gateway');
		expect(JSON.stringify(entries)).not.toMatch(/sandboxX6g|sbxsecret/);
	});

	it.each([
		['a wrong secret', { AppSecret: 'x' }, 514],
		['another app', { AppID: 'cli_0000000000000000' }, 514],
		['no secret', { AppSecret: undefined }, 514],
	])('refuses %s', async (_name, change, code) => {
		expect(await endpoint({ ...account(), ...change })).toMatchObject({ code, data: {} });
	});

	it.each([1, 403, 514, 1000040343, 1000040350])(
		'answers %i where a fault says so',
		async (code) => {
			const body = { code, msg: 'fault', data: {} };
			await control.post('/faults', { service: 'feishu', kind: 'gateway', body });
			expect(await endpoint()).toEqual(body);
			expect(await endpoint()).toMatchObject({ code: 0 });
		},
	);

	it('answers 514 to the right secret, and 1000040343, where a connection’s fault says so', async () => {
		await control.post('/stream-faults', { service: 'feishu', does: 'wrongCredentials' });
		await control.post('/stream-faults', { service: 'feishu', does: 'refuse' });
		expect(await endpoint()).toMatchObject({ code: 1000040343 });
		expect(await endpoint()).toMatchObject({ code: 514 });
		expect(await endpoint()).toMatchObject({ code: 0 });
	});
});

describe('the handshake', () => {
	const refusal = async (url: URL) =>
		await new Promise<Record<string, unknown>>((resolve) => {
			const socket = new WebSocket(url).on('error', () => undefined);
			sockets.push(socket);
			socket.on('unexpected-response', (_request, { headers }) => resolve(headers));
			socket.on('open', () => resolve({ open: true }));
		});
	const changed = (name: string, value: string) => async () => {
		const url = await address();
		url.searchParams.set(name, value);
		return url;
	};

	it.each([
		['an unknown ticket', changed('ticket', 'x'), '514', '514'],
		['another device', changed('device_id', '1'), '403', '403'],
		['another service', changed('service_id', '1'), '403', '403'],
		[
			'a used ticket',
			async () => {
				const url = await address();
				await connect(url);
				return url;
			},
			...['514', '514'],
		],
		[
			'a ticket of two minutes ago',
			async () => {
				const url = await address();
				await control.put('/clock', { offsetMs: 120_000 });
				return url;
			},
			...['514', '514'],
		],
		[
			'the 51st',
			async () => {
				const urls = await Promise.all(Array.from({ length: 51 }, address));
				await Promise.all(urls.slice(1).map(connect));
				return urls[0]!;
			},
			...['514', '1000040350'],
		],
	] as Array<[string, () => Promise<URL>, string, string]>)(
		'refuses %s',
		async (_name, url, status, code) => {
			expect(await refusal(await url())).toMatchObject({
				'handshake-status': status,
				'handshake-msg': expect.any(String),
				'handshake-autherrcode': code,
			});
		},
	);

	it('takes what the gateway has named (control)', async () => {
		expect(await refusal(await address())).toEqual({ open: true });
	});
});

describe('an acknowledgement', () => {
	type Change = (frame: LongConnectionFrame) => LongConnectionFrame;
	const header =
		(key: string, value?: string): Change =>
		(frame) => ({
			...frame,
			headers: frame.headers.flatMap((pair) =>
				pair[0] !== key ? [pair] : value === undefined ? [] : [[key, value] as [string, string]],
			),
		});
	const payload =
		(text: string): Change =>
		(frame) => ({ ...frame, payload: Buffer.from(text) });

	it.each<[string, Change, RegExp]>([
		['another LogID', (frame) => ({ ...frame, logId: frame.logId + 2n ** 20n }), /unchanged/],
		['another SeqID', (frame) => ({ ...frame, seqId: frame.seqId + 1n }), /unchanged/],
		['no LogIDNew', ({ logIdNew: _, ...frame }) => frame, /unchanged/],
		['another seq', header('seq', '1'), /unchanged/],
		['no trace_id', header('trace_id'), /unchanged/],
		['no biz_rt', header('biz_rt'), /biz_rt/],
		['a biz_rt that is no number', header('biz_rt', '1.5'), /biz_rt/],
		['no payload', ({ payload: _, ...frame }) => frame, /JSON with a code/],
		['a payload that is no JSON', payload('ok'), /JSON with a code/],
		['a code of words', payload('{"code":"200"}'), /JSON with a code/],
		['code 500', payload('{"code":500}'), /^code 500$/],
	])('with %s does not count: it is delivered again', async (_name, change, refused) => {
		await control.put('/clock', { scheduleScale: 0 });
		const client = await connect();
		const said = say();
		const frame = await client.next();
		client.send(change(acknowledgeFrame(frame, 1)));
		const again = await client.next();
		client.send(acknowledgeFrame(again, 1));
		expect((await said).deliveries).toMatchObject([{ refused: expect.stringMatching(refused) }]);
		expect(again.logId).not.toBe(frame.logId);
		expect(JSON.parse(String(again.payload)).event).toEqual(
			JSON.parse(String(frame.payload)).event,
		);
	});

	it.each<[string, number, Change]>([
		['of another message_id', 0, header('message_id', 'x')],
		['that comes after 3 s', 3200, (frame) => frame],
	])('%s does not count either', async (_name, delayMs, change) => {
		await control.put('/clock', { scheduleScale: 0 });
		const client = await connect();
		const said = say();
		const frame = await client.next();
		setTimeout(() => client.send(change(acknowledgeFrame(frame, 1))), delayMs);
		client.send(acknowledgeFrame(await client.next(), 1));
		expect((await said).deliveries).toMatchObject([{ refused: 'no answer within 3000 ms' }]);
		await until(async () => (await refusedFrames()).length === 1);
		expect(await refusedFrames()).toEqual([expect.stringContaining('nobody waits for')]);
	});

	it('that repeats the frame counts (control)', async () => {
		const client = await connect();
		const said = say();
		client.send(acknowledgeFrame(await client.next(), 0));
		expect((await said).deliveries).toMatchObject([{ status: 200 }]);
		expect(await refusedFrames()).toEqual([]);
	});
});

it('refuses what is no frame of its clients, and goes on', async () => {
	const client = await connect();
	client.send('{"type":"ping"}');
	client.socket.send(Buffer.from('08', 'hex'));
	client.socket.send(Buffer.from('ffffff', 'hex'));
	client.send(ping(client.service + 1));
	client.send({ ...ping(client.service), headers: [] });
	client.send(ping(client.service));
	const pong = await client.next();
	expect(pong.headers).toEqual([['type', 'pong']]);
	expect(JSON.parse(String(pong.payload))).toMatchObject({ PingInterval: 120 });
	expect(await refusedFrames()).toHaveLength(5);
});

it('ends a connection that is not pinged for three intervals, and no other', async () => {
	await control.put('/stream-settings', { feishu: { pingInterval: 0.2 } });
	const [silent, lively] = [await connect(), await connect()];
	const pings = setInterval(() => lively.send(ping(lively.service)), 50);
	const code = await new Promise((done) => silent.socket.once('close', done));
	clearInterval(pings);
	expect(code).toBe(1001);
	expect(lively.socket.readyState).toBe(WebSocket.OPEN);
});

it('a frozen connection stays, hears no ping and says nothing', async () => {
	await control.put('/stream-settings', { feishu: { pingInterval: 0.1 } });
	const client = await connect();
	await control.post('/stream-faults', { service: 'feishu', does: 'freeze' });
	client.send(ping(client.service));
	expect((await say()).deliveries).toMatchObject([{ refused: 'no answer within 3000 ms' }]);
	expect(client.socket.readyState).toBe(WebSocket.OPEN);
	expect((await control.get('/ledger?kind=ping')).entries).toEqual([]);
});
