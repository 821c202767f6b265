import { dingTalkEvents } from '../../../sandbox/dingtalk/deliver';
import { until, useSandbox } from '../helpers';
import { endDingTalkClients, startDingTalkClient } from './dingtalkSdk';
import { endWires, openSubscribed } from './weComWire';

/* Many messages by connection at their times: what the benchmark measures. */

const { sandbox, control } = useSandbox();

beforeEach(() => {
	for (const level of ['info', 'warn', 'error'] as const)
		jest.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(async () => {
	endWires();
	endDingTalkClients();
	jest.restoreAllMocks();
	await until(async () => !(await control.get('/connections')).connections.length);
});

async function written(platform: string, count: number, bot?: string): Promise<string[]> {
	const ids: string[] = [];
	for (let index = 0; index < count; index += 1) {
		const person = { platform, bot, text: `hello ${index}`, from: `user${index}` };
		ids.push((await control.post('/build', person)).messageId);
	}
	return ids;
}
const push = async (ids: string[], pauseMs = 0) =>
	(
		await control.post('/push', {
			messages: ids.map((messageId, index) => ({ messageId, afterMs: index * pauseMs })),
		})
	).messages;

it('each goes out once, at its time, and its acknowledgement has one', async () => {
	const { heard } = await startDingTalkClient(sandbox);
	const ids = await written('dingtalk', 5);
	const pushed = await push(ids, 40);
	expect(pushed.map(({ messageId }: { messageId: string }) => messageId)).toEqual(ids);
	expect(heard).toHaveLength(5);
	const [first] = pushed;
	pushed.forEach((each: Record<string, number>, index: number) => {
		expect(each.status).toBe(200);
		expect(each.at! - first.at).toBeCloseTo(index * 40, 3);
		expect(each.end).toBeGreaterThanOrEqual(each.at! - 2);
	});
	const { entries } = await control.get('/ledger?kind=delivery');
	expect(entries.map((entry: { messageId: string }) => entry.messageId)).toEqual(ids);
});

it('a late acknowledgement has its time, too', async () => {
	jest.replaceProperty(dingTalkEvents, 'deadlineMs', 5);
	const { client } = await startDingTalkClient(sandbox);
	const answer = client.socketCallBackResponse.bind(client);
	jest.spyOn(client, 'socketCallBackResponse').mockImplementation((id, result) => {
		setTimeout(() => answer(id, result), 50);
	});
	const ids = await written('dingtalk', 2);
	for (const { status, at, end } of await push(ids)) {
		expect(status).toBe(200);
		expect(end - at).toBeGreaterThan(45);
	}
	const late = await control.post('/deliver', { messageId: ids[0], by: 'stream' });
	expect(late.deliveries).toMatchObject([{ status: 0, refused: 'no acknowledgement' }]);
});

it('those that nobody acknowledges have no time of it', async () => {
	await openSubscribed(sandbox);
	const [taken] = await push(await written('wecom', 1, 'aibot'));
	expect(taken).toMatchObject({ status: 200 });
	expect(taken).not.toHaveProperty('end');
	const [lost] = await push(await written('feishu', 1));
	expect(lost).toMatchObject({ status: 0, refused: 'no connection is open' });
	expect(lost).not.toHaveProperty('end');
});

it('none goes where the plan is wrong', async () => {
	const [messageId] = await written('wecom', 1, 'aibot');
	const { heard } = await openSubscribed(sandbox);
	const wrong: Array<[unknown, string]> = [
		[undefined, 'messages must be a list'],
		[new Array(10_001).fill({ messageId, afterMs: 0 }), 'messages must be a list'],
		[[{ messageId: 'nobody wrote it', afterMs: 0 }], 'no message nobody wrote it'],
		[[null], 'no message undefined'],
		[[{ messageId, afterMs: -1 }], 'afterMs must be 0 to'],
		[[{ messageId, afterMs: 1e9 }], 'afterMs must be 0 to'],
		[[{ messageId }], 'afterMs must be 0 to'],
		[
			[
				{ messageId, afterMs: 0 },
				{ messageId, afterMs: 'soon' },
			],
			'afterMs must be 0 to',
		],
	];
	for (const [messages, words] of wrong) {
		await expect(control.post('/push', { messages })).rejects.toThrow(words);
	}
	expect(heard).toHaveLength(0);
});
