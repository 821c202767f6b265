import {
	connectionOf,
	connectionStates,
} from '../../../../../nodes/shared/receive/connection/connections';
import { OUTLIVE_MS } from '../../../../../nodes/shared/receive/connection/seat';
import { ConnectionFailure } from '../../../../../nodes/shared/receive/connection/stream';
import { access, app, credential, join, settle, taker } from './appCase';
import { Connection, away, fakeProtocol, wrongSecret } from './fakeConnection';

/* Who shares a connection, and who gets its messages. */

jest.mock('../../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./fakeConnection'),
);

describe('Triggers of one app', () => {
	it('share one connection, also where they come at once; another app has its own', async () => {
		await Promise.all(['1', '2', '3'].map(async (id) => await join(id, access(app), taker())));
		expect(Connection.open).toHaveLength(1);
		await join('4', access(`${app}'`), taker());
		expect(Connection.open).toHaveLength(2);
		expect(connectionOf(fakeProtocol, credential(app))).toBe(Connection.all[0]);
		expect(connectionOf(fakeProtocol, credential('nobody'))).toBeUndefined();
	});

	it('get each message, and it is stored when all of them have stored it', async () => {
		let isStored = false;
		const [one, other] = [taker(), taker(['message'], () => isStored)];
		await join('1', access(app), one);
		await join('2', access(app), other);
		const [connection] = Connection.all;
		await expect(connection!.bring({ messageId: 'a' })).resolves.toBe('later');
		isStored = true;
		await expect(connection!.bring({ messageId: 'a' })).resolves.toBe('stored');
		expect([one.taken, other.taken]).toEqual([
			['a', 'a'],
			['a', 'a'],
		]);
	});

	it('are answered when the slowest of them has stored it, not before', async () => {
		let store!: (stored: boolean) => void;
		await join('1', access(app), taker());
		await join(
			'2',
			access(app),
			taker(['message'], async () => await new Promise((resolve) => (store = resolve))),
		);
		let outcome: string | undefined;
		void Connection.all[0]!.bring({ messageId: 'a' }).then((said) => (outcome = said));
		await settle(60_000);
		expect(outcome).toBeUndefined();
		store(true);
		await settle();
		expect(outcome).toBe('stored');
	});

	it('subscribe to the union of what they want, and say so once per change', async () => {
		const leave = await join('1', access(app), taker(['message']));
		const [connection] = Connection.all;
		expect([...connection!.kinds]).toEqual(['message']);
		await join('2', access(app), taker(['message', 'event']));
		expect([...connection!.kinds]).toEqual(['message', 'event']);
		await join('3', access(app), taker(['event']));
		expect(connection!.wants).toBe(1);
		leave();
		await settle(OUTLIVE_MS);
		expect(connection!.wants).toBe(1);
	});

	it('no longer subscribe to what the last one wanted that has gone', async () => {
		await join('1', access(app), taker(['message']));
		const leave = await join('2', access(app), taker(['action']));
		leave();
		await settle(OUTLIVE_MS);
		expect([...Connection.all[0]!.kinds]).toEqual(['message']);
	});
});

