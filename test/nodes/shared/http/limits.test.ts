import type { IDataObject } from 'n8n-workflow';
import type { Unsent } from '../../../../core/delivery/delivery';
import { runWorkflow, type Credentials } from '../../../harness';
import { passWindows, useSandbox, useStillTime } from '../../../sandbox/helpers';

// The platforms' limits in the nodes, with the sandbox, which punishes an excess as the platforms do.

const { sandbox, control } = useSandbox();
useStillTime();

const platforms = {
	dingtalk: { node: 'dingTalk', most: 20, answers: 18, broadcasts: 14 },
	feishu: { node: 'feishu', most: 5, answers: 4, broadcasts: 3 },
	wecom: { node: 'weCom', most: 20, answers: 18, broadcasts: 14 },
} as const;
type Service = keyof typeof platforms;
const each = Object.entries(platforms).map(
	([service, platform]) => [service as Service, platform] as const,
);

const byRobot = {
	resource: 'message',
	operation: 'send',
	authentication: 'groupRobot',
	format: 'text',
};

/** Another execution sends another message, which no key makes the same as one before. */
let executions = 0;

/** Runs one node with all credentials; what it sent and what failed. */
async function run(type: string, items: IDataObject[], parameters: IDataObject = {}) {
	const node = { type, parameters: { options: {}, ...parameters }, onError: 'continueErrorOutput' };
	const { weComAiBotApi, robots, ...accounts } = sandbox.world.accounts;
	expect([weComAiBotApi, robots]).not.toContain(undefined);
	const credentials = accounts as unknown as Credentials;
	const nodes = [{ type: 'dingTalkTrigger' }, node] as never;
	const executionId = `${++executions}`;
	const { outputs } = await runWorkflow(nodes, { items, credentials, executionId });
	const [sent = [], failed = []] = Object.entries(outputs).at(-1)![1];
	return { sent: sent.map(({ json }) => json), failed: failed.map(({ json }) => json) };
}
const many = (count: number): IDataObject[] => Array.from({ length: count }, (_, n) => ({ n }));
const errorOf = (json: IDataObject): IDataObject => json.error as IDataObject;
const received = async (service: Service): Promise<IDataObject[]> =>
	(await control.get(`/ledger?platform=${service}&direction=in&kind=send`)).entries;

/** A message for a group robot, as the queue hands it to Bot Delivery. */
const waiting = (platform: Service, priority: number, n: number): IDataObject => ({
	unsent: {
		platform,
		via: 'groupRobot',
		content: { type: 'text', text: `waiting ${priority} ${n}` },
		longText: 'split',
		seed: `waiting ${priority} ${n}`,
		sentParts: 0,
		messageIds: [],
		repeatable: false,
	} satisfies Unsent,
	retry: { priority },
});

describe.each(each)('A group robot of %s', (service, { node, most, answers, broadcasts }) => {
	it('is not sent to faster than it may: the rest fails at once, with the time to wait', async () => {
		const { sent, failed } = await run(node, many(30), { ...byRobot, text: 'hi' });
		expect([sent.length, failed.length]).toEqual([answers, 30 - answers]);
		const entries = await received(service);
		expect(entries).toHaveLength(answers);
		expect(entries.filter(({ refused }) => refused)).toEqual([]);
		for (const json of failed) {
			expect(errorOf(json)).toMatchObject({
				class: 'rateLimited',
				code: 'localRateLimit',
				retryAfterMs: expect.any(Number),
				unsent: { via: 'groupRobot', sentParts: 0, content: { text: 'hi' } },
			});
			const { retryAfterMs } = errorOf(json) as { retryAfterMs: number };
			expect(retryAfterMs).toBeGreaterThan(0);
			expect(retryAfterMs).toBeLessThanOrEqual(63_000);
			expect(Number.isInteger(retryAfterMs)).toBe(true);
		}
	});

	it('lets answers pass broadcasts, and alerts pass both', async () => {
		const counts: number[] = [];
		for (const priority of [2, 1, 0]) {
			const items = many(30).map((_, n) => waiting(service, priority, n));
			counts.push((await run('botDelivery', items)).sent.length);
		}
		expect(counts).toEqual([broadcasts, answers - broadcasts, most - answers]);
		expect((await received(service)).filter(({ refused }) => refused)).toEqual([]);
	});

	it('is punished by the sandbox without the limit (control)', async () => {
		for (let n = 0; n <= most; n++) {
			// Time that passes for the bot and not for the platform is a bot that does not count.
			passWindows();
			await run(node, many(1), { ...byRobot, text: `number ${n}` });
		}
		expect((await received(service)).filter(({ refused }) => refused)).toHaveLength(1);
	});
});

test('DingTalk’s own refusal holds everybody back for its ten minutes, alerts as well', async () => {
	const body = { errcode: 130101, errmsg: 'send too fast, exceed 20 times per minute' };
	await control.post('/faults', { service: 'dingtalk', kind: 'send', times: 1, body });
	await run('dingTalk', many(1), { ...byRobot, text: 'one' });
	const { failed } = await run('botDelivery', [waiting('dingtalk', 0, 1)]);
	const { code, retryAfterMs } = errorOf(failed[0]!);
	expect(code).toBe('localRateLimit');
	expect(retryAfterMs).toBeGreaterThan(9 * 60_000);
	expect(await received('dingtalk')).toHaveLength(1);
});

test('A long text that the limit stops goes on with the part that was stopped', async () => {
	const text = Array.from({ length: 4000 }, (_, n) => `line ${n} of a long text`).join('\n');
	const { failed } = await run('feishu', many(1), { ...byRobot, text });
	const { unsent } = errorOf(failed[0]!) as unknown as { unsent: Unsent };
	expect(unsent.sentParts).toBe(4);
	await control.put('/limits', { enabled: false });
	passWindows();
	const { sent } = await run('botDelivery', [{ unsent: unsent as unknown as IDataObject }]);
	expect(sent).toHaveLength(1);
	const texts = (await received('feishu')).map((entry) => entry.text);
	expect(texts.join('\n')).toBe(text);
});

test('WeCom’s app is held back before WeCom drops messages without a word', async () => {
	const byApp = { ...byRobot, authentication: 'app', sendTo: 'users', text: 'hi' };
	const { sent, failed } = await run('weCom', many(40), { ...byApp, userIds: 'zhangsan' });
	expect([sent.length, failed.length]).toEqual([27, 13]);
	expect(errorOf(failed[0]!)).toMatchObject({ code: 'localRateLimit' });
	const other = await run('weCom', many(1), { ...byApp, userIds: 'lisi' });
	expect(other.sent).toHaveLength(1);
});

test('An unknown outcome stays unknown where the limit forbids the repetition', async () => {
	await run('dingTalk', many(17), { ...byRobot, text: 'before' });
	await control.post('/faults', { service: 'dingtalk', kind: 'send', cut: true, times: 1 });
	const { failed } = await run('dingTalk', many(1), { ...byRobot, text: 'last' });
	expect(errorOf(failed[0]!)).toMatchObject({ class: 'unknownOutcome' });
	expect(await received('dingtalk')).toHaveLength(18);
});
