import { MOST_LETTERS, expire } from '../../../core/deadLetters/expire';
import { NOW, row } from './rows';

const DAY = 86_400_000;

it('keeps dead letters for 30 days and what is settled for 7', () => {
	expect(expire([row()], NOW)).toEqual([
		{ settledBefore: NOW - 30 * DAY, statuses: ['dead', 'uncertain'] },
		{ settledBefore: NOW - 7 * DAY, statuses: ['delivered', 'merged', 'discarded'] },
	]);
});

it('keeps the newest 10,000', () => {
	const rows = Array.from({ length: MOST_LETTERS + 5 }, (_, index) =>
		row({ settledAtMs: NOW - index, status: index % 2 ? 'dead' : 'uncertain' }),
	);
	const { settledBefore } = expire(rows, NOW)[0]!;
	expect(rows.filter(({ settledAtMs }) => settledAtMs < settledBefore)).toHaveLength(5);
});
