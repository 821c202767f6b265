import { ConnectionFailure } from '../../../core/connection/failure';
import { CONNECTION_TIMING } from '../../../core/connection/timing';
import { Upkeep } from '../../../core/connection/upkeep';
import type { UpkeepAction, UpkeepEvent } from '../../../core/connection/upkeepEvents';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** The longest back-off. */
export const slowest = (): number => 1 - Number.EPSILON;

export const failure = (failureClass: ConnectionFailure['failureClass']): ConnectionFailure =>
	new ConnectionFailure(failureClass, failureClass, 'Mend it.');

/** An upkeep whose events the test tells one by one. */
export function upkeepAt(random = (): number => 0.5): {
	upkeep: Upkeep;
	at(seconds: number, event: UpkeepEvent): string[];
	/** Link by link, from asking to ready. */
	connect(seconds: number, link?: number, canPing?: boolean): void;
} {
	const upkeep = new Upkeep('Test Chat', CONNECTION_TIMING, random);
	const show = ({ kind, link }: UpkeepAction): string => `${kind} ${link}`;
	const at = (seconds: number, event: UpkeepEvent): string[] =>
		upkeep.handle(event, seconds * SECOND).map(show);
	const connect = (seconds: number, link = 1, canPing = true): void => {
		if (link === 1) expect(at(seconds, { kind: 'start' })).toEqual(['locate 1']);
		expect(at(seconds, { kind: 'located', link, wishes: {} })).toEqual([`open ${link}`]);
		at(seconds, { kind: 'opened', link, canPing, isReady: false });
		at(seconds, { kind: 'ready', link });
		expect([upkeep.status, upkeep.servingLink]).toEqual(['connected', link]);
	};
	return { upkeep, at, connect };
}
