import type { IDataObject } from 'n8n-workflow';
import { Turns } from '../../../../nodes/shared/conversation/turns';
import { runWorkflow, type Credentials, type RunOptions, type TestNode } from '../../../harness';
import { until, useSandbox } from '../../../sandbox/helpers';
import { askedIn } from '../../asked';
import { useModelByHand } from '../../modelByHand';
import { Limits } from '../../../../core/delivery/limits';

// AI Reply and Bot Reply in n8n's engine, several executions at once: who is answered when, and how often.

const { sandbox, control } = useSandbox();
const model = useModelByHand();
const { asked, texts } = model;
let credentials: Credentials;
/** Called when an item reaches an answering node and wants its turn. */
let take: jest.SpyInstance<ReturnType<Turns['take']>, Parameters<Turns['take']>>;

beforeAll(() => {
	const { dingTalkAppApi, feishuAppApi, weComAppApi } = sandbox.world.accounts;
	const clawBotModelApi = model.credential();
	credentials = { clawBotModelApi, dingTalkAppApi, feishuAppApi, weComAppApi } as Credentials;
});
beforeEach(() => {
	take = jest.spyOn(Turns.prototype, 'take');
});
afterEach(() => jest.restoreAllMocks());

let second = Date.now();

/** Something that Ann, or somebody else, writes to the bot in Feishu, each a second after the one before. */
async function says(text: string, from = 'Ann'): Promise<IDataObject> {
	const message = await askedIn(sandbox, control, { platform: 'feishu', text, from });
	const sentAt = new Date((second += 1000)).toISOString();
	return { ...message, sentAt, receivedAt: sentAt };
}

interface Run extends RunOptions {
	type?: string;
	parameters?: IDataObject;
	/** Between trigger and answer. */
	before?: TestNode[];
	onError?: string;
}

const common = { model: { mode: 'id', value: 'chat' }, format: 'text', options: {} };

/** What left an execution's answering node by which output. */
interface End {
	answered: IDataObject[];
	failed: IDataObject[];
}

/** One execution. */
async function run(items: IDataObject[], options: Run = {}): Promise<End> {
	const { type = 'aiReply', parameters, before = [], onError, ...rest } = options;
	const node = {
		type,
		parameters: { ...common, ...parameters } as never,
		onError: (onError ?? 'continueErrorOutput') as never,
	};
	const { outputs } = await runWorkflow([{ type: 'feishuTrigger' }, ...before, node], {
		credentials,
		...rest,
		items,
	});
	const lists = Object.entries(outputs).at(-1)![1];
	const [answered = [], failed = []] = lists.map((list) => list.map(({ json }) => json));
	return { answered, failed };
}

const waitFor = async (arrived: number): Promise<unknown> =>
	await until(() => take.mock.calls.length >= arrived);
const answersTo = async ({ messageId }: IDataObject, field = 'text'): Promise<string[]> => {
	const path = `/answers?messageId=${encodeURIComponent(String(messageId))}`;
	return (await control.get(path)).map((answer: IDataObject) => answer[field]);
};

