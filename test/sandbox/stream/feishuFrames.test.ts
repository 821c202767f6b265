import { WebSocket } from 'ws';

import type { LedgerEntry } from '../../../sandbox/ledger';
import { acknowledgeFrame, type LongConnectionFrame } from '../../../protocol/feishu/stream';
import { until, useSandbox } from '../helpers';
import { address, connectTo, endSockets } from './feishuWire';

/* What Feishu's long connection refuses, shown by a client that speaks it wrongly, with our own codec. */

const { sandbox, control } = useSandbox();
afterEach(endSockets);
const connect = async () => await connectTo(await address(sandbox));

const ping = (service: number): LongConnectionFrame => ({
	...{ seqId: 0n, logId: 0n, service, method: 0 },
	headers: [['type', 'ping']],
});

const say = () => control.post('/say', { platform: 'feishu', text: 'hi' });
const refusedFrames = async () =>
	(await control.get('/ledger?kind=frame')).entries.map(({ refused }: LedgerEntry) => refused);

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
		['no LogIDNew', (frame) => ({ ...frame, logIdNew: undefined }), /unchanged/],
		['another seq', header('seq', '1'), /unchanged/],
		['no trace_id', header('trace_id'), /unchanged/],
		['no biz_rt', header('biz_rt'), /biz_rt/],
		['a biz_rt that is no number', header('biz_rt', '1.5'), /biz_rt/],
		['no payload', (frame) => ({ ...frame, payload: undefined }), /JSON with a code/],
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
