import fc from 'fast-check';
import { TriggerContext, WebhookContext } from 'n8n-core';
import { Inbox } from '../../../../nodes/shared/receive/inbox';
import type { StartExecution } from '../../../../nodes/shared/receive/intake';
import { Seen } from '../../../../nodes/shared/receive/seen';
import { pause, until } from '../../../until';
import { startWebhooks, type WebhookRunner } from '../../../webhooks';
import { HOUR, dingTalk } from '../../platforms';
import { callers, decoded, type Caller, type Deliver, type Outcome } from './callers';

let runner: WebhookRunner;
/** Each message that asks to be admitted. */
let admit: jest.SpyInstance;

const storedIds = (): unknown[] => runner.messages().map(({ messageId }) => messageId);
const arrived = async (count: number): Promise<unknown> =>
	await until(() => admit.mock.calls.length >= count);

async function start(
	options: Record<string, unknown> = {},
	events: string[] = ['message'],
): Promise<void> {
	await runner?.close();
	const parameters = { events, options } as never;
	runner = await startWebhooks(
		['One', 'Two'].map((name) => ({ type: 'dingTalkTrigger', name, parameters })),
		dingTalk.credentials,
	);
}

/** Holds executions back until it is called. */
function holdStore(): () => void {
	let release!: () => void;
	const gate = new Promise<void>((resolve) => (release = resolve));
	runner.store = async () => await gate;
	return release;
}

beforeEach(async () => {
	admit = jest.spyOn(Inbox.prototype, 'admit');
	await start();
});
afterEach(() => admit.mockRestore());
afterAll(async () => await runner.close());

/** Each way to come in, with executions of many messages and of one. */
const ways = callers.flatMap((caller) =>
	(['together', 'onePerMessage'] as const).map((executions) => ({ caller, executions })),
);

