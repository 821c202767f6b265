import { useSandbox } from '../helpers';
import { accountOf, address, connectTo, endpoint, endSockets, socketTo } from './feishuWire';

/* Where Feishu's long connection begins: the gateway's answers, and handshakes that are refused. */

const { sandbox, control } = useSandbox();
afterEach(endSockets);

describe('the gateway', () => {
	it('names an address, and the wishes that are set', async () => {
		await control.put('/stream-settings', { feishu: { pingInterval: 33 } });
		const { code, data } = await endpoint(sandbox);
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
		expect(await endpoint(sandbox, { ...accountOf(sandbox), ...change })).toMatchObject({
			code,
			data: {},
		});
	});

	it.each([1, 403, 514, 1000040343, 1000040350])(
		'answers %i where a fault says so',
		async (code) => {
			const body = { code, msg: 'fault', data: {} };
			await control.post('/faults', { service: 'feishu', kind: 'gateway', body });
			expect(await endpoint(sandbox)).toEqual(body);
			expect(await endpoint(sandbox)).toMatchObject({ code: 0 });
		},
	);

	it('answers 514 to the right secret, and 1000040343, where a connection’s fault says so', async () => {
		await control.post('/stream-faults', { service: 'feishu', does: 'wrongCredentials' });
		await control.post('/stream-faults', { service: 'feishu', does: 'refuse' });
		expect(await endpoint(sandbox)).toMatchObject({ code: 1000040343 });
		expect(await endpoint(sandbox)).toMatchObject({ code: 514 });
		expect(await endpoint(sandbox)).toMatchObject({ code: 0 });
	});
});

describe('the handshake', () => {
	const refusal = async (url: URL) =>
		await new Promise<Record<string, unknown>>((resolve) => {
			const socket = socketTo(url).on('error', () => undefined);
			socket.on('unexpected-response', (_request, { headers }) => resolve(headers));
			socket.on('open', () => resolve({ open: true }));
		});
	const changed = (name: string, value: string) => async () => {
		const url = await address(sandbox);
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
				const url = await address(sandbox);
				await connectTo(url);
				return url;
			},
			...['514', '514'],
		],
		[
			'a ticket of two minutes ago',
			async () => {
				const url = await address(sandbox);
				await control.put('/clock', { offsetMs: 120_000 });
				return url;
			},
			...['514', '514'],
		],
		[
			'the 51st',
			async () => {
				const urls = await Promise.all(Array.from({ length: 51 }, () => address(sandbox)));
				await Promise.all(urls.slice(1).map(connectTo));
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
		expect(await refusal(await address(sandbox))).toEqual({ open: true });
	});
});
