import { DataDeduplicationService } from 'n8n-core';
import type { IDataObject, INodeType, WorkflowExecuteMode } from 'n8n-workflow';
import { logged, ownNode, runWorkflow, type Credentials } from '../../../harness';
import { until, useSandbox } from '../../../sandbox/helpers';
import { askedIn } from '../../asked';
import { ProcessedItems } from './processedItems';

/*
 * Answers that no idempotency key protects, across crashes. n8n's list of processed items outlives them, as
 * its database does; a process is a set of freshly loaded node classes.
 */

const lists = new ProcessedItems();
const { sandbox, control } = useSandbox();
let credentials: Credentials;
let executions = 0;
/** Ends what killed processes still wait for. */
const dead: Array<() => void> = [];

beforeAll(async () => {
	await DataDeduplicationService.init(lists);
	const { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
	credentials = { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } as Credentials;
});
afterAll(() => {
	for (const end of dead) end();
});
beforeEach(() => {
	Object.assign(lists, { lists: new Map(), calls: [], interrupt: () => {} });
	startProcess();
});

let nodes: Record<string, INodeType>;

/** A process that has just started: it remembers nothing. */
function startProcess(): void {
	jest.isolateModules(() => {
		const names = ['aiReply', 'botReply', 'botDelivery'];
		// eslint-disable-next-line @typescript-eslint/no-require-imports -- into the registry of its own
		const load = (file: string) => require(file);
		nodes = Object.fromEntries(
			names.map((name) => [`n8n-nodes-clawbot.${name}`, ownNode(name, load)]),
		);
	});
}

/** What the model says from now on. */
const says = async (answer: string) =>
	await control.put('/model', { rules: [{ contains: 'hi', answer }] });

let people = 0;

type Service = 'dingtalk' | 'wecom' | 'feishu';

/** A message to be answered: on DingTalk one whose session is over. */
async function said(
	platform: Service,
	from = platform === 'dingtalk' ? 'zhangsan' : `p${++people}`,
): Promise<IDataObject> {
	const message = await askedIn(sandbox, control, { platform, from, text: 'hi' });
	const replyTo = { ...(message.replyTo as IDataObject), sessionExpiresAt: 0 };
	return { ...message, replyTo };
}

async function run(
	name: string,
	items: IDataObject[],
	parameters: IDataObject = {},
	mode: WorkflowExecuteMode = 'webhook',
) {
	const node = {
		type: name,
		parameters: { format: 'text', options: {}, ...parameters },
		onError: 'continueErrorOutput',
	};
	const { outputs } = await runWorkflow([{ type: 'dingTalkTrigger' }, node] as never, {
		items,
		credentials,
		types: nodes,
		mode,
		executionId: `${++executions}`,
	});
	const [sent = [], failed = []] = Object.entries(outputs).at(-1)![1];
	return { sent: sent.map(({ json }) => json), failed: failed.map(({ json }) => json) };
}
const errorOf = ({ failed }: { failed: IDataObject[] }): IDataObject =>
	failed[0]!.error as IDataObject;

/** The texts that people see. */
async function shown(platform: Service): Promise<unknown[]> {
	const { entries } = await control.get(`/ledger?platform=${platform}&direction=in`);
	return entries
		.filter(({ kind }: IDataObject) => kind === 'send' || kind === 'reply')
		.filter(({ note, refused }: IDataObject) => !String(note).includes('not shown') && !refused)
		.map(({ text }: IDataObject) => text);
}
/** Those that the platform showed though the bot got no answer. */
const cutTexts = async (platform: Service): Promise<unknown[]> =>
	(await control.get(`/ledger?platform=${platform}&direction=in&kind=send`)).entries
		.filter(({ refused, text }: IDataObject) => refused === 'fault: cut' && text)
		.map(({ text }: IDataObject) => text);

const busy: Record<string, IDataObject> = {
	dingtalk: { status: 503, body: { code: 'ServiceUnavailable' } },
	wecom: { body: { errcode: -1, errmsg: 'system busy' } },
};

/** Kills the process at a change of the list: what runs on there changes nothing any more. */
const killAt = (call: string): Promise<void> =>
	new Promise((killed) => {
		lists.interrupt = async (now) => {
			if (now !== call) return;
			killed();
			await new Promise<void>((resolve) => dead.push(resolve));
		};
	});
const restart = async (): Promise<void> => {
	lists.interrupt = () => {};
	startProcess();
	await says('Other words');
};

describe.each(['dingtalk', 'wecom'] as const)('An answer of a model on %s', (platform) => {
	const fail = async (fault: IDataObject) =>
		await control.post('/faults', { service: platform, kind: 'send', times: 1, ...fault });

	beforeEach(async () => await says('First words'));

	it('that is out is not sent again after a restart', async () => {
		const item = await said(platform);
		expect((await run('aiReply', [item])).sent).toHaveLength(1);
		await restart();
		for (let again = 0; again < 2; again++) {
			const { sent } = await run('aiReply', [item], {}, 'retry');
			expect(sent[0]!.delivery).toMatchObject({ platform, already: true, parts: 0 });
		}
		expect(await shown(platform)).toEqual(['First words']);
	});

	it('would be sent again in other words if nothing were noted (control)', async () => {
		lists.interrupt = () => {
			throw new Error('the database is away');
		};
		const item = await said(platform);
		await run('aiReply', [item]);
		startProcess();
		await says('Other words');
		await run('aiReply', [item]);
		expect(await shown(platform)).toEqual(['First words', 'Other words']);
		expect(logged.join()).toContain('The record of sent answers could not be changed');
	});

	it('that a crash interrupted after it was sent is a person’s to look at', async () => {
		const item = await said(platform);
		const killed = killAt('remove');
		void run('aiReply', [item]);
		await killed;
		await restart();
		const result = await run('aiReply', [item]);
		expect(errorOf(result)).toMatchObject({
			class: 'unknownOutcome',
			code: 'interrupted',
			unsent: { repeatable: false, sentParts: 0, content: { text: 'Other words' } },
		});
		expect(await shown(platform)).toEqual(['First words']);
	});

	it('that a crash interrupted before it was noted is sent after the restart', async () => {
		const item = await said(platform);
		const killed = killAt('record');
		void run('aiReply', [item]);
		await killed;
		await restart();
		expect((await run('aiReply', [item])).sent).toHaveLength(1);
		expect(await shown(platform)).toEqual(['Other words']);
	});

	it('that the platform refused may be made again, in this process and in the next', async () => {
		const item = await said(platform);
		await fail(busy[platform]!);
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ class: 'temporary' });
		await fail(busy[platform]!);
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ class: 'temporary' });
		await restart();
		expect((await run('aiReply', [item])).sent).toHaveLength(1);
		expect(await shown(platform)).toEqual(['Other words']);
	});

	it('that the platform refused is sent by the queue', async () => {
		const item = await said(platform);
		await fail(busy[platform]!);
		const { unsent } = errorOf(await run('aiReply', [item]));
		await restart();
		const retry = { key: 'k', priority: 1 };
		const { sent } = await run('botDelivery', [{ unsent, retry } as IDataObject]);
		expect(sent).toHaveLength(1);
		expect(await shown(platform)).toEqual(['First words']);
	});

	it('of which parts are out is not made again, and goes on in the queue', async () => {
		const long = Array.from({ length: 1000 }, (_, n) => `line ${n} of a long answer`).join('\n');
		await says(long);
		const item = await said(platform);
		await control.post('/faults', { service: platform, kind: 'send', delayMs: 1, times: 1 });
		await fail(busy[platform]!);
		const { unsent } = errorOf(await run('aiReply', [item]));
		expect(unsent).toMatchObject({ sentParts: 1 });
		await restart();
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ code: 'interrupted' });
		const { sent } = await run('botDelivery', [{ unsent } as IDataObject]);
		expect(sent).toHaveLength(1);
		expect((await shown(platform)).join('\n')).toBe(long);
	});

	it('without the platform’s answer is not made again', async () => {
		const item = await said(platform);
		await fail({ after: true, cut: true, times: 2 });
		const first = errorOf(await run('aiReply', [item]));
		expect(first).toMatchObject({ class: 'unknownOutcome' });
		expect((first.unsent as IDataObject).repeatable).toBe(platform === 'wecom');
		await control.delete('/faults');
		await restart();
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ code: 'interrupted' });
		expect(await shown(platform)).toEqual([]);
		expect(new Set(await cutTexts(platform))).toEqual(new Set(['First words']));
	});

	it('to which somebody else said 200 is not made again', async () => {
		const item = await said(platform);
		await fail({ status: 200, body: '', after: true });
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ class: 'unclassified' });
		await restart();
		expect(errorOf(await run('aiReply', [item]))).toMatchObject({ code: 'interrupted' });
	});

	it('in a manual run is sent as often as somebody wants', async () => {
		const item = await said(platform);
		for (let n = 0; n < 2; n++) await run('aiReply', [item], {}, 'manual');
		expect(lists.calls).toEqual([]);
	});
});