describe.each(ways)('Messages that come by $caller.name, $executions', ({ caller, executions }) => {
	let deliver: Deliver;
	const open = (node = 'One'): Deliver => caller.open(runner, node);
	const send = async (id: string, conversation = 'c1'): Promise<Outcome> =>
		await deliver({ id, conversation });

	beforeEach(async () => {
		await start({ executions });
		deliver = open();
	});

	it('start an execution each, and are acknowledged', async () => {
		expect([await send('a'), await send('b')]).toEqual(['acknowledged', 'acknowledged']);
		expect(runner.executions.map(({ items }) => items.length)).toEqual([1, 1]);
		expect(storedIds()).toEqual(['a', 'b']);
	});

	it('become one execution where they arrive while another is being stored, unless each has its own', async () => {
		const release = holdStore();
		const outcomes = Promise.all(['a', 'b', 'c', 'd'].map(async (id) => await send(id)));
		await arrived(4);
		release();
		expect(new Set(await outcomes)).toEqual(new Set(['acknowledged']));
		expect(runner.executions).toHaveLength(executions === 'together' ? 2 : 4);
		expect(storedIds().sort()).toEqual(['a', 'b', 'c', 'd']);
	});

	it('begin in the order in which they arrived in their conversation', async () => {
		let ms = 100;
		// Each takes less time than the one before.
		runner.store = async () => await pause((ms -= 20));
		const outcomes = ['a', 'b', 'c', 'd'].map(async (id, index) => {
			await arrived(index);
			return await send(id);
		});
		expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['acknowledged']));
		expect(storedIds()).toEqual(['a', 'b', 'c', 'd']);
	});

	it('are not acknowledged before their execution is stored', async () => {
		const release = holdStore();
		let answered = 0;
		const outcomes = ['a', 'b', 'c'].map(async (id) => {
			await send(id);
			answered++;
		});
		await pause(50);
		expect(answered).toBe(0);
		release();
		await Promise.all(outcomes);
	});

	it('wait for nobody in another conversation where each has an execution of its own', async () => {
		const release = holdStore();
		const held = send('a');
		await arrived(1);
		runner.store = async () => {};
		const other = send('b', 'c2');
		if (executions === 'together') {
			expect(await Promise.race([other, held, pause(300)])).toBeUndefined();
		} else expect(await other).toBe('acknowledged');
		expect(storedIds()).toEqual(executions === 'together' ? [] : ['b']);
		release();
		expect(await Promise.all([held, other])).toEqual(['acknowledged', 'acknowledged']);
	});

	it('are refused with their whole batch where storing fails, and taken when they come again', async () => {
		const release = holdStore();
		const first = send('a');
		await arrived(1);
		const rest = ['b', 'c'].map(async (id) => await send(id));
		await arrived(3);
		runner.store = async () => {
			throw new Error('the disk is full');
		};
		release();
		expect(await first).toBe('acknowledged');
		expect(await Promise.all(rest)).toEqual(['refused', 'refused']);
		expect(storedIds()).toEqual(['a']);
		runner.store = async () => {};
		for (const id of ['b', 'c']) expect(await send(id)).toBe('acknowledged');
		expect(storedIds()).toEqual(['a', 'b', 'c']);
	});

	it('are acknowledged when they come again, at once, later and after a restart, and start nothing', async () => {
		const outcomes = await Promise.all([send('a'), send('a')]);
		outcomes.push(await send('a'));
		runner.restart();
		outcomes.push(await send('a'));
		expect(new Set(outcomes)).toEqual(new Set(['acknowledged']));
		expect(storedIds()).toEqual(['a']);
	});

	it('are taken again after a restart that lost the note (control)', async () => {
		await send('a');
		runner.staticData = {};
		runner.restart();
		await send('a');
		expect(storedIds()).toEqual(['a', 'a']);
	});

	it('are others in another conversation, and at another trigger', async () => {
		await send('a');
		await send('a', 'c2');
		await open('Two')({ id: 'a', conversation: 'c1' });
		expect(runner.executions.map(({ node }) => node)).toEqual(['One', 'One', 'Two']);
	});

	it('are acknowledged and dropped where they are too old, or of a kind that is not ticked', async () => {
		expect(await deliver({ id: 'a', sentAt: Date.now() - 9 * HOUR })).toBe('acknowledged');
		await start({ executions }, ['event']);
		expect(await open()({ id: 'b' })).toBe('acknowledged');
		expect(runner.executions).toEqual([]);
		expect(admit).not.toHaveBeenCalled();
	});

	it('are flagged where they are too old and the option says so', async () => {
		await start({ executions, olderMessages: 'flag', maxAgeMinutes: 10 });
		await open()({ id: 'a', sentAt: Date.now() - HOUR });
		await open()({ id: 'b' });
		expect(runner.messages()).toEqual([
			expect.objectContaining({ messageId: 'a', stale: true }),
			expect.not.objectContaining({ stale: true }),
		]);
	});

	it('leave production alone in a test run from the editor, which waits for nobody', async () => {
		const inTest = async (id: string): Promise<Outcome> => {
			const modes = [TriggerContext, WebhookContext].map(({ prototype }) =>
				jest.spyOn(prototype, 'getMode').mockReturnValue('manual'),
			);
			const outcome = await caller.open(runner, 'One')({ id, conversation: 'c1' });
			for (const mode of modes) mode.mockRestore();
			return outcome;
		};
		const release = holdStore();
		const production = send('a');
		await arrived(1);
		runner.store = async () => {};
		expect([await inTest('a'), await inTest('a')]).toEqual(['acknowledged', 'acknowledged']);
		expect(storedIds()).toEqual(['a', 'a']);
		release();
		expect(await production).toBe('acknowledged');
		expect(runner.executions).toHaveLength(3);
		await inTest('b');
		await send('b');
		expect(storedIds()).toEqual(['a', 'a', 'a', 'b', 'b']);
	});

	it('go on coming in where one caller has gone before its execution was stored', async () => {
		const release = holdStore();
		const first = send('a');
		const impatient = new AbortController();
		await arrived(1);
		const gone = deliver({ id: 'b', conversation: 'c1' }, impatient.signal);
		await arrived(2);
		const follower = send('c');
		await arrived(3);
		impatient.abort();
		expect(await gone).toBe('gone');
		await pause(30);
		release();
		const later = [await first, await follower, await send('b'), await send('d')];
		expect(new Set(later)).toEqual(new Set(['acknowledged']));
		expect(storedIds()).toEqual(['a', 'b', 'c', 'd']);
	});

	it('are not taken twice where they come again while their first caller has given up', async () => {
		const release = holdStore();
		const impatient = new AbortController();
		const gone = deliver({ id: 'a', conversation: 'c1' }, impatient.signal);
		await arrived(1);
		impatient.abort();
		await gone;
		await pause(30);
		const again = send('a');
		await arrived(2);
		release();
		expect(await again).toBe('acknowledged');
		expect(storedIds()).toEqual(['a']);
	});
});

it('A start that throws acknowledges nobody, and the message is taken when it comes again', async () => {
	const { intake, triggerOf } = runner.intake;
	const trigger = triggerOf(
		runner.triggerContext('One', () => {}),
		'dingTalkAppApi',
	);
	const take = async (start: StartExecution): Promise<boolean> =>
		await intake(trigger, decoded({ id: 'a' }), start);
	const broken = jest.fn(async () => {
		await arrived(2);
		throw new Error('the connection is gone');
	});
	const [leader, follower] = await Promise.allSettled([take(broken), take(broken)]);
	expect(leader).toMatchObject({
		status: 'rejected',
		reason: expect.objectContaining({ message: 'the connection is gone' }),
	});
	expect(follower).toEqual({ status: 'fulfilled', value: false });
	expect(broken).toHaveBeenCalledTimes(1);
	expect(await take(async (_items, markStored) => markStored({}))).toBe(true);
});

