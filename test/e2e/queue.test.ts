import { startSystem } from '../../scripts/system/system';
import { World, bots, type System } from './bot';
import { publish, unpublish } from './editor';
import { answersOnce } from './promises';
import { callStore, carelessSave, probe, row, type Operation } from './store';
import { holdsOn, pause, until } from './until';
import { namedBy } from './workers';

// n8n in queue mode: a main process, two workers, Redis, and everything kept in PostgreSQL.

/** Longer than one repetition; the workflow holds two minutes. */
const AWAY_MS = 7000;
/** What could not be started again at once is tried after a minute or two. */
const LATE_MS = 240_000;
const operations: Operation[] = ['save', 'due', 'find', 'purge', 'careless'];

describe('queue mode', () => {
	let system: System;
	let world: World;
	const store = async (operation: Operation, items: object[]) =>
		await callStore(system.n8n.url, operation, items);
	const sql = async (database: string, text: string) =>
		await system.services!.postgres.sql(database, text);

	beforeAll(async () => {
		system = await startSystem({
			queue: { workers: 2 },
			extraWorkflows: [carelessSave(), ...operations.map(probe)],
		});
		world = new World(system);
	});
	afterAll(async () => await system?.stop());

	it.each(bots)('answers a question once: %s', async (_, said) => {
		await answersOnce(world, said);
	});

	describe('the store in Postgres', () => {
		// It would take these rows for its own.
		beforeAll(async () => await unpublish(system, 'clawbotRetry001'));
		afterAll(async () => await publish(system, 'clawbotRetry001'));

		it('returns rows as they were saved, whatever stands in them', async () => {
			const rows = [row(), row({ kind: 'notification', version: 1, priority: 0 })];
			expect(await store('save', rows)).toEqual(rows);
			const found = await store('find', [{ status: 'waiting' }]);
			expect(found).toEqual(expect.arrayContaining(rows));
		});

		it('saves 200 rows with one statement, and the others where one has a NUL or half a letter', async () => {
			const rows = Array.from({ length: 200 }, () => row());
			rows[7]!.reason = 'a\u0000b';
			rows[9]!.reason = 'c\ud83d';
			const saved = await store('save', rows);
			expect(saved).toHaveLength(200);
			const reasons = new Map(saved.map(({ key, reason }) => [key, reason]));
			expect(reasons.get(rows[7]!.key)).toBe('ab');
			expect(reasons.get(rows[9]!.key)).toBe('c\ufffd');
		});

		const rivals = (count: number, fields: object) =>
			Array.from({ length: count }, (_, n) => ({ ...fields, claim: `claim ${n}` }));
		const race = async (operation: Operation, fields: object) => {
			const results = await Promise.all(
				rivals(30, fields).map(async (rival) => await store(operation, [rival])),
			);
			return results.flat();
		};

		it('has one winner where 30 save a new row at once, and one where 30 change it', async () => {
			const fresh = row();
			const [winner, ...others] = await race('save', fresh);
			expect(others).toEqual([]);
			// A dead one would be announced meanwhile.
			const change = { ...winner!, version: 2, status: 'discarded' };
			const [changed, ...rest] = await race('save', change);
			expect(rest).toEqual([]);
			const discarded = await store('find', [{ status: 'discarded' }]);
			expect(discarded).toContainEqual(changed);
		});

		it('has several winners without its condition', async () => {
			const fresh = row();
			expect((await race('careless', fresh)).length).toBeGreaterThan(1);
		});

		it('lets who repeats a save win again, and nobody else', async () => {
			const claimed = row({ claim: 'mine' });
			expect(await store('save', [claimed])).toEqual([claimed]);
			expect(await store('save', [claimed])).toEqual([claimed]);
			expect(await store('save', [{ ...claimed, claim: 'theirs' }])).toEqual([]);
		});

		it('writes no change of a row that is gone or has changed', async () => {
			const saved = row();
			await store('save', [saved]);
			expect(await store('save', [{ ...saved, version: 3 }])).toEqual([]);
			expect(await store('save', [row({ version: 2 })])).toEqual([]);
		});

		it('loses no row to callers that save the same rows in another order', async () => {
			const rows = Array.from({ length: 50 }, () => row());
			const orders = [rows, [...rows].reverse(), [...rows].sort(() => Math.random() - 0.5)];
			const saved = await Promise.all(
				[...orders, ...orders].map(
					async (order, n) =>
						await store(
							'save',
							order.map((one) => ({ ...one, claim: `caller ${n}` })),
						),
				),
			);
			expect(
				saved
					.flat()
					.map(({ key }) => key)
					.sort(),
			).toEqual(rows.map(({ key }) => key).sort());
		});

		it('lists what is due, under way or due next, and of one conversation’s answers the oldest only', async () => {
			const now = Date.now();
			const conversation = `order ${now}`;
			const older = row({ conversation, createdAtMs: now - 2000, dueAt: now + 50_000 });
			const newer = row({ conversation, createdAtMs: now - 1000 });
			const notice = row({ conversation, kind: 'notification' });
			const later = row({ ...notice, key: `${notice.key} later`, dueAt: now + 60_000 });
			const sending = { ...later, key: `${notice.key} sending`, claim: 'somebody' };
			const head = row({
				conversation: `${conversation} head`,
				createdAtMs: now - 9000,
				status: 'dead',
			});
			const behind = row({ conversation: `${conversation} head` });
			await store('save', [older, newer, notice, head, behind, later, sending]);
			const due = async () => {
				const keys = (await store('due', [{}])).map(({ key }) => key);
				return [older, newer, notice, head, behind, later, sending].map(({ key }) =>
					keys.includes(key),
				);
			};
			await sql(
				'deliveries',
				`DELETE FROM clawbot_deliveries WHERE conversation NOT LIKE '${conversation}%'`,
			);
			expect(await due()).toEqual([true, false, true, false, true, false, true]);
			await store('save', [{ ...older, version: 2, status: 'delivered', settledAtMs: now }]);
			expect(await due()).toEqual([false, true, true, false, true, true, true]);
		});

		it('finds by status and by what is announced, and purges what settled, never what waits', async () => {
			const settled = { status: 'discarded', settledAtMs: 1000 } as const;
			const open = row({ ...settled, announced: 'open' });
			const quiet = row({ ...settled, createdAtMs: 5 });
			const recent = row({ ...settled, settledAtMs: 5000 });
			const merged = row({ status: 'merged', settledAtMs: 1000 });
			const waiting = row({ settledAtMs: 1000 });
			await store('save', [open, quiet, recent, merged, waiting]);
			const keys = async (item: object) => (await store('find', [item])).map(({ key }) => key);
			expect(await keys({ status: 'discarded', announced: 'o%' })).toEqual([open.key]);
			expect((await keys({ status: 'discarded' })).at(-1)).toBe(quiet.key);
			const purge = { settledBefore: 2000, statuses: ['discarded'] };
			expect(await store('purge', [{ ...purge, fingerprint: 'another' }])).toEqual([]);
			const purged = (await store('purge', [purge])).map(({ key }) => key);
			expect(purged.sort()).toEqual([open.key, quiet.key].sort());
			expect(await keys({ status: 'merged' })).toEqual([merged.key]);
			await store('purge', [{ settledBefore: 2000 }]);
			expect(await keys({ status: 'merged' })).toEqual([]);
			expect(await keys({ status: 'waiting' })).toContain(waiting.key);
			expect(await keys({ status: 'discarded' })).toEqual([recent.key]);
		});

		it('waits for a database that is away', async () => {
			const open = async (allowed: boolean) =>
				await sql(
					'n8n',
					`ALTER DATABASE deliveries ALLOW_CONNECTIONS ${allowed};
					SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'deliveries'`,
				);
			await open(false);
			await expect(store('find', [{ status: 'waiting' }])).rejects.toThrow('500');
			const one = row();
			const saving = store('save', [one]);
			await pause(AWAY_MS);
			await open(true);
			expect(await saving).toEqual([one]);
		});

		it('makes its table once where 20 come first', async () => {
			await sql('deliveries', 'DROP TABLE clawbot_deliveries');
			const rows = Array.from({ length: 20 }, () => row());
			const saved = await Promise.all(rows.map(async (one) => await store('save', [one])));
			expect(saved.flat()).toEqual(rows);
		});
	});

	describe('answers of one conversation', () => {
		/** People ask something long and at once something short; how many saw the short answer first. */
		async function overtaken(): Promise<number> {
			await world.control('PUT', 'model', { rules: [{ contains: 'long', delayMs: 2000 }] });
			const talks = Array.from({ length: 10 }, async (_, n) => {
				const said = { platform: 'dingtalk', from: `talker${n}` } as const;
				const long = await world.say({ ...said, text: 'A long question' });
				const short = await world.say({ ...said, text: 'A short question' });
				const [ofLong, ofShort] = await Promise.all(
					[long, short].map(async ({ messageId }) => await world.answered(messageId)),
				);
				return ofLong![0]!.at > ofShort![0]!.at;
			});
			return (await Promise.all(talks)).filter(Boolean).length;
		}

		afterEach(async () => await world.control('PUT', 'model', {}));

		it('keep the order of its questions where one worker works', async () => {
			const [, second] = system.workers;
			await second!.stop();
			expect(await overtaken()).toBe(0);
			await second!.start();
		});
	});

	describe('a worker killed at work', () => {
		// In a group, questions asked at once share one answer.
		const direct = bots.map(([, said]) => said).filter(({ type }) => type !== 'group');
		const people = Array.from({ length: 5 }, () => direct).flat();
		/** People of every platform ask at once; the model takes its time for each. */
		async function everybodyAsks(delayOf: (n: number) => number): Promise<string[]> {
			await world.control('PUT', 'model', {
				rules: people.map((_, n) => ({
					contains: `Slow question ${n}.`,
					delayMs: delayOf(n),
				})),
			});
			const sent = await Promise.all(
				people.map(async (said, n) => await world.say({ ...said, text: `Slow question ${n}.` })),
			);
			for (const { deliveries } of sent) expect(deliveries[0]?.status).toBe(200);
			return sent.map(({ messageId }) => messageId);
		}
		const counts = async (sent: string[]) =>
			await Promise.all(sent.map(async (messageId) => (await world.answers(messageId)).length));

		const isUnanswered = async (sent: string[]): Promise<void> =>
			expect(await counts(sent)).toContain(0);
		const underWay = async (): Promise<string[]> =>
			await sql(
				'n8n',
				`SELECT id FROM execution_entity
				WHERE "workflowId" = 'clawbotAnswer001' AND status IN ('new', 'running')`,
			);
		/** Also, that each execution is named in a log: until then, nobody notices that it dies with its worker. */
		const isAtWork = async (worker: number): Promise<void> => {
			await until(
				`worker ${worker} works, and all that is under way is named`,
				async () => {
					const ids = await underWay();
					const named = [1, 2].map((each) => namedBy(system, each, ids));
					return { own: named[worker - 1]!, unnamed: ids.length - new Set(named.flat()).size };
				},
				({ own, unnamed }) => own.length > 0 && unnamed === 0,
			);
		};

		afterEach(async () => await world.control('PUT', 'model', {}));

		it.each([
			['before the model answers', () => 15_000, 0],
			['between its answers', (n: number) => 1000 * n, 1],
		])('loses nothing and answers nothing twice: %s', async (_, delayOf, answered) => {
			const sent = await everybodyAsks(delayOf);
			await until(
				'so many are answered',
				async () => (await counts(sent)).filter(Boolean),
				({ length }) => length >= answered,
			);
			await isAtWork(1);
			const [worker] = system.workers;
			await worker!.kill();
			// The other worker answers what it had taken.
			await holdsOn(async () => await isUnanswered(sent), 8_000);
			await worker!.start();
			await Promise.all(sent.map(async (messageId) => await world.answered(messageId)));
			const once = sent.map(() => 1);
			await holdsOn(async () => expect(await counts(sent)).toEqual(once), 5_000);
		});

		it('leaves its messages unanswered where nobody recovers them', async () => {
			await unpublish(system, 'clawbotRecover1');
			const sent = await everybodyAsks(() => 15_000);
			await isAtWork(2);
			const [, worker] = system.workers;
			await worker!.kill();
			await worker!.start();
			await holdsOn(async () => await isUnanswered(sent), 30_000);
			await publish(system, 'clawbotRecover1');
			await Promise.all(sent.map(async (messageId) => await world.answered(messageId, LATE_MS)));
		});
	});
});