test('Answers that are sent at the same time are noted together', async () => {
	await says('Words');
	const items = await Promise.all(Array.from({ length: 50 }, async () => await said('wecom')));
	let first = true;
	// The first change takes until all the others wait for it.
	lists.interrupt = async () => {
		if (!first) return;
		first = false;
		const chats = '/ledger?platform=model&kind=chat';
		await until(async () => (await control.get(chats)).entries.length === items.length);
		await new Promise((resolve) => setTimeout(resolve, 100));
	};
	const { sent } = await run('aiReply', items, { options: { concurrency: 50 } });
	expect(sent).toHaveLength(50);
	expect(lists.calls.filter((call) => call === 'record').length).toBeLessThan(10);
	expect([...lists.lists.values()][0]).toHaveLength(50);
});

test('The list keeps its newest 2000 entries', async () => {
	const node = 'id of AI Reply';
	lists.lists.set(
		`w1 ${node}`,
		Array.from({ length: 2500 }, (_, n) => `old ${n}`),
	);
	await says('Words');
	const item = await said('wecom');
	await run('aiReply', [item]);
	expect(lists.lists.get(`w1 ${node}`)).toHaveLength(1999);
	startProcess();
	const { sent } = await run('aiReply', [item]);
	expect(sent[0]!.delivery).toMatchObject({ already: true });
});

