import { WebSocket } from 'ws';

import { http, until, useSandbox } from '../helpers';
import { endDingTalkClients, startDingTalkClient } from './dingtalkSdk';

/* How the sandbox judges what a bot answers to DingTalk's frames, and what comes again. */

const { sandbox, control } = useSandbox();
const sockets: WebSocket[] = [];

beforeAll(() => {
	for (const level of ['info', 'warn', 'error'] as const)
		jest.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(async () => {
	for (const socket of sockets.splice(0)) socket.terminate();
	endDingTalkClients();
	await until(async () => !(await control.get('/connections')).connections.length);
});

interface Heard {
	type: string;
	headers: { messageId: string; topic: string; eventId?: string };
}

/** A bot that answers each frame about a message by `ack`, or not at all. */
async function startWire(ack: (frame: Heard) => object | undefined) {
	const { clientId, clientSecret } = sandbox.world.accounts.dingTalkAppApi;
	const topics = ['/v1.0/im/bot/messages/get', '/v1.0/card/instances/callback'];
	const callbacks = topics.map((topic) => ({ type: 'CALLBACK', topic }));
	const subscriptions = [{ type: 'EVENT', topic: '*' }, ...callbacks];
	const { data } = await http.post(
		`${sandbox.origin}/dingtalk/api/v1.0/gateway/connections/open`,
		{ clientId, clientSecret, subscriptions },
		{ headers: { accept: 'application/json' } },
	);
	const socket = new WebSocket(`${data.endpoint}?ticket=${encodeURIComponent(data.ticket)}`);
	sockets.push(socket);
	const heard: Heard[] = [];
	socket.on('message', (text: Buffer) => {
		const frame = JSON.parse(text.toString('utf8')) as Heard;
		if (frame.type === 'SYSTEM') return;
		heard.push(frame);
		const answer = ack(frame);
		if (answer) socket.send(JSON.stringify(answer));
	});
	await new Promise((open) => socket.once('open', open));
	return heard;
}

const ackOf = ({ headers }: Heard, data: unknown, more: object = {}) => ({
	code: 200,
	headers: { contentType: 'application/json', messageId: headers.messageId },
	message: 'OK',
	data,
	...more,
});

const KINDS = {
	robot: { text: 'hello' },
	event: { bot: 'events', eventType: 'user_add_org', event: { UserId: ['a'] } },
	card: { eventType: 'actionCallback', event: { outTrackId: 'card1' } },
};
const say = (kind: keyof typeof KINDS, more: object = {}) =>
	control.post('/say', { platform: 'dingtalk', ...KINDS[kind], ...more });

const refusals: Array<[keyof typeof KINDS, unknown, object, string | undefined]> = [
	['robot', '{"response":null}', {}, undefined],
	['robot', 'whatever it says', {}, undefined],
	['robot', '{"response":null}', { code: 404 }, 'code 404'],
	['event', '{"status":"SUCCESS","message":"ok"}', {}, undefined],
	['event', '{"status":"SUCCESS"}', { code: 500 }, 'code 500'],
	['event', '{"status":"LATER"}', {}, 'LATER'],
	['event', '{"status":"LATER"}', { code: 500 }, 'LATER'],
	['event', '{"response":null}', {}, 'data.status must be SUCCESS or LATER'],
	['event', { status: 'SUCCESS' }, {}, 'data must be a JSON object as text'],
	['event', undefined, {}, 'data must be a JSON object as text'],
	['card', '{"response":null}', {}, undefined],
	['card', '{"response":{"cardData":{"cardParamMap":{"a":"1"}}}}', {}, undefined],
	['card', '{"response":{"cardData":{"cardParamMap":{"a":1}}}}', {}, 'the values of cardParamMap'],
	['card', '{"response":5}', {}, 'data.response must be an object or null'],
	['card', 'no JSON', {}, 'data must be a JSON object as text'],
];

it.each(refusals)('An acknowledgement of a %s with %j %j: %s', async (kind, data, more, why) => {
	await startWire((frame) => ackOf(frame, data, more));
	const { deliveries } = await say(kind, { redeliver: false });
	if (why === undefined) expect(deliveries[0].refused).toBeUndefined();
	else expect(deliveries[0].refused).toContain(why);
});

it.each([
	['another message id', { headers: { contentType: 'application/json', messageId: 'other' } }],
	['no headers', { headers: undefined }],
	['another content type', { headers: { contentType: 'text/plain', messageId: 'other' } }],
	['a code as text', { code: '200' }],
])('What has %s is refused, and acknowledges nothing', async (_name, more) => {
	await startWire((frame) => ackOf(frame, '{"status":"SUCCESS"}', more));
	const delivered = say('event', { redeliver: false });
	const refused = async () => (await control.get('/ledger?kind=frame')).entries;
	await until(async () => (await refused()).length);
	await control.post('/stream-faults', { service: 'dingtalk', does: 'drop' });
	expect((await delivered).deliveries[0]).toMatchObject({
		status: 0,
		refused: 'no acknowledgement',
	});
});

it('An event that nobody acknowledges in 5 s comes again', async () => {
	await control.put('/clock', { scheduleScale: 0.001 });
	const heard: Heard[] = await startWire((frame) =>
		heard.length > 1 ? ackOf(frame, '{"status":"SUCCESS"}') : undefined,
	);
	await say('event');
	await until(() => heard.length === 2);
	expect(heard[0]!.headers.eventId).toBe(heard[1]!.headers.eventId);
});

it('A bot that answers no ping is taken for gone', async () => {
	await control.put('/stream-settings', { dingtalk: { pingEveryMs: 30 } });
	await startWire(() => undefined);
	await until(() => sockets[0]!.readyState === WebSocket.CLOSED);
});

it('An acknowledgement that comes twice is noted, and does no harm', async () => {
	const heard = await startWire((frame) => {
		sockets[0]!.send(JSON.stringify(ackOf(frame, '{"response":null}')));
		return ackOf(frame, '{"response":null}');
	});
	await say('robot');
	await until(async () => (await control.get('/ledger?kind=acknowledgement')).entries.length);
	expect(heard.length).toBe(1);
});

it('What was cut off on its way comes again as an event, and is gone as a robot message', async () => {
	await control.put('/clock', { scheduleScale: 0.001 });
	const { heard } = await startDingTalkClient(sandbox);
	const cut = { service: 'dingtalk', does: 'cut', kind: 'delivery' };
	await control.post('/stream-faults', cut);
	const { messageId, deliveries } = await say('robot');
	expect(deliveries[0].refused).toBe('no acknowledgement');
	await until(async () => (await control.get('/connections')).connections.length);
	await control.post('/stream-faults', cut);
	await say('event');
	await until(() => heard.length);
	await until(async () => (await control.get('/clock')).pending === 0);
	expect(heard.map(({ type }) => type)).toEqual(['EVENT']);
	const query = `kind=delivery&messageId=${encodeURIComponent(messageId)}`;
	const attempts = await control.get(`/ledger?${query}`);
	expect(attempts.entries.length).toBe(1);
});
