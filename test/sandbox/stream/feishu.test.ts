import type { LedgerEntry } from '../../../sandbox/ledger';
import { startBot, until, useSandbox } from '../helpers';
import {
	type ClientOptions,
	endFeishuClients,
	type HeardEvent,
	startFeishuClient,
} from './feishuSdk';

/* The sandbox's long connection of Feishu, judged by Feishu's own client. */

const { sandbox, control } = useSandbox();
const start = (options?: ClientOptions) => startFeishuClient(sandbox, options);

beforeEach(async () => {
	await settings({ reconnectNonce: 0, reconnectInterval: 1 });
});
afterEach(async () => {
	endFeishuClients();
	await until(async () => !(await connections()).length);
});

const settings = (feishu: object) => control.put('/stream-settings', { feishu });
const connections = async () => (await control.get('/connections')).connections;
const fault = (does: string) => control.post('/stream-faults', { service: 'feishu', does });
const say = (text: string, more: object = {}) =>
	control.post('/say', { platform: 'feishu', text, ...more });
const ACTION = { eventType: 'card.action.trigger', event: { action: { tag: 'button' } } };
const act = (more: object = {}) => say('', { ...ACTION, ...more });
const deliveriesOf = async ({ messageId }: { messageId: string }) =>
	(await control.get(`/ledger?kind=delivery&messageId=${messageId}`)).entries;
const frames = async (kind: string) => (await control.get(`/ledger?kind=${kind}`)).entries;
const textOf = ({ message }: HeardEvent) => JSON.parse(message!.content!).text;

describe('connects', () => {
	it('at the address that the gateway names, and is listed with the time', async () => {
		const { failures } = await start();
		expect(failures).toEqual([]);
		const { appId } = sandbox.world.accounts.feishuAppApi;
		expect(await connections()).toMatchObject([
			{ service: 'feishu', who: expect.stringContaining(appId), since: expect.any(String) },
		]);
	});

	it('not with a wrong secret, and not as the 51st', async () => {
		const wrong = await start({ appSecret: 'wrong' });
		expect(wrong.failures).toEqual([expect.stringContaining('code=514')]);
		await Promise.all(Array.from({ length: 50 }, () => start()));
		expect(await connections()).toHaveLength(50);
		const { failures } = await start();
		expect(failures).toEqual([expect.stringContaining('code=1000040350')]);
	});

	it('pings, and takes over what the pong says of pings and reconnecting', async () => {
		await settings({ pingInterval: 0.05 });
		const { client } = await start();
		await until(async () => (await frames('ping')).length >= 5);
		await settings({ reconnectInterval: 7, pingInterval: 3, reconnectCount: 4 });
		await until(() => client.wsConfig.getWS().reconnectInterval === 7000);
		expect(client.wsConfig.getWS()).toMatchObject({ pingInterval: 3000, reconnectCount: 4 });
		expect(await connections()).toHaveLength(1);
	});
});