describe('A trigger that n8n ends and starts again', () => {
	it('loses nothing in between: its messages wait for it, and others are not held up', async () => {
		const [before, after, other] = [taker(), taker(), taker()];
		const leave = await join('1', access(app), before);
		await join('2', access(app), other);
		leave();
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle(OUTLIVE_MS - 1);
		expect([other.taken, before.taken]).toEqual([['a'], []]);
		await join('1', access(app), after);
		await expect(outcome).resolves.toBe('stored');
		expect(after.taken).toEqual(['a']);
		expect(Connection.all).toHaveLength(1);
	});

	it('loses its place after 5 s: what waited for it alone shall come again', async () => {
		const leave = await join('1', access(app), taker());
		leave();
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle(OUTLIVE_MS);
		await expect(outcome).resolves.toBe('later');
		expect(Connection.open).toEqual([]);
		expect(jest.getTimerCount()).toBe(0);
		expect(connectionStates()).toEqual([]);
	});

	it('holds nobody up who is not coming back: the others’ outcome counts', async () => {
		const leave = await join('1', access(app), taker());
		await join('2', access(app), taker());
		leave();
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle(OUTLIVE_MS);
		await expect(outcome).resolves.toBe('stored');
		expect(Connection.open).toHaveLength(1);
	});

	it('counts once where n8n has not ended the earlier one, which then ends nothing', async () => {
		const [earlier, later] = [taker(), taker()];
		const leaveEarlier = await join('1', access(app), earlier);
		await join('1', access(app), later);
		leaveEarlier();
		await settle(2 * OUTLIVE_MS);
		await expect(Connection.all[0]!.bring({ messageId: 'a' })).resolves.toBe('stored');
		expect([earlier.taken, later.taken]).toEqual([[], ['a']]);
		expect(connectionStates()).toMatchObject([{ triggers: 1 }]);
	});

	it('keeps its place, and all that it wants, where its second start is refused', async () => {
		const [earlier, later] = [taker(['message', 'event']), taker(['message'])];
		await join('1', access(app), earlier);
		let refuse!: (error: Error) => void;
		Connection.opens = async () => await new Promise((_, reject) => (refuse = reject));
		const refused = expect(join('1', access(app, 'wrong'), later)).rejects.toBe(wrongSecret);
		const other = join('2', access(app), taker());
		await settle();
		await Connection.all[0]!.bring({ messageId: 'a' });
		refuse(wrongSecret);
		await Promise.all([refused, other]);
		await settle(2 * OUTLIVE_MS);
		expect([...Connection.all[0]!.kinds]).toEqual(['message', 'event']);
		await expect(Connection.all[0]!.bring({ messageId: 'b' })).resolves.toBe('stored');
		expect([earlier.taken, later.taken]).toEqual([['a', 'b'], []]);
	});

	it('leaves its place to nobody where it ends while its second start is refused', async () => {
		const leave = await join('1', access(app), taker());
		let refuse!: (error: Error) => void;
		Connection.opens = async () => await new Promise((_, reject) => (refuse = reject));
		const refused = expect(join('1', access(app, 'wrong'), taker())).rejects.toBe(wrongSecret);
		await settle();
		leave();
		refuse(wrongSecret);
		await refused;
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle(OUTLIVE_MS);
		await expect(outcome).resolves.toBe('later');
	});

	it('displaces nobody where it has ended before it was connected', async () => {
		const [earlier, later] = [taker(), taker()];
		const leave = await join('1', access(app), earlier);
		let opened!: () => void;
		Connection.opens = async () => await new Promise((resolve) => (opened = resolve));
		const changed = join('1', access(app, 'new'), earlier);
		await settle();
		leave();
		Connection.opens = async () => {};
		await join('1', access(`${app}'`), later);
		opened();
		await changed;
		await settle(OUTLIVE_MS);
		const [present] = Connection.open;
		await expect(present!.bring({ messageId: 'a' })).resolves.toBe('stored');
		expect([earlier.taken, later.taken]).toEqual([[], ['a']]);
	});

	it('leaves its place once: whoever waits there is told, and its way back is not closed', async () => {
		const leave = await join('1', access(app), taker());
		const [connection] = Connection.all;
		leave();
		const outcome = connection!.bring({ messageId: 'a' });
		await settle(1_000);
		await join('1', access(`${app}'`), taker());
		await settle(OUTLIVE_MS - 1_000);
		await expect(outcome).resolves.toBe('later');
		const back = taker();
		await join('1', access(app), back);
		await settle(OUTLIVE_MS);
		const [present] = Connection.open;
		await expect(present!.bring({ messageId: 'b' })).resolves.toBe('stored');
		expect(back.taken).toEqual(['b']);
	});

	it('leaves its earlier app where its credential names another one now', async () => {
		await join('1', access(app), taker());
		await join('1', access(`${app}'`), taker());
		await settle(OUTLIVE_MS);
		expect(Connection.open.map(({ options }) => options.credential.app)).toEqual([`${app}'`]);
	});
});

describe('A credential of the same app that has changed', () => {
	it('opens a connection with it, and ends the old one after', async () => {
		await join('1', access(app), taker());
		let wasOpen = 0;
		Connection.opens = async () => void (wasOpen = Connection.open.length);
		await join('2', access(app, 'new'), taker());
		expect(wasOpen).toBe(2);
		expect(Connection.open.map(({ options }) => options.credential.secret)).toEqual(['new']);
		await expect(Connection.open[0]!.bring({ messageId: 'a' })).resolves.toBe('stored');
	});

	it('fails where it is wrong, asks once, and leaves the others theirs', async () => {
		const other = taker();
		await join('1', access(app), other);
		Connection.opens = async () => await Promise.reject(wrongSecret);
		await expect(join('2', access(app, 'wrong'), taker())).rejects.toBe(wrongSecret);
		expect(Connection.all).toHaveLength(2);
		await settle(OUTLIVE_MS);
		await expect(Connection.open[0]!.bring({ messageId: 'a' })).resolves.toBe('stored');
		expect(other.taken).toEqual(['a']);
		expect(connectionStates()).toMatchObject([{ app, triggers: 1, service: 'Fake' }]);
	});
});

describe('A wrong credential', () => {
	it('leaves nothing behind where nobody else has the app', async () => {
		Connection.opens = async () => await Promise.reject(wrongSecret);
		await expect(join('1', access(app), taker())).rejects.toBe(wrongSecret);
		await settle(OUTLIVE_MS);
		expect([Connection.open, connectionStates(), jest.getTimerCount()]).toEqual([[], [], 0]);
	});

	it.each(['badCredentials', 'tooMany', 'replaced'] as const)(
		'is tried anew by whoever publishes while the connection waits for a person: %s',
		async (failureClass) => {
			await join('1', access(app), taker());
			Connection.all[0]!.fail(new ConnectionFailure(failureClass, 'no', 'do'));
			await join('2', access(app), taker());
			expect(Connection.all).toHaveLength(2);
			expect(Connection.open).toEqual([Connection.all[1]]);
		},
	);

	it('is not tried anew while the platform is away: the connection does that', async () => {
		await join('1', access(app), taker());
		Connection.all[0]!.fail(away);
		await join('2', access(app), taker());
		expect(Connection.all).toHaveLength(1);
	});
});
