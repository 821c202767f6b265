import fc from 'fast-check';
import { OVERLAP_MS, TRIAL_MS } from '../../../core/keyRotation/apiKeys';
import { KeyTable } from './table';

const SECOND = 1000;
const DAY = 86_400_000;

/** A client that asks for a token 17 times a second, and counts how often it is refused. */
function busyClient(
	table: KeyTable,
	key: string,
): { use(key: string): void; refused: number; run(seconds: number): void } {
	let current = key;
	const client = {
		refused: 0,
		use: (next: string) => {
			current = next;
		},
		run(seconds: number) {
			for (let index = 0; index < seconds * 17; index++) {
				table.now += SECOND / 17;
				if (!table.takes(current)) client.refused++;
			}
		},
	};
	return client;
}

/** Changes the key of a busy client that begins to use the new one later. */
function changeUnderLoad(later: number, more: Record<string, string> = {}): number {
	const table = new KeyTable();
	const client = busyClient(table, table.make());
	client.run(5);
	const { key } = table.send(table.form('change', '报表系统', more), () => client.run(3));
	client.run(5);
	table.now += later;
	client.run(5);
	client.use(key!);
	client.run(5);
	table.now += 2 * DAY;
	client.run(5);
	return client.refused;
}

describe('A change under 17 requests a second', () => {
	it.each([
		['at once', 0],
		['after an hour', 3_600_000],
		['just before the old key ends', OVERLAP_MS - 20 * SECOND],
	])('refuses no valid one, where the client follows %s', (_, later) => {
		expect(changeUnderLoad(later)).toBe(0);
	});

	// Negative controls: the same run counts what it should.
	it('would refuse some without the overlap', () => {
		expect(changeUnderLoad(3_600_000, { leaked: '1' })).toBeGreaterThan(0);
	});

	it('would refuse some where the client follows too late', () => {
		expect(changeUnderLoad(OVERLAP_MS + SECOND)).toBeGreaterThan(0);
	});
});

it('A change that breaks off anywhere takes no valid key away, and leaves none that lives on unknown', () => {
	for (const breaksAt of [1, 2, 3, 4, 5]) {
		const table = new KeyTable();
		const old = table.make();
		let pauses = 0;
		const change = (): unknown =>
			table.send(table.form('change'), () => {
				if (++pauses === breaksAt) throw new Error('the process ended');
			});
		expect(change).toThrow('the process ended');
		expect(table.takes(old)).toBe(true);
		table.now += TRIAL_MS;
		const active = table.rows.filter(({ status }) => status === 'active');
		const others = table.rows.filter(
			(row) => row.status === 'retiring' && row.expiresAtMs > table.now,
		);
		// Until the first change is written the new key is on trial; from then on the page lists it.
		expect([active.length, others.length]).toEqual(
			{ 1: [1, 0], 2: [1, 0], 3: [1, 0], 4: [2, 0], 5: [1, 1] }[breaksAt],
		);
		// The next change puts everything in order.
		const { key } = table.send(table.form('change'));
		expect(table.takes(old)).toBe(true);
		expect(table.takes(key!)).toBe(true);
		table.now += OVERLAP_MS;
		expect(table.rows.filter(({ status }) => status === 'active')).toHaveLength(1);
		expect([old, key!].map((each) => table.takes(each))).toEqual([false, true]);
	}
});

it('A new key that does not work changes nothing and ends', () => {
	const table = new KeyTable();
	const old = table.make();
	const before = structuredClone(table.rows);
	jest.spyOn(table, 'takes').mockReturnValueOnce(false);
	const { status, key } = table.send(table.form('change'));
	expect(status).toBe(502);
	expect(key).toBeUndefined();
	expect(table.rows.slice(0, -1)).toEqual(before);
	expect(table.rows.at(-1)).toMatchObject({ status: 'revoked' });
	expect(table.takes(old)).toBe(true);
});