describe('Executions of one conversation', () => {
	it('take turns: the second question is asked when the first is answered', async () => {
		const first = await says('one');
		const second = await says('two');
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]));
		await waitFor(2);
		expect(texts()).toEqual(['one']);
		one.end();
		(await asked(2)).end();
		await Promise.all(runs);
		expect(await answersTo(first)).toEqual(['Answer to: one']);
		expect(await answersTo(second)).toEqual(['Answer to: two']);
	});

	it('do not wait for each other where they are of two conversations', async () => {
		const runs = [run([await says('one', 'Ann')]), run([await says('two', 'Bo')])];
		await asked(2);
		for (const { end } of model.questions) end();
		await Promise.all(runs);
	});

	it.each([
		['two topics, beside the group', [{}, { threadId: 'omt_A' }, { threadId: 'omt_B' }]],
		[
			'a topic that began with a message, beside it',
			[{}, { threadId: 'omt_A', rootId: 'om_0' }, { rootId: 'om_0' }],
		],
		['two chains of replies, beside the group', [{}, { rootId: 'om_1' }, { rootId: 'om_2' }]],
		[
			'topics of one chain',
			[{}, { threadId: 'omt_A', rootId: 'om_1' }, { threadId: 'omt_B', rootId: 'om_1' }],
		],
	])('do not wait for each other, nor become one question, in %s', async (name, places) => {
		// Half of what Feishu takes a second in one chat is kept for others than answers.
		jest.spyOn(Limits.prototype, 'charge').mockReturnValue(undefined);
		const runs = [];
		const items = [];
		for (const [index, place] of places.entries()) {
			const message = await says(`Q${index}`, `Ann, in ${name}`);
			const item = { ...message, replyTo: { ...(message.replyTo as IDataObject), ...place } };
			items.push(item);
			runs.push(run([item]));
			await asked(index + 1);
		}
		// The newest first: no answer waits for an earlier one.
		for (const { end } of [...model.questions].reverse()) end();
		await Promise.all(runs);
		for (const [index, item] of items.entries()) {
			expect(await answersTo(item)).toEqual([`Answer to: Q${index}`]);
		}
	});

	it('are collected where they are of the same topic, and not those of the group between them', async () => {
		const inTopic = (message: IDataObject): IDataObject => ({
			...message,
			replyTo: { ...(message.replyTo as IDataObject), threadId: 'omt_A' },
		});
		const by = async (text: string): Promise<IDataObject> => await says(text, 'Ann, in topics');
		const slow = inTopic(await by('slow'));
		const [one, two] = [inTopic(await by('one')), await by('in the group')];
		const three = inTopic(await by('three'));
		const runs = [run([slow])];
		const first = await asked(1);
		runs.push(run([one]), run([two]), run([three]));
		await waitFor(4);
		model.atOnce = true;
		first.end();
		(await asked(2)).end();
		await Promise.all(runs);
		expect(texts().sort()).toEqual(['in the group', 'one\n\nthree', 'slow']);
	});

	it('become one question where they arrive meanwhile, answered as a reply to the newest', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]), run([third]));
		await waitFor(3);
		one.end();
		(await asked(2)).end();
		const [, ...ends] = await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two\n\nthree']);
		expect(await answersTo(second)).toEqual([]);
		expect(await answersTo(third)).toEqual(['Answer to: two\n\nthree']);
		const { delivery } = ends[1]!.answered[0]!;
		expect(delivery).toMatchObject({ platform: 'feishu', parts: 1 });
		expect(ends[0]!.answered).toEqual([
			{ ...second, delivery: { ...(delivery as IDataObject), mergedInto: third.messageId } },
		]);
	});

	it('are answered one by one where the option says so', async () => {
		const parameters = { options: { meanwhile: 'oneByOne' } };
		const items = [await says('one'), await says('two'), await says('three')];
		model.atOnce = true;
		await Promise.all(items.map(async (item) => await run([item], { parameters })));
		expect(texts()).toEqual(['one', 'two', 'three']);
		for (const item of items) expect(await answersTo(item)).toHaveLength(1);
	});

	it('one that is tried again is answered by itself', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([{ ...second, retry: { key: 'k' } }]), run([third]));
		await waitFor(3);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two', 'three']);
	});

	it('go on where the first one fails', async () => {
		const runs = [run([await says('one')])];
		const one = await asked(1);
		runs.push(run([await says('two')]));
		await waitFor(2);
		one.end(500);
		(await asked(2)).end();
		const ends = await Promise.all(runs);
		expect(ends[0]!.failed).toEqual([
			expect.objectContaining({ text: 'one', error: expect.anything() }),
		]);
		expect(ends[1]!.answered).toEqual([expect.objectContaining({ delivery: expect.anything() })]);
	});

	it('go on where the first one is cancelled while the model thinks', async () => {
		const stop = new AbortController();
		const runs = [run([await says('one')], { signal: stop.signal })];
		await asked(1);
		runs.push(run([await says('two')]));
		await waitFor(2);
		stop.abort();
		(await asked(2)).end();
		const ends = await Promise.all(runs);
		expect(ends[1]!.answered).toEqual([expect.objectContaining({ delivery: expect.anything() })]);
	});

	it('do not wait for one that was cancelled before its turn', async () => {
		const stop = new AbortController();
		const runs = [run([await says('one')])];
		const one = await asked(1);
		const cancelled = run([await says('two')], { signal: stop.signal });
		await waitFor(2);
		stop.abort();
		await cancelled;
		runs.push(run([await says('three')]));
		await waitFor(3);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'three']);
	});

	it('fail together where they are asked together, and each keeps its own message', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]), run([third]));
		await waitFor(3);
		one.end();
		(await asked(2)).end(500);
		const [, ...ends] = await Promise.all(runs);
		const error = expect.objectContaining({ class: 'temporary' });
		expect(ends).toEqual([
			{ answered: [], failed: [{ ...second, error }] },
			{ answered: [], failed: [{ ...third, error }] },
		]);
	});

	it('keep the same unsent answer where it could not be sent', async () => {
		const fault = { service: 'feishu', pathContains: '/reply', times: 9, status: 500 };
		const items = [await says('one'), await says('two')];
		await control.post('/faults', fault);
		model.atOnce = true;
		const { failed } = await run(items);
		expect(texts()).toEqual(['one\n\ntwo']);
		const unsent = failed.map(({ error }) => (error as IDataObject).unsent as IDataObject);
		expect(unsent).toHaveLength(2);
		expect(unsent[0]).toMatchObject({
			replyTo: { messageId: items[1]!.messageId },
			content: { text: 'Answer to: one\n\ntwo' },
		});
		expect(unsent[1]).toEqual(unsent[0]);
	});

	it('give a quick fixed text its turn, too', async () => {
		const parameters = { text: 'Help' };
		const [first, second] = [await says('one'), await says('/help')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second], { type: 'botReply', parameters }));
		await waitFor(2);
		expect(await answersTo(second)).toEqual([]);
		one.end();
		await Promise.all(runs);
		const at = async (item: IDataObject): Promise<number> =>
			Date.parse((await answersTo(item, 'at'))[0]!);
		expect(await at(second)).toBeGreaterThanOrEqual(await at(first));
	});
});

