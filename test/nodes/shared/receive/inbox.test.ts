import { Inbox, type Admission, type SeenNote } from '../../../../nodes/shared/receive/inbox';
import { inboxOf } from '../../../../nodes/shared/receive/inboxes';
import { Seen } from '../../../../nodes/shared/receive/seen';
import type { BotMessage } from '../../../../protocol/message';

const message = (id: string): BotMessage => ({ messageId: id }) as BotMessage;

/** The leader's batch; fails the test where the admission is another. */
function batchOf(admission: Admission) {
	if (admission.role !== 'leader') throw new Error(`a ${admission.role}, not a leader`);
	return admission.batch;
}

describe('An inbox', () => {
	let inbox: Inbox;
	let note: SeenNote;
	const admit = async (id: string) => await inbox.admit(id, message(id));
	const store = (batch: ReturnType<typeof batchOf>): void => {
		batch.markStored(note);
		batch.close();
	};

	beforeEach(() => {
		note = {};
		inbox = new Inbox(new Seen(undefined, Date.now()));
	});

	it('lets the first message lead at once', async () => {
		const batch = batchOf(await admit('a'));
		expect([...batch.messages.keys()]).toEqual(['a']);
	});

	it('gathers what arrives meanwhile, and lets the first of it lead when the batch is over', async () => {
		const first = batchOf(await admit('a'));
		const second = admit('b');
		const follower = await admit('c');
		expect(follower.role).toBe('follower');
		store(first);
		const batch = batchOf(await second);
		expect([...batch.messages.keys()]).toEqual(['b', 'c']);
		store(batch);
		await expect((follower as { stored: Promise<boolean> }).stored).resolves.toBe(true);
	});

	it.each([true, false])(
		'gathers on where a stored batch holds the next one: %p; else the next message leads at once',
		async (isHeld) => {
			let release!: () => void;
			const first = batchOf(await admit('a'));
			if (isHeld) first.holdNext(new Promise<void>((resolve) => (release = resolve)));
			store(first);
			await expect(first.stored).resolves.toBe(true);
			const second = admit('b');
			const third = admit('c');
			release?.();
			expect([...batchOf(await second).messages.keys()]).toEqual(isHeld ? ['b', 'c'] : ['b']);
			if (isHeld) expect((await third).role).toBe('follower');
		},
	);

	it('tells followers of a failed leader that nothing was stored, and takes them in next time', async () => {
		const first = batchOf(await admit('a'));
		const second = admit('b');
		const follower = (await admit('c')) as { stored: Promise<boolean> };
		store(first);
		batchOf(await second).close();
		await expect(follower.stored).resolves.toBe(false);
		expect((await admit('c')).role).toBe('leader');
	});

	it('knows a message again in its batch, in flight and after', async () => {
		const first = batchOf(await admit('a'));
		expect((await admit('a')).role).toBe('follower');
		const second = admit('b');
		expect((await admit('b')).role).toBe('follower');
		store(first);
		await second;
		expect((await admit('a')).role).toBe('duplicate');
	});

	it('holds a batch to 500 messages; the next ones wait for their own', async () => {
		const first = batchOf(await admit('a'));
		const second = admit('0');
		for (let index = 1; index < 500; index++) await admit(String(index));
		const over = [admit('x'), admit('y')];
		store(first);
		const batch = batchOf(await second);
		expect(batch.messages.size).toBe(500);
		store(batch);
		const [leader, follower] = await Promise.all(over);
		expect([...batchOf(leader!).messages.keys()]).toEqual(['x', 'y']);
		expect(follower!.role).toBe('follower');
	});

	it('lets nobody lead beside a batch whose turn has come', async () => {
		const first = batchOf(await admit('a'));
		const second = admit('b');
		store(first);
		// In the same turn, before the second batch's leader has gone on.
		const between = await admit('c');
		expect(between.role).toBe('follower');
		expect([...batchOf(await second).messages.keys()]).toEqual(['b', 'c']);
	});

	it('lets the next batch start when one is released, and knows the messages of both', async () => {
		const first = batchOf(await admit('a'));
		const second = admit('b');
		const waits = Promise.race([second, Promise.resolve('waits')]);
		await expect(waits).resolves.toBe('waits');
		first.release();
		const batch = batchOf(await second);
		const again = await admit('a');
		expect(again.role).toBe('follower');
		store(batch);
		expect((await admit('a')).role).toBe('follower');
		store(first);
		await expect((again as { stored: Promise<boolean> }).stored).resolves.toBe(true);
		expect((await admit('a')).role).toBe('duplicate');
	});

	it('lets the next message of a conversation start when the one before is released', async () => {
		const alone = async (id: string) =>
			await inbox.admit(id, { ...message(id), conversationId: 'c' }, false);
		const first = batchOf(await alone('a'));
		const second = alone('b');
		const waits = Promise.race([second, Promise.resolve('waits')]);
		await expect(waits).resolves.toBe('waits');
		first.release();
		batchOf(await second).close();
		expect((await alone('a')).role).toBe('follower');
		first.close();
		expect((await alone('a')).role).toBe('leader');
	});

	it('remembers what another process has taken in, beside what that has noted', async () => {
		const other = new Seen(undefined, Date.now());
		other.add('b', Date.now());
		note.clawbotSeen = other.toNote();
		inbox.remember(['a'], note);
		const roles = await Promise.all(['a', 'b', 'c'].map(async (id) => (await admit(id)).role));
		expect(roles).toEqual(['duplicate', 'duplicate', 'leader']);
		const next = new Seen(JSON.parse(JSON.stringify(note)).clawbotSeen, Date.now());
		expect(['a', 'b', 'c'].map((id) => next.has(id, Date.now()))).toEqual([true, true, false]);
	});

	it('writes its note only when something was stored', async () => {
		const batch = batchOf(await admit('a'));
		expect(note).toEqual({});
		store(batch);
		expect(JSON.parse(JSON.stringify(note))).toEqual({ clawbotSeen: expect.any(String) });
	});

	it('is one for a node and another for the next, with one memory for the workflow', async () => {
		const one = inboxOf({ workflowId: 'wf', nodeId: 'node 1', note });
		expect(inboxOf({ workflowId: 'wf', nodeId: 'node 1' })).toBe(one);
		expect(inboxOf({ workflowId: 'wf', nodeId: 'node 2', note })).not.toBe(one);
	});

	it('knows what was noted before a restart, also where n8n first runs a crashed execution again', async () => {
		const before = new Seen(undefined, Date.now());
		before.add('a', Date.now());
		const ids = { workflowId: 'again', nodeId: 'node 1' };
		// n8n gives it no static data.
		inboxOf(ids).remember(['b'], {});
		const restarted = inboxOf({ ...ids, note: { clawbotSeen: before.toNote() } });
		const roleOf = async (id: string) => (await restarted.admit(id, message(id))).role;
		expect(await roleOf('a')).toBe('duplicate');
		expect(await roleOf('b')).toBe('duplicate');
		expect(await roleOf('c')).toBe('leader');
	});
});
