import { OUTLIVE_MS } from '../../../../nodes/shared/receive/connection/seat';
import { fakeProtocol } from './connection/fakeConnection';
import { logged } from '../../../harness';
import { Database, Process } from './streamProcess';
import { bring } from './streamTriggerCase';

/*
 * What becomes of a trigger whose connection cannot be opened when n8n starts: nobody is there to be told, and n8n
 * calls nothing when a workflow ends whose trigger has failed to start.
 */

jest.mock('../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./connection/fakeConnection'),
);

const LOOK_MS = 30_000;
const TRY_AGAIN_MS = 5 * 60_000;
const settle = async (ms = 0): Promise<void> => await jest.advanceTimersByTimeAsync(ms);

let database: Database;
let main: Process;
let closes: Array<() => Promise<void>>;

// What the engine around the node begins at its first use is none of the node's.
beforeAll(
	async () => void (await new Process(new Database()).publish({ connection: 'httpCallback' })),
);
beforeEach(() => {
	jest.useFakeTimers();
	database = new Database();
	main = new Process(database);
	closes = [];
	logged.length = 0;
});
afterEach(async () => {
	for (const close of closes) await close();
	// The last connection outlives its trigger.
	await settle(OUTLIVE_MS);
	expect([main.connectionStates(), jest.getTimerCount()]).toEqual([[], 0]);
	jest.useRealTimers();
});

const start = async (
	activation: 'init' | 'leadershipChange' | 'activate' = 'init',
): Promise<void> => {
	const { closeFunction } = await main.publish({}, activation);
	closes.push(closeFunction!);
};
const refuse = async () => await Promise.reject(main.failures.wrongSecret);
const connected = { app: 'app', status: 'connected', triggers: 1 };
const away = { service: 'Fake', app: 'app', status: 'stopped', triggers: 0, reconnects: 0 };

describe('Messages that come while n8n starts its workflows one after the other', () => {
	const QUIET_MS = 3_000;

	/** Another workflow's trigger on the same app. */
	async function startAnother(): Promise<string[]> {
		const taken: string[] = [];
		const credential = database.credential;
		const access = { protocol: fakeProtocol, credential, log: console };
		const leave = await main.join('another', access, {
			kinds: new Set(['message']),
			take: async ({ messageId }) => {
				taken.push(messageId);
				return await Promise.resolve(true);
			},
		});
		closes.push(async () => await Promise.resolve(leave()));
		return taken;
	}

	it.each(['init', 'leadershipChange'] as const)(
		'wait until all of them are there (%s)',
		async (activation) => {
			await start(activation);
			const outcome = bring(main, 'm1');
			await settle(QUIET_MS - 1);
			expect(database.ids).toEqual([]);
			const taken = await startAnother();
			await settle(2);
			expect([await outcome, database.ids, taken]).toEqual(['stored', [['m1']], ['m1']]);
			const later = bring(main, 'm2');
			await settle();
			expect([await later, taken]).toEqual(['stored', ['m1', 'm2']]);
		},
	);

	it('wait as long as one of them connects', async () => {
		await start();
		let connect!: () => void;
		const connected = new Promise<void>((resolve) => (connect = resolve));
		const second = main.whileStarting(async () => await connected);
		await settle(2 * QUIET_MS);
		const outcome = bring(main, 'm1');
		await settle(QUIET_MS);
		expect(database.ids).toEqual([]);
		connect();
		await second;
		await settle(2 * QUIET_MS);
		expect([await outcome, database.ids]).toEqual(['stored', [['m1']]]);
	});

	it('go on in their order, whenever each of them came', async () => {
		await start();
		const second = main.whileStarting(async () => await settle(1));
		const outcomes = [bring(main, 'm1')];
		await second;
		await settle(QUIET_MS / 2);
		outcomes.push(bring(main, 'm2'));
		await settle(QUIET_MS);
		expect(await Promise.all(outcomes)).toEqual(['stored', 'stored']);
		expect(database.ids.flat()).toEqual(['m1', 'm2']);
	});

	it('wait for a minute at most, however long others take to connect', async () => {
		await start();
		void main.whileStarting(async () => await new Promise<void>(() => {}));
		const outcome = bring(main, 'm1');
		await settle(59_000);
		expect(database.ids).toEqual([]);
		await settle(1_000);
		expect([await outcome, database.ids]).toEqual(['stored', [['m1']]]);
	});

	it('do not wait where somebody publishes a workflow (control)', async () => {
		await start('activate');
		const outcome = bring(main, 'm1');
		await settle();
		expect([await outcome, database.ids]).toEqual(['stored', [['m1']]]);
	});
});

