import { next } from '../../../../../nodes/shared/receive/connection/connections';
import { OUTLIVE_MS } from '../../../../../nodes/shared/receive/connection/seat';
import type { DecodedMessage } from '../../../../../protocol/message';
import { access, app, join, settle, taker } from './appCase';
import { Connection, away, wrongSecret } from './fakeConnection';

/* A test run beside the triggers of the same app. */

jest.mock('../../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./fakeConnection'),
);

describe('A test run', () => {
	const wanted = (id: string) => ({
		kinds: new Set(['message'] as const),
		wants: ({ messageId }: DecodedMessage) => messageId === id,
	});

	it('takes one message that it wants, alone; triggers get all others', async () => {
		const trigger = taker();
		await join('1', access(app), trigger);
		const wants = ({ messageId }: DecodedMessage) => messageId !== 'a';
		const message = next(access(app), { ...wanted('b'), wants });
		await settle();
		const [connection] = Connection.all;
		for (const messageId of ['a', 'b', 'c']) {
			await expect(connection!.bring({ messageId })).resolves.toBe('stored');
		}
		await expect(message).resolves.toEqual({ messageId: 'b' });
		expect(trigger.taken).toEqual(['a', 'c']);
		expect(Connection.all).toHaveLength(1);
	});

	it('opens a connection where no trigger has one, and keeps it 5 s for the next run', async () => {
		const first = next(access(app), wanted('a'));
		await settle();
		await Connection.all[0]!.bring({ messageId: 'a' });
		await first;
		await settle(OUTLIVE_MS - 1);
		const second = next(access(app), wanted('b'));
		await settle(60_000);
		await expect(Connection.all[0]!.bring({ messageId: 'other' })).resolves.toBe('stored');
		await Connection.all[0]!.bring({ messageId: 'b' });
		await second;
		await expect(Connection.all[0]!.bring({ messageId: 'c' })).resolves.toBe('later');
		await settle(OUTLIVE_MS);
		expect([Connection.all.length, Connection.open.length, jest.getTimerCount()]).toEqual([
			1, 0, 0,
		]);
	});

	it('ends when it is cancelled, and leaves no listener', async () => {
		const cancel = new AbortController();
		const removed = jest.spyOn(cancel.signal, 'removeEventListener');
		const message = next(access(app), wanted('a'), cancel.signal);
		const failed = expect(message).rejects.toThrow('cancelled');
		await settle();
		cancel.abort();
		await failed;
		expect(removed).toHaveBeenCalledTimes(1);
		await settle(OUTLIVE_MS);
		expect(Connection.open).toEqual([]);
	});

	it('does not wait where it was cancelled before', async () => {
		const message = next(access(app), wanted('a'), AbortSignal.abort());
		await expect(message).rejects.toThrow('cancelled');
	});

	it('leaves no connection where it is cancelled before there is one', async () => {
		let opened!: () => void;
		Connection.opens = async () => await new Promise((resolve) => (opened = resolve));
		const cancel = new AbortController();
		const failed = expect(next(access(app), wanted('a'), cancel.signal)).rejects.toThrow(
			'cancelled',
		);
		await settle();
		cancel.abort();
		await failed;
		await settle(OUTLIVE_MS);
		expect(Connection.open).toHaveLength(1);
		opened();
		await settle();
		expect(Connection.open).toEqual([]);
	});

	it('whose credential is wrong takes no message: the triggers get it', async () => {
		const trigger = taker();
		await join('1', access(app), trigger);
		let refuse!: (error: Error) => void;
		Connection.opens = async () => await new Promise((_, reject) => (refuse = reject));
		const failed = expect(next(access(app, 'wrong'), wanted('a'))).rejects.toBe(wrongSecret);
		await settle();
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle();
		refuse(wrongSecret);
		await failed;
		await expect(outcome).resolves.toBe('stored');
		expect(trigger.taken).toEqual(['a']);
	});

	it('that is cancelled while it connects takes no message: the triggers get it', async () => {
		const trigger = taker();
		await join('1', access(app), trigger);
		let opened!: () => void;
		Connection.opens = async () => await new Promise((resolve) => (opened = resolve));
		const cancel = new AbortController();
		const failed = expect(next(access(app, 'new'), wanted('a'), cancel.signal)).rejects.toThrow(
			'cancelled',
		);
		await settle();
		const outcome = Connection.all[0]!.bring({ messageId: 'a' });
		await settle();
		cancel.abort();
		await failed;
		await expect(outcome).resolves.toBe('stored');
		expect(trigger.taken).toEqual(['a']);
		opened();
		await settle();
	});

	it('keeps what it took from the triggers, however often the platform brings it', async () => {
		const trigger = taker();
		await join('1', access(app), trigger);
		const message = next(access(app), wanted('a'));
		await settle();
		for (const conversationId of ['c', 'c', 'other']) {
			const outcome = Connection.all[0]!.bring({ messageId: 'a', conversationId });
			await expect(outcome).resolves.toBe('stored');
		}
		await message;
		// Message ids repeat between conversations on some platforms.
		expect(trigger.taken).toEqual(['a']);
	});

	it('whose connection is still being opened has no second one beside it', async () => {
		const opened: Array<() => void> = [];
		Connection.opens = async () => await new Promise((resolve) => opened.push(resolve));
		const cancel = new AbortController();
		const failed = expect(next(access(app), wanted('a'), cancel.signal)).rejects.toThrow();
		await settle();
		cancel.abort();
		await failed;
		await settle(OUTLIVE_MS);
		const joined = join('1', access(app), taker());
		await settle();
		expect(Connection.open).toHaveLength(1);
		opened[0]!();
		await joined;
		expect(Connection.open).toEqual([Connection.all[0]]);
	});

	it('says at once what is wrong, also that the platform is away', async () => {
		Connection.opens = async () => await Promise.reject(wrongSecret);
		await expect(next(access(app), wanted('a'))).rejects.toBe(wrongSecret);
		Connection.opens = async (connection) => connection.fail(away);
		await expect(next(access(app), wanted('a'))).rejects.toBe(away);
	});
});