test('The same answer of two executions at once is sent once', async () => {
	const item = await said('dingtalk');
	const reply = { resource: 'message', operation: 'reply', text: 'Once' };
	const results = await Promise.all([
		run('dingTalk', [item], reply),
		run('dingTalk', [item], reply),
	]);
	const deliveries = results.map(({ sent }) => sent[0]!.delivery as IDataObject);
	expect(deliveries.filter(({ already }) => already)).toHaveLength(1);
	expect(await shown('dingtalk')).toEqual(['Once']);
});

test('The same words on WeCom need no note: WeCom compares them', async () => {
	const item = await said('wecom');
	await run('botReply', [item], { text: 'The same' });
	startProcess();
	await run('botReply', [item], { text: 'The same' });
	expect(await shown('wecom')).toEqual(['The same']);
	expect(lists.calls).toEqual([]);
});

test('Where the platform has keys nothing is noted', async () => {
	await says('Words');
	await run('aiReply', [await said('feishu')]);
	expect(lists.calls).toEqual([]);
});

describe('A message that was answered as part of a later one', () => {
	const writtenBefore = (item: IDataObject): IDataObject => ({
		...item,
		sentAt: '2026-01-01T00:00:00.000Z',
	});
	const answered = async (): Promise<IDataObject[]> => {
		const items = [];
		for (let count = 0; count < 3; count++) items.push(await said('feishu', 'ann'));
		const { sent } = await run('aiReply', items);
		const merged = sent.filter(({ delivery }) => 'mergedInto' in (delivery as IDataObject));
		expect(merged.length).toBeGreaterThan(0);
		return items;
	};

	it('is not answered again by itself when n8n runs it again after a crash', async () => {
		const items = await answered();
		const before = await shown('feishu');
		startProcess();
		const { sent } = await run('aiReply', items, {}, 'retry');
		expect(sent).toHaveLength(3);
		expect(await shown('feishu')).toEqual(before);
	});

	it('is a person’s to look at where a crash came before that was known', async () => {
		const items = [await said('feishu', 'ann'), await said('feishu', 'ann')];
		await says('First words');
		const killed = killAt('remove');
		void run('aiReply', items);
		await killed;
		expect(await shown('feishu')).toEqual(['First words']);
		await restart();
		const result = await run('aiReply', items, {}, 'retry');
		// Its own answer the newest one may repeat: the platform shows it once.
		expect(result.sent).toHaveLength(1);
		expect(errorOf(result)).toMatchObject({
			class: 'unknownOutcome',
			code: 'interrupted',
			unsent: { repeatable: false, sentParts: 0, content: { text: 'Other words' } },
		});
		expect(await shown('feishu')).toEqual(['First words']);
	});

	it('is told from one that was not, also where a crash came while that was asked', async () => {
		const item = await said('feishu', 'ann');
		const killed = killAt('remove');
		void run('aiReply', [item], {}, 'retry');
		await killed;
		expect([...lists.lists.values()].flat()).not.toEqual([]);
		await restart();
		expect((await run('aiReply', [item], {}, 'retry')).sent).toHaveLength(1);
		expect(await shown('feishu')).toEqual(['Other words']);
		expect([...lists.lists.values()].flat()).toEqual([]);
	});

	it('nor when the platform delivers it again to the process after', async () => {
		const earlier = (await answered()).slice(0, -1);
		const before = await shown('feishu');
		startProcess();
		await run('aiReply', earlier.map(writtenBefore));
		expect(await shown('feishu')).toEqual(before);
		// Written just now, they would be taken for new ones (control).
		startProcess();
		await run('aiReply', earlier);
		expect((await shown('feishu')).length).toBeGreaterThan(before.length);
	});

	it('cannot be written before the process began: that one is answered by itself', async () => {
		const items = [await said('feishu', 'ann'), await said('feishu', 'ann')];
		const { sent } = await run('aiReply', items.map(writtenBefore));
		expect(sent.filter(({ delivery }) => 'mergedInto' in (delivery as IDataObject))).toEqual([]);
		expect(await shown('feishu')).toHaveLength(2);
	});

	it('would be if nothing were noted (control)', async () => {
		const items = await answered();
		const before = await shown('feishu');
		startProcess();
		lists.lists.clear();
		await run('aiReply', items, {}, 'retry');
		expect((await shown('feishu')).length).toBeGreaterThan(before.length);
	});
});
