import fc from 'fast-check';
import {
	Inbox,
	inboxOf,
	type Admission,
	type NoteStore,
} from '../../../../nodes/shared/receive/inbox';
import { Seen } from '../../../../nodes/shared/receive/seen';
import type { BotMessage } from '../../../../protocol/message';
import { until } from '../../../sandbox/helpers';
import { startWebhooks, type WebhookRunner } from '../../../webhooks';
import { dingTalk, post, type Answer } from '../../platforms';

const message = (id: string): BotMessage => ({ messageId: id }) as BotMessage;

/** The leader's window; fails the test where the admission is another. */
function windowOf(admission: Admission) {
	if (admission.role !== 'leader') throw new Error(`a ${admission.role}, not a leader`);
	return admission.window;
}

describe('An inbox', () => {
	let inbox: Inbox;
	let note: NoteStore;
	const admit = async (id: string) => await inbox.admit(id, message(id));
	const store = (window: ReturnType<typeof windowOf>): void => {
		window.markStored(note);
		window.close();
	};

	beforeEach(() => {
		note = {};
		inbox = new Inbox(new Seen(undefined, Date.now()));
	});

	it('lets the first message lead at once', async () => {
		const window = windowOf(await admit('a'));
		expect([...window.messages.keys()]).toEqual(['a']);
	});

	it('gathers what arrives meanwhile, and lets the first of it lead when the window is over', async () => {
		const first = windowOf(await admit('a'));
		const second = admit('b');
		const follower = await admit('c');
		expect(follower.role).toBe('follower');
		store(first);
		const window = windowOf(await second);
		expect([...window.messages.keys()]).toEqual(['b', 'c']);
		store(window);
		await expect((follower as { stored: Promise<boolean> }).stored).resolves.toBe(true);
	});

	it('tells followers of a failed leader that nothing was stored, and takes them in next time', async () => {
		const first = windowOf(await admit('a'));
		const second = admit('b');
		const follower = (await admit('c')) as { stored: Promise<boolean> };
		store(first);
		windowOf(await second).close();
		await expect(follower.stored).resolves.toBe(false);
		expect((await admit('c')).role).toBe('leader');
	});

	it('knows a message again in its window, in flight and after', async () => {
		const first = windowOf(await admit('a'));
		expect((await admit('a')).role).toBe('follower');
		const second = admit('b');
		expect((await admit('b')).role).toBe('follower');
		store(first);
		await second;
		expect((await admit('a')).role).toBe('duplicate');
	});

	it('holds a window to 500 messages; the next ones wait for their own', async () => {
		const first = windowOf(await admit('a'));
		const second = admit('0');
		for (let index = 1; index < 500; index++) await admit(String(index));
		const over = [admit('x'), admit('y')];
		store(first);
		const window = windowOf(await second);
		expect(window.messages.size).toBe(500);
		store(window);
		const [leader, follower] = await Promise.all(over);
		expect([...windowOf(leader!).messages.keys()]).toEqual(['x', 'y']);
		expect(follower!.role).toBe('follower');
	});

	it('lets nobody lead beside a window whose turn has come', async () => {
		const first = windowOf(await admit('a'));
		const second = admit('b');
		store(first);
		// In the same turn, before the second window's leader has gone on.
		const between = await admit('c');
		expect(between.role).toBe('follower');
		expect([...windowOf(await second).messages.keys()]).toEqual(['b', 'c']);
	});

	it('writes its note only when something was stored', async () => {
		const window = windowOf(await admit('a'));
		expect(note).toEqual({});
		store(window);
		expect(note.clawbotSeen).toEqual(expect.any(String));
	});

	it('is one for a node and another for the next, with one memory for the workflow', async () => {
		const one = inboxOf('wf', 'node 1', note);
		expect(inboxOf('wf', 'node 1', note)).toBe(one);
		expect(inboxOf('wf', 'node 2', note)).not.toBe(one);
	});
});

