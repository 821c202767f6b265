import { WebSocket } from 'ws';

import { http, until, useSandbox } from '../helpers';
import { endDingTalkClients, EventAck, startDingTalkClient } from './dingtalkSdk';

/* The sandbox's Stream mode, judged by DingTalk's own client. */

const { sandbox, control } = useSandbox();

beforeAll(() => {
	for (const level of ['info', 'warn', 'error'] as const)
		jest.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(async () => {
	endDingTalkClients();
	await until(async () => !(await connections()).length);
});

const connections = async () => (await control.get('/connections')).connections;
const sayText = (text: string, more: object = {}) =>
	control.post('/say', { platform: 'dingtalk', text, ...more });
const frames = async (kind: string) => (await control.get(`/ledger?kind=${kind}`)).entries;
const fault = (does: string, more: object = {}) =>
	control.post('/stream-faults', { service: 'dingtalk', does, ...more });

const gateway = (body: object = {}, headers: object = {}) => {
	const { clientId, clientSecret } = sandbox.world.accounts.dingTalkAppApi;
	const subscriptions = [{ type: 'EVENT', topic: '*' }];
	return http.post(
		`${sandbox.origin}/dingtalk/api/v1.0/gateway/connections/open`,
		{ clientId, clientSecret, subscriptions, ...body },
		{ headers: { 'content-type': 'application/json', accept: 'application/json', ...headers } },
	);
};

/** Resolves to the HTTP status of the handshake. */
const handshake = async (query: string) =>
	await new Promise<number>((resolve) => {
		const socket = new WebSocket(
			`${sandbox.origin.replace('http', 'ws')}/dingtalk/connect${query}`,
		);
		const end = (status: number) => {
			socket.terminate();
			resolve(status);
		};
		socket.on('unexpected-response', (_request, response) => end(response.statusCode!));
		socket.on('open', () => end(101));
		socket.on('error', () => undefined);
	});

describe('connects', () => {
	it('with a ticket, and says who is there and since when', async () => {
		const { client } = await startDingTalkClient(sandbox);
		await until(() => client.registered);
		expect(await connections()).toMatchObject([
			{ service: 'dingtalk', who: 'judge', since: expect.any(String), received: 0, sent: 2 },
		]);
		const [connect] = await frames('connect');
		expect(connect).toMatchObject({ by: 'stream', method: 'WS', status: 101 });
	});

	it('once with each ticket, and not after 90 s', async () => {
		const query = async () =>
			`?ticket=${encodeURIComponent((await gateway()).data.ticket as string)}`;
		const first = await query();
		expect(await handshake(first)).toBe(101);
		expect(await handshake(first)).toBe(401);
		expect(await handshake('?ticket=made-up')).toBe(401);
		const late = await query();
		await control.put('/clock', { offsetMs: 91_000 });
		expect(await handshake(late)).toBe(401);
	});

	it.each([
		['a wrong secret', { clientSecret: 'wrong' }, {}, 401],
		['no subscriptions', { subscriptions: [] }, {}, 400],
		['a single event', { subscriptions: [{ type: 'EVENT', topic: 'user_add_org' }] }, {}, 400],
		['a form', {}, { 'content-type': 'text/plain' }, 400],
	])('not with %s', async (_name, body, headers, status) => {
		expect((await gateway(body, headers)).status).toBe(status);
	});

	it('with an answer in XML for a client that does not ask for JSON', async () => {
		const { data } = await gateway({}, { accept: '*/*' });
		expect(data).toMatch(/^<result><endpoint>ws:/);
	});

	it('after a while, where the gateway is unwell at first', async () => {
		await fault('refuse', { times: 2 });
		await fault('wrongCredentials');
		const { client } = await startDingTalkClient(sandbox);
		await until(() => client.registered);
		const asked = await frames('gateway');
		expect(asked.map(({ status }: { status: number }) => status)).toEqual([503, 503, 401, 200]);
	});
});

describe('receives', () => {
	it('a message of a person, acknowledges it, and answers by its session', async () => {
		const { heard } = await startDingTalkClient(sandbox);
		const { messageId, deliveries } = await sayText('hello');
		expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
		expect(deliveries[0].refused).toBeUndefined();
		const [{ headers, data }] = heard as [(typeof heard)[0]];
		expect(Object.values(headers).every((value) => typeof value === 'string')).toBe(true);
		const body = JSON.parse(data);
		expect(body).toMatchObject({ msgId: messageId, text: { content: 'hello' } });
		await http.post(body.sessionWebhook, { msgtype: 'text', text: { content: 'hi' } });
		const answers = await control.get(`/answers?messageId=${encodeURIComponent(messageId)}`);
		expect(answers).toMatchObject([{ text: 'hi' }]);
	});

	it('only what it has subscribed to', async () => {
		const { heard } = await startDingTalkClient(sandbox, { topics: [] });
		const { deliveries } = await sayText('to nobody');
		expect(deliveries).toMatchObject([{ by: 'stream', refused: 'no connection is open' }]);
		await sayText('', { bot: 'events', eventType: 'user_add_org', event: { UserId: ['a'] } });
		expect(heard).toMatchObject([
			{ type: 'EVENT', headers: { topic: '*', eventType: 'user_add_org' } },
		]);
	});

	it('an event again that it wants later, by the same id in another frame', async () => {
		await control.put('/clock', { scheduleScale: 0.001 });
		const { heard } = await startDingTalkClient(sandbox, {
			eventAck: () => (heard.length < 3 ? EventAck.LATER : EventAck.SUCCESS),
		});
		await sayText('', { bot: 'events', eventType: 'user_add_org', event: { UserId: ['a'] } });
		await until(() => heard.length === 3);
		const [first, second] = heard.map(({ headers }) => headers);
		expect(second!.eventId).toBe(first!.eventId);
		expect(second!.messageId).not.toBe(first!.messageId);
		await until(async () => (await control.get('/clock')).pending === 0);
		const outcomes = (await frames('delivery')).map(({ refused }: { refused?: string }) => refused);
		expect(outcomes).toEqual(['LATER', 'LATER', undefined]);
	});

	it('a press of a button, and answers it with the card', async () => {
		const response = { cardData: { cardParamMap: { state: 'done' } } };
		const topics = ['/v1.0/card/instances/callback'];
		const { heard } = await startDingTalkClient(sandbox, { topics, response });
		const press = { eventType: 'actionCallback', event: { outTrackId: 'card1' } };
		const { deliveries } = await sayText('', press);
		expect(deliveries).toMatchObject([{ status: 200 }]);
		expect(JSON.parse(heard[0]!.data)).toMatchObject({ outTrackId: 'card1', userId: 'zhangsan' });
		response.cardData.cardParamMap.state = 1 as never;
		const { deliveries: again } = await sayText('', press);
		expect(again[0].refused).toBe('the values of cardParamMap must be strings');
	});
});

describe('lives', () => {
	it('by answering pings', async () => {
		await control.put('/stream-settings', { dingtalk: { pingEveryMs: 30 } });
		await startDingTalkClient(sandbox);
		await until(async () => (await frames('pong')).length > 2);
		const pongs = (await frames('pong')) as Array<{ refused?: string }>;
		expect(pongs.filter(({ refused }) => refused)).toEqual([]);
	});

	it('through a flood of pings, each of which it answers by its own data', async () => {
		const { client } = await startDingTalkClient(sandbox);
		await until(() => client.registered);
		await fault('pingFlood', { times: 300 });
		await until(async () => (await frames('pong')).length === 300);
		const pongs = (await frames('pong')) as Array<{ refused?: string }>;
		expect(pongs.filter(({ refused }) => refused)).toEqual([]);
	});

	it('through a disconnect that was announced: TCP ends 10 s later, and it connects anew', async () => {
		await control.put('/clock', { scheduleScale: 0.1 });
		await startDingTalkClient(sandbox);
		const [{ id }] = await connections();
		expect((await fault('announceDisconnect')).happened).toBe(1);
		expect(await connections()).toMatchObject([{ id }]);
		const others = async () => (await connections()).filter((one: { id: string }) => one.id !== id);
		await until(async () => (await others()).length);
		expect((await frames('disconnect'))[0].request.body).not.toContain('messageId');
		expect((await sayText('again')).deliveries).toMatchObject([{ status: 200 }]);
	});

	it('where it freezes before the announced end: nobody sees that end', async () => {
		await control.put('/clock', { scheduleScale: 0.1 });
		await startDingTalkClient(sandbox);
		const [{ id }] = await connections();
		await fault('announceDisconnect');
		await fault('freeze');
		await until(async () => (await control.get('/clock')).pending === 0);
		expect(await connections()).toMatchObject([{ id, frozen: true }]);
		await fault('drop');
	});

	it('not while it is frozen: its messages get no acknowledgement (control)', async () => {
		const { client, heard } = await startDingTalkClient(sandbox);
		await until(() => client.registered);
		await fault('freeze');
		const asked = sayText('into the ice');
		await until(async () => (await control.get('/history')).messages.length);
		expect((await connections())[0].frozen).toBe(true);
		await fault('drop');
		expect((await asked).deliveries).toMatchObject([{ status: 0, refused: 'no acknowledgement' }]);
		expect(heard).toEqual([]);
	});
});
