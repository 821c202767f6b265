import { connect } from 'node:net';

import { WebSocket } from 'ws';

import { startBot, startTestSandbox, until, useSandbox } from '../helpers';
import { endDingTalkClients, startDingTalkClient } from './dingtalkSdk';
import { endWires, openSubscribed, openWire } from './weComWire';

/* Which way a message goes, what a bot may say, and how connections end. */

const { sandbox, control } = useSandbox();

beforeAll(() => {
	for (const level of ['info', 'warn', 'error'] as const)
		jest.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(async () => {
	endWires();
	endDingTalkClients();
	await until(async () => !(await connections()).length);
	await control.put('/callbacks', { 'wecom-aibot': '', dingtalk: '', wecom: '' });
});

const connections = async () => (await control.get('/connections')).connections;
const say = (given: object) =>
	control.post('/say', { platform: 'wecom', bot: 'aibot', text: 'hello', ...given });
const entries = async (query: string) => (await control.get(`/ledger?${query}`)).entries;

describe('a message goes', () => {
	it('by connection while one is open, else to the callback, unless it is forced', async () => {
		const bot = await startBot();
		await control.put('/callbacks', { 'wecom-aibot': bot.origin });
		const wayOf = async (more: object = {}) => (await say(more)).deliveries[0].by;
		expect(await wayOf()).toBe('http');
		const { socket, heard } = await openSubscribed(sandbox);
		expect(await wayOf()).toBe('stream');
		expect(await wayOf({ by: 'http' })).toBe('http');
		expect(await wayOf({ url: bot.origin })).toBe('http');
		socket.terminate();
		await until(async () => !(await connections()).length);
		expect(await wayOf()).toBe('http');
		expect([heard.length, bot.received.length]).toEqual([1, 4]);
		expect((await say({ by: 'stream', redeliver: false })).deliveries).toMatchObject([
			{ by: 'stream', refused: 'no connection is open' },
		]);
		await bot.close();
	});

	it('not by a connection where the platform has none', async () => {
		const saying = say({ bot: 'app', by: 'stream' });
		await expect(saying).rejects.toThrow('WeCom apps have no long connections');
		await expect(say({ by: 'pigeon' })).rejects.toThrow('by must be stream or http');
	});

	it('nowhere as a robot message of DingTalk, and again as an event, while nobody is there', async () => {
		await control.put('/clock', { scheduleScale: 0.001 });
		const { client } = await startDingTalkClient(sandbox);
		client.disconnect();
		await until(async () => !(await connections()).length);
		const lost = await say({ platform: 'dingtalk', bot: 'app', text: 'lost' });
		const event = { platform: 'dingtalk', bot: 'events', eventType: 'user_add_org' };
		const kept = await say({ ...event, event: { UserId: ['a'] } });
		expect(lost.deliveries[0].refused).toBe('no connection is open');
		expect(await entries(`messageId=${encodeURIComponent(lost.messageId)}`)).toMatchObject([
			{ note: 'forgotten' },
		]);
		const [first] = await entries(`messageId=${encodeURIComponent(kept.messageId)}`);
		expect(first.note).toBeUndefined();
		const { heard } = await startDingTalkClient(sandbox);
		await until(() => heard.length);
		await until(async () => (await control.get('/clock')).pending === 0);
		expect(heard.map(({ type }) => type)).toEqual(['EVENT']);
	});

	it('no more, and is noted as forgotten, when the platform has tried as often as it does', async () => {
		await control.put('/clock', { scheduleScale: 0.001 });
		const tried = async (more: object) => {
			const { messageId } = await say({ by: 'stream', ...more });
			await until(async () => (await control.get('/clock')).pending === 0);
			return (await entries(`messageId=${messageId}`)).map(({ note }: { note?: string }) => note);
		};
		expect(await tried({})).toEqual([undefined, undefined, undefined, 'forgotten']);
		expect(await tried({ redeliver: false })).toEqual([undefined]);
	});

	it('by one of several connections', async () => {
		const first = await startDingTalkClient(sandbox);
		const second = await startDingTalkClient(sandbox);
		const told = () => [first.heard.length, second.heard.length];
		await until(async () => {
			await say({ platform: 'dingtalk', bot: 'app' });
			return Math.min(...told()) > 0;
		});
		const all = (await entries('kind=delivery')) as unknown[];
		expect(told().reduce((sum, count) => sum + count)).toBe(all.length);
	});
});

describe('what a bot says that is no frame is refused, and the connection stays', () => {
	const bodies: Array<[string, string | Buffer]> = [
		['no JSON', '<html></html>'],
		['a list', '[]'],
		['bytes', Buffer.from('{}')],
		['no headers', '{"cmd":"ping"}'],
		['a number for an id', '{"cmd":"ping","headers":{"req_id":9007199254740993}}'],
	];
	it.each(bodies)('%s', async (_name, frame) => {
		const wire = await openSubscribed(sandbox);
		wire.socket.send(frame);
		await until(async () => (await entries('kind=frame')).length);
		expect((await entries('kind=frame'))[0]).toMatchObject({ by: 'stream', status: 400 });
		wire.send('ping', 'p1');
		await until(() => wire.answers().length);
	});

	it.each([
		['an unknown command', 'aibot_dance', {}],
		['a name that every object has', 'constructor', {}],
		['no object as its body', 'aibot_send_msg', null],
		['a stream that is none', 'aibot_send_msg', { chatid: 'zhangsan', msgtype: 'stream' }],
	])('%s', async (_name, cmd, body) => {
		const wire = await openSubscribed(sandbox);
		wire.send(cmd, 'r1', body);
		await until(() => wire.answers().length);
		expect(wire.answers()[0]!.errcode).not.toBe(0);
	});

	it('anything before its subscription', async () => {
		const wire = await openWire(sandbox);
		wire.send('ping', 'p1');
		await until(() => wire.answers().length);
		expect(wire.answers()).toMatchObject([{ errcode: 40058 }]);
	});

	it('but a frame of 3 MB ends it', async () => {
		const wire = await openSubscribed(sandbox);
		wire.socket.send('x'.repeat(3 * 1024 * 1024));
		await until(() => wire.closeCode);
		await openSubscribed(sandbox);
	});
});

it('The ledger shows no secret and no ticket', async () => {
	await openSubscribed(sandbox);
	await startDingTalkClient(sandbox);
	const shown = JSON.stringify(await entries(''));
	expect(shown).toContain('aibot_subscribe');
	const secrets = sandbox.world.accounts.secrets().filter((secret) => shown.includes(secret));
	expect([secrets, /sbxsecret/.test(shown)]).toEqual([[], false]);
});

it('A reset ends all sockets, also frozen ones, and forgets faults and settings', async () => {
	const wires = [await openWire(sandbox), await openWire(sandbox)];
	await control.post('/stream-faults', { service: 'wecom', does: 'freeze' });
	await control.post('/stream-faults', { service: 'wecom', does: 'refuse', times: -1 });
	await control.put('/stream-settings', { wecom: { silenceMs: 5 } });
	await control.post('/reset');
	await until(() => wires.every(({ closeCode }) => closeCode));
	await openSubscribed(sandbox);
	expect((await control.get('/stream-settings')).wecom.silenceMs).toBe(75_000);
	expect(await control.get('/connections')).toMatchObject({ opened: { wecom: 1 } });
});

it('A sandbox that closes leaves no socket', async () => {
	const other = await startTestSandbox();
	const wire = await openSubscribed(other);
	await other.close();
	await until(() => wire.closeCode);
	expect(wire.socket.readyState).toBe(WebSocket.CLOSED);
});

it('A sandbox closes also under a bot that was refused and does not go away', async () => {
	const other = await startTestSandbox();
	const port = Number(new URL(other.origin).port);
	const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
	socket.on('error', () => undefined);
	socket.write(`GET /elsewhere HTTP/1.1\r\nHost: x\r\n${upgrade}`);
	await new Promise((answered) => socket.once('data', answered));
	await other.close();
	socket.destroy();
});

it('No WebSocket is taken at another path', async () => {
	const socket = new WebSocket(`${sandbox.origin.replace('http', 'ws')}/wecom/elsewhere`);
	const status = await new Promise((resolve) => {
		socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
		socket.on('error', () => undefined);
	});
	expect(status).toBe(404);
	socket.terminate();
});
