import { logged } from '../../../harness';
import { bring, streamTriggerCase } from './streamTriggerCase';

const on = streamTriggerCase();

describe('Publishing', () => {
	it('connects nothing where messages come by HTTP, also before version 3', async () => {
		expect(await on.main.publish({ connection: 'httpCallback' })).toEqual({});
		expect(on.main.Connection.all).toEqual([]);
	});

	it('passes with an empty credential, connects nothing and says what to fill in', async () => {
		on.database.credential = { app: '', secret: '' };
		await on.publish(on.main);
		expect(on.main.Connection.all).toEqual([]);
		expect(logged.join('\n')).toContain(
			'info Trigger: not connected: fill in App in the credential',
		);
	});

	it('fails with half a credential, before it asks anybody', async () => {
		on.database.credential = { app: 'app', secret: '' };
		await expect(on.main.publish()).rejects.toThrow('Trigger: fill in Secret in the credential');
		expect(on.main.Connection.all).toEqual([]);
	});

	it('fails with a wrong credential, says the cure, and asks once', async () => {
		on.main.Connection.opens = async () => await Promise.reject(on.main.failures.wrongSecret);
		await expect(on.main.publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'Fake: the secret is wrong (40001). Correct Secret in the credential.',
		});
		expect(on.main.Connection.all).toHaveLength(1);
		expect(on.main.Connection.open).toEqual([]);
	});

	it('leaves the trigger that is there its messages where it fails without having ended it', async () => {
		await on.publish(on.main);
		on.main.Connection.opens = async () => await Promise.reject(on.main.failures.wrongSecret);
		on.database.credential = { app: 'app', secret: 'wrong' };
		await expect(on.main.publish()).rejects.toThrow('the secret is wrong');
		await expect(bring(on.main, 'a')).resolves.toBe('stored');
	});

	it('passes while the platform is away', async () => {
		on.main.Connection.opens = async (connection) => connection.fail(on.main.failures.away);
		await on.publish(on.main);
		expect(on.main.Connection.open).toHaveLength(1);
	});
});

describe('A credential that somebody changes', () => {
	const LOOK_MS = 30_000;
	const settle = async (ms = 0): Promise<void> => await jest.advanceTimersByTimeAsync(ms);
	const secrets = (): unknown[] =>
		on.main.Connection.open.map(({ options }) => options.credential.secret);

	beforeEach(() => jest.useFakeTimers());
	afterEach(async () => {
		await on.close();
		await settle(5000);
		expect([on.main.Connection.open, jest.getTimerCount()]).toEqual([[], 0]);
		jest.useRealTimers();
	});

	it('connects by itself when it is filled in', async () => {
		on.database.credential = { app: '', secret: '' };
		await on.publish(on.main);
		await settle(LOOK_MS);
		expect(secrets()).toEqual([]);
		on.database.credential = { app: 'app', secret: 's' };
		await settle(LOOK_MS);
		expect(secrets()).toEqual(['s']);
	});

	it('is used from then on; one that stays opens nothing', async () => {
		await on.publish(on.main);
		await settle(10 * LOOK_MS);
		expect(on.main.Connection.all).toHaveLength(1);
		on.database.credential = { app: 'app', secret: 'new' };
		await settle(LOOK_MS);
		expect(secrets()).toEqual(['new']);
	});

	it('is disconnected when it is emptied', async () => {
		await on.publish(on.main);
		on.database.credential = { app: '', secret: '' };
		await settle(LOOK_MS + 5000);
		expect(secrets()).toEqual([]);
	});

	it('leaves the connection that was there where it is wrong, says so once, and is tried again after 5 min', async () => {
		await on.publish(on.main);
		on.main.Connection.opens = async () => await Promise.reject(on.main.failures.wrongSecret);
		on.database.credential = { app: 'app', secret: 'wrong' };
		await settle(5 * LOOK_MS);
		expect([secrets(), on.main.Connection.all.length]).toEqual([['s'], 2]);
		expect(logged.filter((line) => line.includes('is not used'))).toEqual([
			expect.stringContaining('Correct Secret in the credential.'),
		]);
		on.main.Connection.opens = async () => {};
		await settle(10 * LOOK_MS);
		expect(secrets()).toEqual(['wrong']);
	});

	it('is followed by one trigger only where n8n has started it twice without ending it', async () => {
		await on.main.publish();
		await on.publish(on.main);
		on.database.credential = { app: 'app', secret: 'new' };
		await settle(LOOK_MS);
		expect([secrets(), on.main.Connection.all.length]).toEqual([['new'], 2]);
		await on.close();
		await settle(5000);
		on.database.credential = { app: 'app', secret: 'newer' };
		await settle(LOOK_MS);
		expect(secrets()).toEqual([]);
	});

	it('that cannot be read changes nothing', async () => {
		await on.publish(on.main);
		const { credential } = on.database;
		on.database.credential = undefined as never;
		await settle(3 * LOOK_MS);
		expect(secrets()).toEqual(['s']);
		on.database.credential = credential;
	});
});
