import { MOST_OF_A_GROUP, expire, type Purge } from '../../../core/deadLetters/expire';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { NOW, row } from './rows';

const DAY = 86_400_000;

it('keeps dead letters for 30 days and what is settled for 7', () => {
	expect(expire([row()], NOW)).toEqual([
		{ settledBefore: NOW - 30 * DAY, statuses: ['dead', 'uncertain'] },
		{ settledBefore: NOW - 7 * DAY, statuses: ['delivered', 'merged', 'discarded'] },
	]);
});

/** What is left of the rows. */
const kept = (rows: DeliveryRow[], purges: Purge[]): DeliveryRow[] =>
	rows.filter(
		(each) =>
			!purges.some(
				({ settledBefore, statuses, fingerprint }) =>
					statuses.includes(each.status) &&
					each.settledAtMs < settledBefore &&
					(fingerprint === undefined || fingerprint === each.fingerprint),
			),
	);

it('keeps the newest thousand of each group, and nothing of another group goes for them', () => {
	const many = (fingerprint: string, count: number, agoMs: number): DeliveryRow[] =>
		Array.from({ length: count }, (_, index) =>
			row({
				key: `${fingerprint} ${index}`,
				fingerprint,
				settledAtMs: NOW - agoMs - index,
				status: index % 2 ? 'dead' : 'uncertain',
			}),
		);
	const strangers = many('strangers', 10_000, 0);
	const people = many('people', MOST_OF_A_GROUP, 20 * DAY);
	const few = many('few', 3, 29 * DAY);
	const left = kept(
		[...strangers, ...people, ...few],
		expire([...strangers, ...people, ...few], NOW),
	);
	expect(left).toEqual([...strangers.slice(0, MOST_OF_A_GROUP), ...people, ...few]);
});