describe('Rolling back', () => {
	it('makes the key before the active one, and lets the new one run out', () => {
		const table = new KeyTable();
		const old = table.make();
		const { key } = table.send(table.form('change'));
		table.now += 3_600_000;
		expect(table.send(table.form('rollBack')).status).toBe(200);
		expect([old, key!].map((each) => table.takes(each))).toEqual([true, true]);
		table.now += OVERLAP_MS;
		expect([old, key!].map((each) => table.takes(each))).toEqual([true, false]);
	});

	it('ends a new key at once that leaked', () => {
		const table = new KeyTable();
		const old = table.make();
		const { key } = table.send(table.form('change'));
		table.send(table.form('rollBack', '报表系统', { leaked: '1' }));
		expect([old, key!].map((each) => table.takes(each))).toEqual([true, false]);
	});

	it('brings no key back that has ended', () => {
		const table = new KeyTable();
		const old = table.make();
		const { key } = table.send(table.form('change'));
		table.now += OVERLAP_MS;
		expect(table.send(table.form('rollBack')).status).toBe(409);
		expect([old, key!].map((each) => table.takes(each))).toEqual([false, true]);
	});

	it('never takes a key on trial for the one before', () => {
		const table = new KeyTable();
		const old = table.make();
		let pauses = 0;
		expect(() =>
			table.send(table.form('change'), () => {
				if (++pauses === 3) throw new Error('the process ended');
			}),
		).toThrow();
		expect(table.send(table.form('rollBack')).status).toBe(409);
		expect(table.takes(old)).toBe(true);
	});
});

it('A leaked key ends at once, and nothing of it comes back', () => {
	const table = new KeyTable();
	const old = table.make();
	const { key } = table.send(table.form('change', '报表系统', { leaked: '1' }));
	expect([old, key!].map((each) => table.takes(each))).toEqual([false, true]);
	expect(table.send(table.form('rollBack')).status).toBe(409);
	expect(table.takes(old)).toBe(false);
});

it.each<[string, (table: KeyTable) => unknown]>([
	['a change', (table) => table.send(table.form('change', '报表系统', { leaked: '1' }))],
	['a roll back', (table) => table.send(table.form('rollBack', '报表系统', { leaked: '1' }))],
])(
	'%s ends a leaked key also where it was replaced before it was known to have leaked',
	(_, act) => {
		const table = new KeyTable();
		const leaked = table.make();
		table.now += 1;
		table.send(table.form('change'));
		table.now += 1;
		table.send(table.form('change'));
		expect(table.rows.map(({ status }) => status)).toEqual(['retiring', 'retiring', 'active']);
		act(table);
		expect(table.takes(leaked)).toBe(false);
		expect(table.rows.filter(({ status }) => status === 'retiring')).toEqual([]);
		expect(table.rows.filter(({ status }) => status === 'active')).toHaveLength(1);
	},
);

it('A form that is sent twice changes once', () => {
	const table = new KeyTable();
	table.make();
	const form = table.form('change');
	expect(table.send(form).status).toBe(200);
	expect(table.send(form)).toMatchObject({ status: 409 });
	expect(table.rows).toHaveLength(2);
});

it('A key that has an end passes it on', () => {
	const table = new KeyTable();
	table.make();
	const end = table.now + 3 * DAY;
	table.rows[0]!.expiresAtMs = end;
	const { key } = table.send(table.form('change'));
	expect(table.rows[1]).toMatchObject({ status: 'active', expiresAtMs: end });
	table.now = end;
	expect(table.takes(key!)).toBe(false);
});

it('The end of a key that is only retiring is not passed on', () => {
	const table = new KeyTable();
	table.make();
	Object.assign(table.rows[0]!, { status: 'retiring', expiresAtMs: table.now + DAY });
	table.send(table.form('change', '报表系统', { leaked: '1' }));
	expect(table.rows).toMatchObject([{ status: 'revoked' }, { status: 'active', expiresAtMs: 0 }]);
});

it('Whatever people do in whatever order, a client that follows is never refused', () => {
	const action = fc.record({
		action: fc.constantFrom('change', 'rollBack'),
		client: fc.constantFrom('a', 'b'),
		wait: fc.integer({ min: 0, max: 2 * OVERLAP_MS }),
	});
	fc.assert(
		fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
			const table = new KeyTable();
			const known = new Map(['a', 'b'].map((name) => [name, [table.make(name)]]));
			for (const { action: name, client, wait } of actions) {
				const { key } = table.send(table.form(name, client));
				if (key) known.get(client)!.push(key);
				table.now += wait;
				for (const [owner, keys] of known) {
					const active = table.rows.filter(
						(row) => row.client === owner && row.status === 'active',
					);
					if (active.length !== 1) throw new Error(`${owner} has ${active.length} active keys`);
					const used = keys.find((each) => each.startsWith(`${active[0]!.keyId}:`))!;
					if (!table.takes(used)) throw new Error(`${owner} is refused`);
				}
			}
		}),
		{ numRuns: 50 },
	);
});