describe('A trigger that n8n starts by itself', () => {
	it('is measured as away where its credential is wrong, and says once what to do', async () => {
		main.Connection.opens = refuse;
		await start();
		const states = main.connectionStates();
		const { message } = main.failures.wrongSecret;
		expect(states).toMatchObject([{ ...away, failure: { message, needsPerson: true } }]);
		expect(states[0]!.awaySince).toEqual(expect.any(Number));
		expect(main.ownState()).toEqual(states[0]);
		await settle(3 * TRY_AGAIN_MS);
		expect(logged.filter((line) => line.includes('not connected'))).toEqual([
			expect.stringContaining(`${message}. Correct Secret in the credential.`),
		]);
	});

	it('writes no secret into the log that the platform’s own words hold', async () => {
		const said = { message: 'refused: access_token=canary-0123' };
		Object.assign(main.failures.wrongSecret, said);
		main.Connection.opens = refuse;
		await start();
		const lines = logged.filter((line) => line.includes('not connected: refused'));
		expect([lines.length, lines.join().includes('canary')]).toEqual([1, false]);
	});

	it('is measured as away where its credential is incomplete', async () => {
		database.credential = { app: 'app' };
		await start('leadershipChange');
		expect(main.connectionStates()).toMatchObject([
			{ ...away, failure: { message: 'Trigger: fill in Secret in the credential' } },
		]);
	});

	it('is tried again, and is measured without a gap meanwhile', async () => {
		main.Connection.opens = refuse;
		await start();
		let answer!: () => void;
		main.Connection.opens = async () => await new Promise<void>((resolve) => (answer = resolve));
		await settle(TRY_AGAIN_MS + LOOK_MS);
		expect(main.Connection.all).toHaveLength(2);
		expect(main.connectionStates()).toMatchObject([away]);
		answer();
		await settle();
		expect(main.connectionStates()).toMatchObject([connected]);
		await settle(2 * TRY_AGAIN_MS);
		expect(main.Connection.all).toHaveLength(2);
	});

	it('does not ask what the platform has just told another one, and connects when that one does', async () => {
		main.Connection.opens = refuse;
		for (let count = 0; count < 100; count++) {
			const { closeFunction } = await main.publish({}, 'init', `w${count}`);
			closes.push(closeFunction!);
			await settle(LOOK_MS / 100);
		}
		expect(main.connectionStates()).toMatchObject([away]);
		await settle(TRY_AGAIN_MS + LOOK_MS);
		expect(main.Connection.all).toHaveLength(2);
		main.Connection.opens = async () => {};
		await settle(2 * TRY_AGAIN_MS + LOOK_MS);
		expect(main.connectionStates()).toMatchObject([{ ...connected, triggers: 100 }]);
		expect(main.Connection.all).toHaveLength(3);
	});

	it('is asked for where somebody publishes it, whatever the platform has just told another one', async () => {
		main.Connection.opens = refuse;
		await start();
		main.Connection.opens = async () => {};
		await start('activate');
		expect(main.connectionStates()).toMatchObject([connected]);
	});

	it('connects by itself when its credential is mended', async () => {
		database.credential = { app: 'app' };
		await start();
		database.credential = { app: 'app', secret: 's' };
		await settle(LOOK_MS);
		expect(main.connectionStates()).toMatchObject([connected]);
	});

	it.each([
		['emptied', { app: '', secret: '' }, []],
		['another app’s', { app: 'other', secret: 's' }, [{ ...connected, app: 'other' }]],
		['another app’s, and wrong', { app: 'other' }, [{ ...away, app: 'other' }]],
	])('is not measured any more by its old app when its credential is %s', async (_, is, states) => {
		database.credential = { app: 'app' };
		await start();
		database.credential = is;
		await settle(LOOK_MS);
		expect(main.connectionStates()).toMatchObject(states);
	});

	it('is not measured any more when its workflow is unpublished, also during an attempt', async () => {
		main.Connection.opens = refuse;
		await start();
		let answer!: (error: unknown) => void;
		main.Connection.opens = async () => await new Promise<void>((_, reject) => (answer = reject));
		await settle(TRY_AGAIN_MS + LOOK_MS);
		await closes.pop()!();
		expect(main.connectionStates()).toEqual([]);
		answer(main.failures.wrongSecret);
		await settle(2 * TRY_AGAIN_MS);
		expect(main.connectionStates()).toEqual([]);
		expect(main.Connection.all).toHaveLength(2);
	});

	it('takes the place of one that n8n started before and has not ended, also where both wait', async () => {
		main.Connection.opens = refuse;
		await start();
		closes.length = 0;
		await settle(LOOK_MS / 2);
		await start();
		await settle(LOOK_MS / 2 + 1);
		// The later one looks at it first.
		database.credential = { app: 'app', secret: 'mended' };
		main.Connection.opens = async () => {};
		await settle(2 * LOOK_MS);
		expect(main.connectionStates()).toMatchObject([connected]);
		await closes.pop()!();
		await settle(OUTLIVE_MS);
		expect([main.connectionStates(), jest.getTimerCount()]).toEqual([[], 0]);
	});

	it('fights no other client for its place', async () => {
		main.Connection.opens = async () => await Promise.reject(main.failures.replaced);
		await start();
		await settle(3 * TRY_AGAIN_MS);
		expect(main.Connection.all).toHaveLength(1);
		expect(main.connectionStates()).toMatchObject([away]);
	});

	it('fails where somebody publishes it, who is told, and is not measured (control)', async () => {
		main.Connection.opens = refuse;
		await expect(main.publish()).rejects.toThrow('the secret is wrong');
		await settle(2 * TRY_AGAIN_MS);
		expect(main.connectionStates()).toEqual([]);
		expect(main.Connection.all).toHaveLength(1);
	});
});