describe('receives', () => {
	it('a message, and acknowledges it with ids beyond 2^53', async () => {
		const { heard } = await start();
		const said = await say('你好', { type: 'group' });
		expect(said.deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
		expect(heard.map(textOf)).toEqual(['@_user_1 你好']);
		expect(heard[0]!.message!.message_id).toBe(said.messageId);
		const [entry] = await deliveriesOf(said);
		expect(entry).toMatchObject({ by: 'stream', method: 'WS', status: 200 });
		const [sent, answer] = [entry.request, entry.response].map(({ body }) => JSON.parse(body));
		expect(BigInt(sent.LogID)).toBeGreaterThan(2n ** 53n);
		// The client knows no exact integers of that size.
		expect(Number(answer.LogID)).toBe(Number(sent.LogID));
		expect(answer).toMatchObject({ SeqID: sent.SeqID, payload: '{"code":200}' });
		expect(answer.headers).toEqual({ ...sent.headers, biz_rt: expect.any(String) });
	});

	it('a big one in parts, cut also within a character', async () => {
		const { heard } = await start();
		const text = '汉'.repeat(40_000);
		const said = await say(text);
		expect(said.deliveries).toMatchObject([{ status: 200 }]);
		expect(heard.map(textOf)).toEqual([text]);
		const [{ request }] = await deliveriesOf(said);
		expect(request.body).toMatch(/"sum":"4","seq":"3"/);
	});

	it.each(['reorder', 'duplicate', 'delay'])('a big one whose parts come with %s', async (does) => {
		const { heard } = await start();
		const parts = { service: 'feishu', kind: 'delivery', times: 2, delayMs: 100 };
		await control.post('/stream-faults', { ...parts, does });
		const text = '汉'.repeat(40_000);
		expect((await say(text)).deliveries).toMatchObject([{ status: 200 }]);
		expect(heard.map(textOf)).toEqual([text]);
		expect((await control.get('/stream-faults')).faults).toEqual([]);
	});

	it('each event by one of its connections, any of them', async () => {
		const clients = [await start(), await start()];
		await Promise.all(Array.from({ length: 60 }, (_, number) => say(`text ${number}`)));
		const counts = clients.map(({ heard }) => heard.length);
		expect(counts[0]! + counts[1]!).toBe(60);
		expect(Math.min(...counts)).toBeGreaterThan(0);
	});
});

describe('answers a card action', () => {
	it('with a toast and a card, which the user sees', async () => {
		const toast = { type: 'success', content: '已批准' };
		const card = { type: 'raw', data: { elements: [{ tag: 'markdown', content: '已处理' }] } };
		const { heard } = await start({ answer: () => ({ toast, card }) });
		const asked = await say('approve?', { type: 'group' });
		const said = await act({ type: 'group', quote: asked.messageId });
		expect(heard.at(-1)).toMatchObject({
			operator: { open_id: expect.stringMatching(/^ou_/), tenant_key: expect.any(String) },
			token: expect.stringMatching(/^c-/),
			host: 'im_message',
			context: { open_message_id: asked.messageId, open_chat_id: asked.conversation },
			...ACTION.event,
		});
		expect(said.deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
		const answers = await control.get(`/answers?messageId=${said.messageId}`);
		expect(answers).toMatchObject([
			{ text: '已批准', format: 'toast', via: 'passive' },
			{ text: '已处理', format: 'card', via: 'passive' },
		]);
	});

	it.each([
		['nothing', undefined, undefined],
		['an empty object', {}, undefined],
		['a toast of no kind', { toast: { type: 'loud', content: 'x' } }, /toast\.type/],
		['a toast without words', { toast: { type: 'info' } }, /neither content nor i18n/],
		['a card of no kind', { card: { type: 'new', data: {} } }, /card\.type/],
		['a card without data', { card: { type: 'raw' } }, /no data/],
		['a template without its id', { card: { type: 'template', data: {} } }, /template_id/],
		['a list', [1], /must be a JSON object/],
	])('with %s, and is asked once', async (_name, answer, refused) => {
		await control.put('/clock', { scheduleScale: 0 });
		const { heard } = await start({ answer: () => answer });
		const said = await act();
		const [{ status, refused: reason = '' }] = said.deliveries;
		expect(status).toBe(refused ? 400 : 200);
		expect(reason).toMatch(refused ?? /^$/);
		await say('after it');
		expect(heard).toHaveLength(2);
	});
});

describe('is told again', () => {
	it('what it failed on, with the same ids, until it is acknowledged', async () => {
		await control.put('/clock', { scheduleScale: 0 });
		let fails = 2;
		const answer = () => {
			if (fails-- > 0) throw new Error('not now');
		};
		const { heard } = await start({ answer });
		const menu = { eventType: 'application.bot.menu_v6', event: { event_key: 'k' } };
		const said = await say('', menu);
		expect(said.deliveries).toMatchObject([{ status: 500, refused: 'code 500' }]);
		await until(async () => (await deliveriesOf(said)).length === 3);
		expect((await deliveriesOf(said)).map(({ status }: LedgerEntry) => status)).toEqual([
			500, 500, 200,
		]);
		expect(new Set(heard.map(({ event_id }) => event_id)).size).toBe(1);
	});

	it('after 15 s, 5 min, 1 h and 6 h, by the connection or the callback that there is then', async () => {
		const broken = await start({
			answer: () => {
				throw new Error('no');
			},
		});
		const said = await say('patience');
		let offsetMs = 0;
		const after = async (seconds: number, count: number) => {
			await control.put('/clock', { offsetMs: offsetMs + (seconds - 5) * 1000 });
			expect(await deliveriesOf(said)).toHaveLength(count - 1);
			offsetMs += (seconds + 5) * 1000;
			await control.put('/clock', { offsetMs });
			await until(async () => (await deliveriesOf(said)).length === count);
		};
		await after(15, 2);
		expect(broken.heard).toHaveLength(2);
		endFeishuClients();
		await until(async () => !(await connections()).length);
		await after(300, 3);
		const bot = await startBot(() => ({ status: 503 }));
		await control.put('/callbacks', { feishu: bot.origin });
		await after(3600, 4);
		expect(bot.received).toHaveLength(1);
		const last = await start();
		await after(6 * 3600, 5);
		expect(last.heard.map(textOf)).toEqual(['patience']);
		expect(await deliveriesOf(said)).toMatchObject([
			{ by: 'stream', status: 500 },
			{ by: 'stream', status: 500 },
			{ status: 0, refused: 'no connection is open' },
			{ method: 'POST', status: 503 },
			{ by: 'stream', status: 200 },
		]);
		await control.put('/callbacks', { feishu: '' });
		await bot.close();
	});
});

describe('reconnects', () => {
	it.each(['drop', 'announceDisconnect', 'cut'])('after %s, and misses nothing', async (does) => {
		await control.put('/clock', { scheduleScale: { feishu: 0.01 } });
		const { heard, reconnects } = await start();
		await fault(does);
		const said = does === 'cut' ? await say('cut') : undefined;
		await until(() => reconnects() === 1);
		const later = await say('there again');
		expect(later.deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
		if (said) await until(async () => (await deliveriesOf(said)).at(-1).status === 200);
		expect(heard.map(textOf).sort()).toEqual(said ? ['cut', 'there again'] : ['there again']);
	});

	it('also where the gateway is unwell for a while', async () => {
		const { reconnects } = await start();
		await fault('refuse');
		await fault('drop');
		await until(() => reconnects() === 1);
		const codes = (await frames('gateway')).map(({ refused }: LedgerEntry) => refused);
		expect(codes).toEqual([undefined, '1000040343 internal error', undefined]);
	});
});
