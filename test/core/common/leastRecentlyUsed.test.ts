import { LeastRecentlyUsed } from '../../../core/common/leastRecentlyUsed';

const filled = (...keys: string[]): LeastRecentlyUsed<string> => {
	const values = new LeastRecentlyUsed<string>(3);
	for (const key of keys) values.set(key, key.toUpperCase());
	return values;
};

/** Which of a to e are held, by whether they can be deleted: to read one would be a use of it. */
const heldBy = (values: LeastRecentlyUsed<string>): string =>
	[...'abcde']
		.filter((key) => {
			const { size } = values;
			values.delete(key);
			return values.size < size;
		})
		.join('');

it.each<[string, string, (values: LeastRecentlyUsed<string>) => void]>([
	['as many as it may', 'abc', () => {}],
	['the last ones', 'bcd', (values) => values.set('d', 'D')],
	[
		'what was read',
		'acd',
		(values) => {
			expect(values.get('a')).toBe('A');
			values.set('d', 'D');
		},
	],
	[
		'what was written again, once',
		'ade',
		(values) => {
			values.set('a', 'other');
			values.set('d', 'D');
			values.set('e', 'E');
		},
	],
	[
		'nothing for what it does not have',
		'bcd',
		(values) => {
			expect(values.get('e')).toBeUndefined();
			values.set('d', 'D');
		},
	],
	[
		'nothing that was deleted',
		'bcd',
		(values) => {
			values.delete('a');
			values.set('d', 'D');
		},
	],
])('It holds %s', (_, held, use) => {
	const values = filled('a', 'b', 'c');
	use(values);
	expect(values.size).toBe(3);
	expect(heldBy(values)).toBe(held);
});

it('However many are written, it holds no more than it may', () => {
	const values = new LeastRecentlyUsed<number>(10);
	for (let key = 0; key < 1000; key++) {
		values.set(`key ${key}`, key);
		expect(values.get('key 0')).toBe(0);
	}
	expect(values.size).toBe(10);
	expect(values.get('key 999')).toBe(999);
	expect(values.get('key 990')).toBeUndefined();
});
