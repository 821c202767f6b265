import { pushesOf, pushOfRow, type Push } from '../../../core/checks/pushes';
import { readList, toRead } from '../../../core/checks/slowExecutions';
import { slowNotification, type SlowReport } from '../../../core/checks/slowReport';
import { row } from '../deadLetters/rows';
import { readBundled } from '../../workflows/bundled';

const NOW = Date.UTC(2027, 2, 1, 1, 5);
const iso = (ms: number): string => new Date(ms).toISOString();

/** An answer that came in at `NOW`: what each part took, in ms. */
function answered(
	{ inbound = 100, queue = 200, model = 3000, send = 400 } = {},
	fields: object = {},
): object {
	const at = NOW + queue + model + send;
	return {
		messageId: 'm1',
		platform: 'dingtalk',
		text: '内部机密',
		sentAt: iso(NOW - inbound),
		receivedAt: iso(NOW),
		answer: { text: '答案', at: iso(NOW + queue + model), tookMs: model },
		delivery: { platform: 'dingtalk', at: iso(at), messageIds: [] },
		...fields,
	};
}

const task = (startTime: number, ...items: object[]): object => ({
	startTime,
	executionTime: 1,
	data: { main: [items.map((json) => ({ json })), null] },
});

const execution = (runData: object): object => ({
	id: 17,
	workflowId: 'w1',
	data: { resultData: { runData } },
});

const push = (fields: Partial<Push> = {}): Push => ({
	platform: 'dingtalk',
	at: NOW,
	totalMs: 5000,
	parts: { model: 5000 },
	workflowId: 'w1',
	executionId: '17',
	...fields,
});

describe('An answer in an execution', () => {
	it('is timed by its parts, and nothing of its words is kept', () => {
		const [one, ...more] = pushesOf(
			execution({ 'Answer with the model': [task(NOW + 50, answered())] }),
		);
		expect(more).toEqual([]);
		expect(one).toEqual({
			platform: 'dingtalk',
			at: NOW + 3600,
			totalMs: 3700,
			parts: { inbound: 100, queue: 200, model: 3000, send: 400 },
			workflowId: 'w1',
			executionId: '17',
		});
	});

	it('counts once however many nodes pass it on', () => {
		const runData = {
			After: [task(NOW + 9000, { ...answered(), more: 1 })],
			Reply: [task(NOW + 50, answered(), answered({}, { messageId: 'm2' }))],
		};
		expect(pushesOf(execution(runData))).toHaveLength(2);
	});

	it('without a model waits until its node begins', () => {
		const item = answered({ queue: 700, model: 0, send: 300 }, { answer: undefined });
		expect(pushesOf(execution({ Help: [task(NOW + 700, item)] }))).toMatchObject([
			{ totalMs: 1100, parts: { inbound: 100, queue: 700, send: 300 } },
		]);
	});

	it('that went out with another one, or before, is none', () => {
		for (const delivery of [
			{ at: iso(NOW + 1), already: true },
			{ at: iso(NOW + 1), mergedInto: 'm2' },
			{},
			'x',
		]) {
			expect(pushesOf(execution({ a: [task(NOW, answered({}, { delivery }))] }))).toEqual([]);
		}
		// The store has a row of this one.
		expect(pushesOf(execution({ a: [task(NOW, answered({}, { retry: {} }))] }))).toEqual([]);
	});

	it('to a heartbeat is none: nobody waited the nine minutes that it claims', () => {
		const { parameters } = readBundled('take-heartbeats.json').nodes.find(
			({ name }) => name === "Make it a person's message",
		)!;
		const [, prefix] = /messageId: '([^']+)'/.exec(parameters.jsonOutput as string)!;
		const heartbeat = answered({}, { messageId: `${prefix}0f`, receivedAt: iso(NOW - 540_000) });
		expect(pushesOf(execution({ a: [task(NOW, heartbeat, answered())] }))).toMatchObject([
			{ totalMs: 3700 },
		]);
	});

	it('believes no clock that says it took a day, or less than nothing', () => {
		for (const inbound of [86_400_000, -5000]) {
			const [one] = pushesOf(execution({ a: [task(NOW, answered({ inbound }))] }));
			expect(one!.parts).not.toHaveProperty('inbound');
			expect(one!.totalMs).toBe(3600);
		}
	});

	it('is not looked for in what is no execution', () => {
		for (const value of [
			undefined,
			{},
			{ message: 'not found' },
			execution({ a: 'x', b: [null, { data: { main: 'x' } }], c: [task(NaN, { json: 1 })] }),
			{ data: { resultData: { runData: [] } } },
		]) {
			expect(pushesOf(value)).toEqual([]);
		}
	});
});

describe('A delivered row', () => {
	const tried = (...attempts: Array<[seconds: number, failureClass: string]>) =>
		row({
			status: 'delivered',
			platform: 'feishu',
			createdAtMs: NOW,
			history: JSON.stringify(
				attempts.map(([seconds, failureClass]) => ({
					at: iso(NOW + seconds * 1000),
					class: failureClass,
					code: '',
					message: '',
				})),
			),
		});

	it('lost its time to what made the attempt before fail', () => {
		const times = tried([1, 'rateLimited'], [31, 'temporary'], [40, 'crashed'], [100, 'delivered']);
		expect(pushOfRow(times)).toMatchObject({
			platform: 'feishu',
			at: NOW + 100_000,
			totalMs: 100_000,
			parts: { send: 10_000, rateLimit: 30_000, n8n: 60_000 },
		});
		expect(pushOfRow(tried([3, 'delivered']))).toMatchObject({ parts: { send: 3000 } });
	});

	it('that is not out, or has no history, is none', () => {
		expect(pushOfRow({ ...tried([3, 'delivered']), status: 'dead' })).toBeUndefined();
		expect(pushOfRow(tried())).toBeUndefined();
		expect(pushOfRow({ ...tried(), history: 'x' })).toBeUndefined();
	});
});