describe('One execution may overtake another', () => {
	const detour = ['First', 'Second', 'Third'].map((name) => ({
		name,
		type: 'n8n-nodes-base.noOp',
	}));

	it('on its way to the node, and what waits there is put back in order', async () => {
		const runs = [run([await says('one')])];
		const one = await asked(1);
		const [second, third] = [await says('two'), await says('three')];
		runs.push(run([second], { before: detour }), run([third]));
		await waitFor(3);
		const arrived = take.mock.calls.map(([{ text }]) => text);
		expect(arrived).toEqual(['one', 'three', 'two']);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two\n\nthree']);
	});

	it('not where both take the same way, however long the first is', async () => {
		model.atOnce = true;
		const long = await Promise.all(
			Array.from({ length: 100 }, async (_, n) => await says(`q${n}`, `user${n}`)),
		);
		const short = await says('last', 'user99');
		const rules = { values: [{ outputName: 'All', textIs: 'anything' }] };
		const before = [{ type: 'botRouter', parameters: { rules } }];
		await Promise.all([run(long, { before }), run([short], { before })]);
		expect(take.mock.calls.map(([{ text }]) => text).slice(-2)).toEqual(['q99', 'last']);
	});
});

describe('A message that comes again', () => {
	it('while it is being answered gets the same answer, sent once', async () => {
		const item = await says('one');
		const runs = [run([item])];
		const one = await asked(1);
		runs.push(run([item]));
		await waitFor(2);
		one.end();
		const [first, again] = await Promise.all(runs);
		expect(texts()).toEqual(['one']);
		expect(await answersTo(item)).toEqual(['Answer to: one']);
		const { answer, delivery } = first!.answered[0]!;
		expect(again!.answered).toEqual([
			{ ...item, answer, delivery: { ...(delivery as IDataObject), already: true } },
		]);
	});

	it('after it has been answered is not answered again, also where it is tried again', async () => {
		model.atOnce = true;
		const items = [await says('one'), await says('two')];
		await run(items);
		const again = await run(items.map((item) => ({ ...item, retry: { key: 'k' } })));
		expect(texts()).toEqual(['one\n\ntwo']);
		expect(again.answered.map(({ delivery }) => delivery)).toMatchObject([
			{ already: true },
			{ already: true },
		]);
	});

	it('after it has failed is answered', async () => {
		const item = await says('one');
		const failed = run([item]);
		(await asked(1)).end(500);
		await failed;
		model.atOnce = true;
		const { answered } = await run([item]);
		expect(answered).toHaveLength(1);
		expect(await answersTo(item)).toHaveLength(1);
	});

	it('after its execution was cancelled is answered', async () => {
		const item = await says('one');
		const stop = new AbortController();
		const cancelled = run([item], { signal: stop.signal });
		await asked(1);
		const again = run([item]);
		await waitFor(2);
		stop.abort();
		(await asked(2)).end();
		const { answered } = await again;
		await cancelled;
		expect(answered).toEqual([expect.objectContaining({ answer: expect.anything() })]);
	});

	it('is answered by each node that answers it, and by Bot Reply with each text', async () => {
		model.atOnce = true;
		const item = await says('one');
		await run([item]);
		for (const text of ['Help', 'More help', 'Help']) {
			await run([item], { type: 'botReply', parameters: { text } });
		}
		expect(await answersTo(item)).toEqual(['Answer to: one', 'Help', 'More help']);
	});

	it('by hand, in the editor, is answered each time, and nobody waits for that', async () => {
		const item = await says('one');
		const runs = [run([item]), run([item], { mode: 'manual' }), run([item], { mode: 'manual' })];
		await asked(3);
		for (const { end } of model.questions) end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'one', 'one']);
	});
});

