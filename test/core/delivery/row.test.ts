import fc from 'fast-check';
import { leaseDue } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { openRows } from '../../../core/delivery/open';
import { changedRow, EMPTY_ROW, isDamaged, readRow } from '../../../core/delivery/row';
import { entryOf, NOW, question, waitingRow } from './rows';

const columns = Object.keys(EMPTY_ROW) as Array<keyof DeliveryRow>;
const claims = (rows: unknown[]): DeliveryRow[] =>
	leaseDue(rows, {
		processToken: 'me',
		newId: () => 'id',
		singleProcess: false,
		questionsAtOnce: 50,
		heldBack: new Pace(),
		isHeld: () => false,
		now: NOW,
	});

test('PostgreSQL’s numbers are read from their strings', () => {
	const row = waitingRow();
	const asStrings = Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, String(value)]),
	);
	expect(readRow(asStrings)).toEqual(readRow(row));
});

test('A store’s own columns are left out, and empty texts may be null', () => {
	const stored = { id: 7, createdAt: 'x', ...waitingRow(), claim: null, announced: null };
	expect(entryOf(stored as never).row).toEqual(waitingRow());
});

test('A change is of the next version, and has the columns and nothing else', () => {
	const row = changedRow(entryOf({ ...waitingRow(), id: 7 } as never), { status: 'discarded' });
	expect(row).toEqual({ ...waitingRow(), version: 4, status: 'discarded' });
	expect(Object.keys(row).sort()).toEqual([...columns].sort());
});

test.each([
	['payload', '{"unsent":{"platf'],
	['payload', '{}'],
	['payload', 'null'],
	['payload', '{"question":{"messageId":"m"}}'],
	['history', '{}'],
	['history', '[{"at":"yesterday"}]'],
	['audit', ''],
	['kind', 'letter'],
	['dueAt', 'soon'],
	['deadlineAt', null],
	['createdAtMs', 1e300],
	['attempts', -1],
])('A row whose %s is %j is given up, and stops no other', (column, value) => {
	const good = waitingRow({ key: 'good' });
	const [dead, claimed] = claims([{ ...waitingRow(), [column]: value }, good]);
	expect(dead).toMatchObject({
		key: 'k1',
		version: 4,
		status: 'dead',
		code: 'damagedRow',
		reason: `The column ${column} of this row is damaged`,
		settledAtMs: NOW,
	});
	expect(claimed).toMatchObject({ key: 'good', claim: 'me:id' });
	// It can be read now, but for what it carries: nobody is kept from listing it.
	const again = readRow(dead);
	expect(again && isDamaged(again) ? again.damage : 'payload').toBe('payload');
});

test.each([{ key: '' }, { version: null }, { version: 0.5 }])(
	'What nobody could change is passed over: %j',
	(fields) => {
		expect(readRow({ ...waitingRow(), ...fields })).toBeUndefined();
	},
);

const anything = fc.oneof(
	fc.anything({ withBigInt: true, withDate: true }),
	fc.json(),
	fc.constantFrom('', '[]', '{}', 'null', '{"unsent":{}}', 1e308, -1, '9e9', NaN),
);
const damagedRow = fc
	.tuple(fc.subarray(columns), fc.infiniteStream(anything), fc.boolean())
	.map(([names, values, asks]) => ({
		...(asks ? waitingRow({}, { question: question() }) : waitingRow({ claim: 'they:1' })),
		...Object.fromEntries(names.map((name) => [name, values.next().value])),
	}));

test('Whatever stands in a table, nothing throws', () => {
	fc.assert(
		fc.property(fc.array(fc.oneof(damagedRow, fc.anything()), { maxLength: 6 }), (rows) => {
			const saved = claims(rows);
			openRows(rows);
			openRows(saved);
			for (const row of saved) expect(Object.keys(row)).toEqual(columns);
		}),
		{ numRuns: 300 },
	);
});

test('The generator of damaged rows makes whole ones and damaged ones', () => {
	const kinds = fc
		.sample(damagedRow, 300)
		.map(readRow)
		.map((read) => (read === undefined ? 'none' : isDamaged(read) ? 'damaged' : 'whole'));
	expect(new Set(kinds)).toEqual(new Set(['none', 'damaged', 'whole']));
});