describe('A trigger behind n8n', () => {
	let runner: WebhookRunner;
	const deliver = async (id: string, conversation = 'c1', url = runner.url): Promise<Answer> =>
		await post(url, dingTalk.message({ id, conversation }));
	const storedIds = (): unknown[] => runner.messages().map(({ messageId }) => messageId);
	/** Holds executions back until it is called. */
	const holdStore = (): (() => void) => {
		let release!: () => void;
		const gate = new Promise<void>((resolve) => (release = resolve));
		runner.store = async () => await gate;
		return release;
	};
	/** Each message at the door. */
	let admit: jest.SpyInstance;
	const arrived = async (count: number): Promise<unknown> =>
		await until(() => admit.mock.calls.length >= count);

	beforeEach(async () => {
		admit = jest.spyOn(Inbox.prototype, 'admit');
		runner = await startWebhooks(
			[
				{ type: 'dingTalkTrigger', name: 'One' },
				{ type: 'dingTalkTrigger', name: 'Two' },
			],
			dingTalk.credentials,
		);
	});
	afterEach(async () => {
		admit.mockRestore();
		await runner.close();
	});

	it('makes one execution of what arrives while another is being stored', async () => {
		const release = holdStore();
		const answers = Promise.all(['a', 'b', 'c', 'd'].map(async (id) => await deliver(id)));
		await arrived(4);
		release();
		expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		expect(runner.executions).toHaveLength(2);
		expect(storedIds().sort()).toEqual(['a', 'b', 'c', 'd']);
	});

	it('answers nobody before the execution is stored', async () => {
		const release = holdStore();
		let answered = 0;
		const answers = ['a', 'b', 'c'].map(async (id) => {
			await deliver(id);
			answered++;
		});
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(answered).toBe(0);
		release();
		await Promise.all(answers);
	});

	it('refuses the whole window where storing fails, and takes the next delivery in', async () => {
		const release = holdStore();
		const first = deliver('a');
		await arrived(1);
		const rest = ['b', 'c'].map(async (id) => await deliver(id));
		await arrived(3);
		runner.store = async () => {
			throw new Error('the disk is full');
		};
		release();
		expect((await first).status).toBe(200);
		const statuses = (await Promise.all(rest)).map(({ status }) => status);
		expect(statuses.sort()).toEqual([500, 503]);
		expect(storedIds()).toEqual(['a']);
		runner.store = async () => {};
		for (const id of ['b', 'c']) expect((await deliver(id)).status).toBe(200);
		expect(storedIds()).toEqual(['a', 'b', 'c']);
	});

	it('acknowledges a message that comes again, at once, later and after a restart, and starts nothing', async () => {
		const both = await Promise.all([deliver('a'), deliver('a')]);
		both.push(await deliver('a'));
		runner.restart();
		both.push(await deliver('a'));
		expect(both.every(({ body }) => dingTalk.acknowledged(body))).toBe(true);
		expect(storedIds()).toEqual(['a']);
	});

	it('takes a message in again after a restart that lost the note (control)', async () => {
		await deliver('a');
		runner.staticData = {};
		runner.restart();
		await deliver('a');
		expect(storedIds()).toEqual(['a', 'a']);
	});

	it('takes the same id of another conversation or another trigger for another message', async () => {
		await deliver('a');
		await deliver('a', 'c2');
		await deliver('a', 'c1', runner.urlOf('Two'));
		expect(runner.executions.map(({ node }) => node)).toEqual(['One', 'One', 'Two']);
	});

	it('keeps working where a caller has gone before its execution was stored', async () => {
		const release = holdStore();
		const first = deliver('a');
		const impatient = new AbortController();
		await arrived(1);
		const wire = dingTalk.message({ id: 'b', conversation: 'c1' });
		const gone = fetch(runner.url, { ...wire, signal: impatient.signal }).catch(() => 'gone');
		await arrived(2);
		const follower = deliver('c');
		await arrived(3);
		impatient.abort();
		expect(await gone).toBe('gone');
		await new Promise((resolve) => setTimeout(resolve, 30));
		release();
		expect((await first).status).toBe(200);
		expect((await follower).status).toBe(200);
		expect((await deliver('b')).status).toBe(200);
		expect((await deliver('d')).status).toBe(200);
		expect(storedIds()).toEqual(['a', 'b', 'c', 'd']);
	});

	it('does not take a message in twice where it comes again while its first caller has given up', async () => {
		const release = holdStore();
		const impatient = new AbortController();
		const wire = dingTalk.message({ id: 'a', conversation: 'c1' });
		const gone = fetch(runner.url, { ...wire, signal: impatient.signal }).catch(() => 'gone');
		await arrived(1);
		impatient.abort();
		await gone;
		await new Promise((resolve) => setTimeout(resolve, 30));
		const again = deliver('a');
		await arrived(2);
		release();
		expect((await again).status).toBe(200);
		expect(storedIds()).toEqual(['a']);
	});

	/**
	 * Deliveries of a few ids in any order, at the same time, with stores that fail or take long, callers
	 * that give up, restarts in between: returns what does not hold, if anything.
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

	async function wrongIn({ rounds }: Burst): Promise<string[]> {
		const before = runner.executions.length;
		const batch = `${Math.random()} `;
		const acknowledged = new Set<string>();
		const tried = new Set<string>();
		const unsure = new Set<string>();
		for (const { ids, failures, pausesMs, impatient, restart } of rounds) {
			let calls = 0;
			runner.store = async () => {
				const call = calls++;
				await new Promise((done) => setTimeout(done, pausesMs[call % pausesMs.length]));
				if (failures[call % failures.length]) throw new Error('not stored');
			};
			await Promise.all(
				ids.map(async (number, index) => {
					const id = batch + number;
					tried.add(id);
					const wire = dingTalk.message({ id, conversation: 'c1' });
					const leaves = impatient[index % impatient.length];
					const signal = leaves ? AbortSignal.timeout(2) : AbortSignal.timeout(4000);
					const answer = await fetch(runner.url, { ...wire, signal }).catch(() => undefined);
					if (!answer) unsure.add(id);
					if (answer?.status === 200) acknowledged.add(id);
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

	it('stores every acknowledged message exactly once, and no refused one', async () => {
		await fc.assert(
			fc.asyncProperty(burst, async (plan) => expect(await wrongIn(plan)).toEqual([])),
			{ numRuns: 20 },
		);
	}, 60_000);

	it('does so because it remembers (control: without memory a message is stored twice)', async () => {
		const forgetful = jest.spyOn(Seen.prototype, 'has').mockReturnValue(false);
		const round = { failures: [false], pausesMs: [0], impatient: [false], restart: false };
		expect(
			await wrongIn({
				rounds: [
					{ ...round, ids: [1] },
					{ ...round, ids: [1] },
				],
			}),
		).toEqual([expect.stringMatching(/stored 2 times/)]);
		forgetful.mockRestore();
	});

	it('does so because followers wait (control: told too early, a message is lost)', async () => {
		const hasty = jest
			.spyOn(Inbox.prototype, 'admit')
			.mockResolvedValue({ role: 'follower', stored: Promise.resolve(true) });
		const round = { failures: [false], pausesMs: [0], impatient: [false], restart: false };
		expect(await wrongIn({ rounds: [{ ...round, ids: [1] }] })).toEqual([
			expect.stringMatching(/acknowledged and lost/),
		]);
		hasty.mockRestore();
	});
});
