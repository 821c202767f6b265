import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket } from 'ws';

import { until, useSandbox } from '../helpers';
import { endWires, openSubscribed, openWire } from './weComWire';

/* What goes wrong with connections on purpose, as a bot sees it. */

const { sandbox, control } = useSandbox();

afterEach(async () => {
	endWires();
	await until(async () => !(await connections()).length);
});

const connections = async () => (await control.get('/connections')).connections;
const say = (text: string) =>
	control.post('/say', { platform: 'wecom', bot: 'aibot', text, redeliver: false });
const fault = (does: string, more: object = {}) =>
	control.post('/stream-faults', { service: 'wecom', does, ...more });
const textsOf = (heard: Array<string | Buffer>) =>
	heard.map((frame) => JSON.parse(String(frame)).body?.text?.content);

it('Without a fault each frame comes once and in order, and pings are answered (control)', async () => {
	const { heard, ...wire } = await openSubscribed(sandbox);
	await say('one');
	await say('two');
	await until(() => heard.length === 2);
	expect(textsOf(heard)).toEqual(['one', 'two']);
	wire.send('ping', 'p1');
	await until(() => heard.length === 3);
	expect(JSON.parse(String(heard[2]))).toEqual({
		headers: { req_id: 'p1' },
		errcode: 0,
		errmsg: 'ok',
	});
});

describe('the next frames', () => {
	it('one comes twice', async () => {
		const { heard } = await openSubscribed(sandbox);
		await fault('duplicate', { kind: 'delivery' });
		await say('one');
		await say('two');
		await until(() => heard.length === 3);
		expect(textsOf(heard)).toEqual(['one', 'one', 'two']);
	});

	it('one is overtaken by the next, or comes late where there is none', async () => {
		const { heard } = await openSubscribed(sandbox);
		await fault('reorder', { kind: 'delivery' });
		await say('one');
		await say('two');
		await until(() => heard.length === 2);
		expect(textsOf(heard)).toEqual(['two', 'one']);
		await fault('reorder');
		await say('three');
		expect(heard.length).toBe(2);
		await until(() => heard.length === 3);
	});

	it('an acknowledgement is late', async () => {
		const { heard, ...wire } = await openSubscribed(sandbox);
		await fault('delay', { kind: 'acknowledgement', delayMs: 300 });
		wire.send('ping', 'late');
		wire.send('ping', 'soon');
		await until(() => heard.length === 2);
		expect(heard.map((frame) => JSON.parse(String(frame)).headers.req_id)).toEqual([
			'soon',
			'late',
		]);
	});

	it('TCP ends in the middle of one', async () => {
		const wire = await openSubscribed(sandbox);
		await fault('cut');
		await say('cut off');
		await until(() => wire.closeCode);
		expect([wire.closeCode, wire.heard]).toEqual([1006, []]);
	});
});

describe('a connection that is open', () => {
	it('freezes: neither speaks nor hears, and TCP stays even where the platform gives it up', async () => {
		await control.put('/stream-settings', { wecom: { silenceMs: 5_000 } });
		const wire = await openSubscribed(sandbox);
		expect((await fault('freeze')).happened).toBe(1);
		const other = await openSubscribed(sandbox);
		wire.send('ping', 'p1');
		wire.socket.ping();
		await until(() => other.closeCode);
		await sleep(100);
		expect([wire.heard, wire.pongs, wire.socket.readyState]).toEqual([[], 0, WebSocket.OPEN]);
		wire.socket.close();
		await sleep(100);
		expect(wire.socket.readyState).toBe(WebSocket.CLOSING);
	});

	it('answers a ping and a close frame of the protocol (control)', async () => {
		const wire = await openSubscribed(sandbox);
		wire.socket.ping();
		await until(() => wire.pongs === 1);
		wire.socket.close(1000);
		await until(() => wire.closeCode === 1000);
	});

	it('is dropped, one of two by its id', async () => {
		const first = await openWire(sandbox);
		const second = await openWire(sandbox);
		const [, { id }] = await connections();
		expect((await fault('drop', { connection: id })).happened).toBe(1);
		await until(() => second.closeCode);
		expect([first.socket.readyState, second.closeCode]).toEqual([WebSocket.OPEN, 1006]);
	});

	it('is flooded with pings', async () => {
		const wire = await openSubscribed(sandbox);
		await fault('pingFlood', { times: 500 });
		await until(() => wire.pings === 500);
	});

	it.each([
		['text', 'string', 16],
		['html', 'string', 65],
		['binary', 'object', 200],
		['big', 'string', 10 * 1024 * 1024],
	])('hears %s that is no frame', async (content, type, length) => {
		const { heard } = await openSubscribed(sandbox);
		await fault('garbage', { content, times: 2 });
		await until(() => heard.length === 2);
		expect(heard.map((frame) => [typeof frame, frame.length])).toEqual([
			[type, length],
			[type, length],
		]);
	});

	it('hears the bytes that are given', async () => {
		const { heard } = await openSubscribed(sandbox);
		const data = Buffer.from([0, 255, 1]);
		await fault('garbage', { data: data.toString('base64') });
		await fault('garbage', { data: Buffer.from('{"cmd":5}').toString('base64'), content: 'text' });
		await until(() => heard.length === 2);
		expect(heard).toEqual([data, '{"cmd":5}']);
	});
});

describe('who wants to connect', () => {
	it('is turned away for a while', async () => {
		await fault('refuse', { forMs: 5_000 });
		expect((await openWire(sandbox)).closeCode).toBe(1006);
		await until(async () => (await openWire(sandbox)).closeCode === undefined);
	});

	it('is told that right credentials are wrong, once', async () => {
		await fault('wrongCredentials');
		const { answers, ...wire } = await openWire(sandbox);
		wire.subscribe();
		await until(() => answers().length === 1);
		wire.subscribe();
		await until(() => answers().length === 2);
		expect(answers().map(({ errcode }) => errcode)).toEqual([853000, 0]);
	});

	it('finds a server that never speaks', async () => {
		await fault('acceptFrozen');
		const silent = await openWire(sandbox);
		silent.subscribe();
		await openSubscribed(sandbox);
		expect([silent.heard, silent.socket.readyState]).toEqual([[], WebSocket.OPEN]);
		expect((await connections()).map(({ frozen }: { frozen: boolean }) => frozen)).toEqual([
			true,
			false,
		]);
	});
});

it('A fault that waits is listed and can be taken back', async () => {
	await fault('duplicate', { times: 3 });
	expect((await control.get('/stream-faults')).faults).toMatchObject([{ does: 'duplicate' }]);
	expect(await control.delete('/stream-faults')).toEqual({ faults: [] });
});

it.each([
	[{ does: 'explode' }, 'does must be one of'],
	[{ does: 'freeze', service: 'sms' }, 'service must be'],
	[{ does: 'duplicate', times: 0.5 }, 'times must be'],
	[{ does: 'garbage', content: 'noise' }, 'content must be one of'],
])('A fault that makes no sense is refused: %j', async (given, words) => {
	const adding = control.post('/stream-faults', { service: 'wecom', ...given });
	await expect(adding).rejects.toThrow(words);
});

it.each([
	[{ wecom: { silenceMs: 'long' } }, 'must be a number'],
	[{ wecom: { patience: 5 } }, 'no wecom.patience'],
	[{ sms: { silenceMs: 5 } }, 'no sms.silenceMs'],
])('A setting that makes no sense is refused: %j', async (given, words) => {
	await expect(control.put('/stream-settings', given)).rejects.toThrow(words);
});