describe('The list of executions', () => {
	const entry = (id: number, tookMs: number, ago = 0): object => ({
		id,
		startedAt: iso(NOW - ago - tookMs),
		stoppedAt: iso(NOW - ago),
	});

	it('gives the slow ones of the last day, the slowest first, at most fifty', () => {
		const old = entry(3, 9000, 86_400_000);
		const running = { id: 4, startedAt: iso(NOW), stoppedAt: null };
		const pages = [
			{ data: [entry(1, 2000), entry(2, 2001), old] },
			{ data: [running, entry(5, 3000)] },
		];
		const list = readList(pages, 2000, NOW);
		expect(list).toMatchObject({ count: 3, problem: '' });
		expect(list.slow.map(({ executionId }) => executionId)).toEqual(['5', '2']);
		const many = Array.from({ length: 300 }, (_, index) => entry(index, 3000 + index));
		const read = toRead(readList([{ data: many }], 2000, NOW));
		expect(read).toHaveLength(50);
		expect(read[0]).toEqual({ executionId: '299', tookMs: 3299 });
	});

	it('says why it is not whole', () => {
		const pages = [{ data: [entry(1, 3000)] }, { error: { message: 'Unauthorized' } }, {}];
		expect(readList(pages, 2000, NOW)).toMatchObject({ count: 1, problem: 'Unauthorized' });
	});
});

describe('The notification', () => {
	const report = (fields: Partial<SlowReport> = {}): SlowReport => ({
		pushes: [push()],
		listed: { count: 10, slow: [{ executionId: '17', tookMs: 5000 }], problem: '' },
		networkMs: new Map([['dingtalk', 150]]),
		overMs: 2000,
		...fields,
	});
	const textOf = (fields: Partial<SlowReport> = {}): string | undefined =>
		slowNotification(report(fields), {
			run: '9',
			timezone: 'Asia/Shanghai',
			link: ({ executionId }) => `http://n8n/${executionId}`,
		})?.text;

	it('is none where nothing was slow: two seconds are not', () => {
		expect(textOf({ pushes: [push({ totalMs: 2000, parts: { model: 2000 } })] })).toBeUndefined();
		expect(textOf({ pushes: [push({ totalMs: 2001, parts: { model: 2001 } })] })).toBeDefined();
		expect(textOf({ pushes: [] })).toBeUndefined();
	});

	it('says where the time went, the network’s share by itself, and what to change', () => {
		const text = textOf({
			pushes: [
				push({ totalMs: 10_000, parts: { queue: 1000, model: 8000, send: 1000 } }),
				push({ totalMs: 2100, parts: { send: 2100 } }),
				push({ totalMs: 100, parts: { inbound: 100 } }),
			],
		})!;
		expect(text).toContain('Messages over 2.0 s in the last 24 hours: 2');
		expect(text).toContain('· 模型 model: 66%（中位 median 8.0 s，最大 max 8.0 s）');
		expect(text).toContain('平台处理与重试 platform, and its failures: 23%');
		expect(text).toContain('网络 network: 2%');
		expect(text).toContain('2027-03-01 09:05 钉钉 DingTalk 10.0 s，模型 model 8.0 s http://n8n/17');
		const [, advice] = text.split('【建议 What to change】');
		expect(advice).toContain('Choose a faster model');
		expect(advice).toContain('The platform is slow');
		expect(advice).not.toContain('inbound');
		expect(advice).not.toContain('queue mode');
	});

	it.each([
		['inbound', 'Slow before n8n'],
		['queue', 'workers in queue mode'],
		['model', 'Choose a faster model'],
		['rateLimit', 'merge notifications'],
		['n8n', 'n8n was down: read its log'],
		['send', 'The platform is slow'],
	])('knows a cure for %s', (part, cure) => {
		expect(textOf({ pushes: [push({ parts: { [part]: 5000 } })] })).toContain(cure);
	});

	it('blames the network where a bare request takes as long', () => {
		const pushes = [push({ parts: { send: 5000 } })];
		expect(textOf({ pushes, networkMs: new Map([['dingtalk', 4900]]) })).toContain(
			'The way to the platform is slow',
		);
	});

	it('tells of a list that could not be read, even where nothing else is to be told', () => {
		const listed = { count: 0, slow: [], problem: 'Unauthorized' };
		expect(textOf({ pushes: [], listed })).toContain('could not be listed: Unauthorized');
	});

	it('says when only a part was read, and stays short', () => {
		const slow = Array.from({ length: 900 }, (_, index) => ({
			executionId: String(index),
			tookMs: 1,
		}));
		const pushes = slow.map(({ executionId }) => push({ executionId }));
		const text = textOf({ pushes, listed: { count: 900, slow, problem: '' } })!;
		expect(text).toContain('only the slowest were read: 50');
		expect(text.length).toBeLessThan(2000);
	});
});