describe.each([
	{ first: callers[0]!, second: callers[1]! },
	{ first: callers[1]!, second: callers[0]! },
])('A message that came by $first.name', ({ first, second }) => {
	it(`is known when it comes again by ${second.name}, in flight, later and after a restart`, async () => {
		const [one, other] = [first.open(runner, 'One'), second.open(runner, 'One')];
		const release = holdStore();
		const inFlight = [one({ id: 'a' }), other({ id: 'a' })];
		await arrived(2);
		release();
		const outcomes = await Promise.all(inFlight);
		outcomes.push(await other({ id: 'a' }));
		runner.restart();
		outcomes.push(await other({ id: 'a' }));
		expect(new Set(outcomes)).toEqual(new Set(['acknowledged']));
		expect(storedIds()).toEqual(['a']);
	});
});

/**
 * Deliveries of a few ids in any order, at the same time, by any of the callers, with stores that fail
 * or take long, callers that give up, restarts in between.
 */
const burst = fc.record({
	rounds: fc.array(
		fc.record({
			ids: fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 16 }),
			failures: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
			pausesMs: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
			impatient: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
			restart: fc.constantFrom(false, false, false, true),
		}),
		{ minLength: 1, maxLength: 3 },
	),
});
type Burst = typeof burst extends fc.Arbitrary<infer T> ? T : never;

const both: Caller = {
	name: 'both in turn',
	open: (of, node) => {
		const ways = callers.map((caller) => caller.open(of, node));
		let count = 0;
		return async (said, signal) => await ways[count++ % ways.length]!(said, signal);
	},
};

describe.each([
	...ways,
	{ caller: both, executions: 'together' },
	{ caller: both, executions: 'onePerMessage' },
])('Whatever happens by $caller.name, $executions', ({ caller, executions }) => {
	beforeEach(async () => await start({ executions }));

	/** What does not hold, if anything. */
	async function wrongIn({ rounds }: Burst): Promise<string[]> {
		const before = runner.executions.length;
		const deliver = caller.open(runner, 'One');
		const prefix = `${Math.random()} `;
		const acknowledged = new Set<string>();
		const tried = new Set<string>();
		const unsure = new Set<string>();
		for (const { ids, failures, pausesMs, impatient, restart } of rounds) {
			let calls = 0;
			runner.store = async () => {
				const call = calls++;
				await pause(pausesMs[call % pausesMs.length]!);
				if (failures[call % failures.length]) throw new Error('not stored');
			};
			await Promise.all(
				ids.map(async (number, index) => {
					const id = prefix + number;
					tried.add(id);
					const leaves = impatient[index % impatient.length];
					const signal = AbortSignal.timeout(leaves ? 2 : 60_000);
					const outcome = await deliver({ id, conversation: 'c1' }, signal);
					if (outcome === 'gone') unsure.add(id);
					if (outcome === 'acknowledged') acknowledged.add(id);
				}),
			);
			// Callers that gave up may have left work behind.
			await settled();
			if (restart) runner.restart();
		}
		const stored = runner.executions
			.slice(before)
			.flatMap(({ items }) => items.map(({ json }) => String(json.messageId)));
		return [...tried].flatMap((id) => {
			const times = stored.filter((other) => other === id).length;
			if (times > 1) return [`${id} was stored ${times} times`];
			if (times === 0 && acknowledged.has(id)) return [`${id} was acknowledged and lost`];
			if (times === 1 && !acknowledged.has(id) && !unsure.has(id)) {
				return [`${id} was stored and refused`];
			}
			return [];
		});
	}

	async function settled(): Promise<void> {
		let last = -1;
		await until(() => {
			const quiet = runner.pending() === 0 && last === runner.executions.length;
			last = runner.executions.length;
			return quiet;
		});
	}

	const round = { failures: [false], pausesMs: [0], impatient: [false], restart: false };

	it('every acknowledged message is stored exactly once, and no refused one', async () => {
		await fc.assert(
			fc.asyncProperty(burst, async (plan) => expect(await wrongIn(plan)).toEqual([])),
			{ numRuns: 12 },
		);
	});

	it('that is because of the memory (control: without it a message is stored twice)', async () => {
		const forgetful = jest.spyOn(Seen.prototype, 'has').mockReturnValue(false);
		const rounds = [
			{ ...round, ids: [1] },
			{ ...round, ids: [1] },
		];
		expect(await wrongIn({ rounds })).toEqual([expect.stringMatching(/stored 2 times/)]);
		forgetful.mockRestore();
	});

	it('that is because followers wait (control: told too early, a message is lost)', async () => {
		admit.mockResolvedValue({ role: 'follower', stored: Promise.resolve(true) });
		const rounds = [{ ...round, ids: [1] }];
		expect(await wrongIn({ rounds })).toEqual([expect.stringMatching(/acknowledged and lost/)]);
	});
});
