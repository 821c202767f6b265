import {
	connectionStates,
	join as joinApp,
} from '../../../../../nodes/shared/receive/connection/connections';
import { OUTLIVE_MS, type Listener } from '../../../../../nodes/shared/receive/connection/seat';
import type { DecodedMessage } from '../../../../../protocol/message';
import { logger } from '../../../../harness';
import { Connection, fakeProtocol } from './fakeConnection';

/*
 * Triggers of an app whose connection is the test's; the clock, too. Whoever uses it mocks `connection` with
 * `fakeConnection`.
 */

export type Taker = Listener & { taken: string[] };

export function taker(
	kinds: Array<DecodedMessage['kind']> = ['message'],
	outcome: () => boolean | Promise<boolean> = () => true,
): Taker {
	const taken: string[] = [];
	const take = async ({ messageId }: DecodedMessage): Promise<boolean> => {
		taken.push(messageId);
		return await outcome();
	};
	return { kinds: new Set(kinds), take, taken };
}

export const credential = (app: string, secret = 's'): Record<string, string> => ({ app, secret });
export const access = (app: string, secret?: string) => ({
	protocol: fakeProtocol,
	credential: credential(app, secret),
	log: logger as never,
});
const leaves: Array<() => void> = [];
export async function join(...given: Parameters<typeof joinApp>): Promise<() => void> {
	const leave = await joinApp(...given);
	leaves.push(leave);
	return leave;
}

/** A test has an app of its own. */
export let app = '';
let count = 0;
export const settle = async (ms = 0): Promise<void> => await jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	jest.useFakeTimers();
	Connection.reset();
	app = `app ${count++}`;
});
afterEach(async () => {
	for (const leave of leaves.splice(0)) leave();
	await settle(OUTLIVE_MS);
	expect([Connection.open, connectionStates(), jest.getTimerCount()]).toEqual([[], [], 0]);
	jest.useRealTimers();
});