describe('Many messages at once', () => {
	// Faster than Feishu takes them: what is to be seen here are the turns.
	beforeEach(async () => {
		jest.spyOn(Limits.prototype, 'charge').mockReturnValue(undefined);
		await control.put('/limits', { enabled: false });
	});
	afterEach(async () => await control.put('/limits', { enabled: true }));

	it('of few conversations end, and no more are asked at once than the option says', async () => {
		const items = await Promise.all(
			Array.from({ length: 500 }, async (_, n) => await says(`q${n}`, `user${n % 3}`)),
		);
		let most = 0;
		const ended = run(items, { parameters: { options: { concurrency: 2 } } });
		await asked(2);
		let over = false;
		ended.finally(() => (over = true));
		for (let done = 0; !over; ) {
			const open = model.questions.length - done;
			most = Math.max(most, open);
			if (open > 0) model.questions[done++]!.end();
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
		const { answered, failed } = await ended;
		expect(failed).toEqual([]);
		expect(most).toBe(2);
		expect(answered.map(({ text }) => text)).toEqual(items.map(({ text }) => text));
		// All of them were asked, in order, 20 at once.
		const inOrder = (user: number) =>
			items.filter((_, n) => n % 3 === user).map(({ text }) => String(text));
		const said = texts().map((text) => text.split('\n\n'));
		for (const user of [0, 1, 2]) {
			const own = said.filter(([text]) => Number(text!.slice(1)) % 3 === user);
			expect(own.flat()).toEqual(inOrder(user));
			expect(Math.max(...own.map((group) => group.length))).toBe(20);
		}
	});

	it('of one conversation do not keep another one’s from the model', async () => {
		const parameters = { options: { concurrency: 2, meanwhile: 'oneByOne' } };
		const items = await Promise.all(
			Array.from({ length: 50 }, async (_, n) => await says(`q${n}`)),
		);
		items.push(await says('quick', 'Bo'));
		const ended = run(items, { parameters });
		await asked(2);
		expect(texts()).toEqual(['q0', 'quick']);
		model.atOnce = true;
		for (const { end } of model.questions) end();
		const { answered } = await ended;
		expect(answered).toHaveLength(51);
	});
});
