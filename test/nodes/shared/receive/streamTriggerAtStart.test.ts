import { OUTLIVE_MS } from '../../../../nodes/shared/receive/connection/seat';
import { until } from '../../../sandbox/helpers';
import { Database, Process } from './streamProcess';

/* What is measured of a connection that could not be opened when n8n started: nobody is there to be told. */

jest.mock('../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./connection/fakeConnection'),
);

let database: Database;
let main: Process;
const closes: Array<() => Promise<void>> = [];

beforeEach(() => {
	database = new Database();
	main = new Process(database);
});
afterEach(async () => {
	for (const close of closes.splice(0)) await close();
});
// The last connection outlives its trigger.
afterAll(async () => await new Promise((resolve) => setTimeout(resolve, OUTLIVE_MS + 200)));

describe('A trigger that n8n starts by itself', () => {
	const refused = { service: 'Fake', app: 'app', status: 'stopped', triggers: 0, reconnects: 0 };
	const { wrongSecret } = new Process(new Database()).failures;

	it('is measured as away where its credential is wrong, until its workflow is published', async () => {
		main.Connection.opens = async () => await Promise.reject(main.failures.wrongSecret);
		for (let tries = 0; tries < 5; tries += 1) {
			await expect(main.publish({}, 'init')).rejects.toThrow('the secret is wrong');
		}
		expect(main.connectionStates()).toEqual([
			expect.objectContaining({
				...refused,
				awaySince: expect.any(Number),
				failure: expect.objectContaining({ message: wrongSecret.message, needsPerson: true }),
			}),
		]);
		main.Connection.opens = async () => undefined;
		const { closeFunction } = await main.publish();
		closes.push(closeFunction!);
		expect(main.connectionStates()).toMatchObject([{ status: 'connected', triggers: 1 }]);
	});

	it('is measured as away where its credential is incomplete', async () => {
		database.credential = { app: 'app' };
		await expect(main.publish({}, 'leadershipChange')).rejects.toThrow('fill in Secret');
		expect(main.connectionStates()).toMatchObject([
			{ ...refused, failure: { message: 'Trigger: fill in Secret in the credential' } },
		]);
	});

	it('is not where somebody publishes it, who is told (control)', async () => {
		main.Connection.opens = async () => await Promise.reject(main.failures.wrongSecret);
		await expect(main.publish()).rejects.toThrow('the secret is wrong');
		// The failed connection is kept for whoever comes next.
		await until(() => main.connectionStates().length === 0);
	});
});
