import { existsSync } from 'node:fs';
import { join } from 'node:path';
import LongestFirst from '../e2e/longestFirst';

const root = join(__dirname, '..', '..');
const hasteFS = { getSize: () => 1 };
const test = (name: string, path: string) =>
	({ path: join(root, path), context: { config: { displayName: { name } }, hasteFS } }) as never;
const paths = (tests: Array<{ path: string }>) =>
	tests.map(({ path }) => path.slice(root.length + 1));

it('names suites that exist, and lets them begin in its order', () => {
	const suites = LongestFirst.LONGEST.map((name) => `test/e2e/${name}.test.ts`);
	expect(suites.filter((suite) => !existsSync(join(root, suite)))).toEqual([]);
	const begun = new LongestFirst({} as never).sort([
		test('fast', 'test/layers.test.ts'),
		test('system', 'test/e2e/store.test.ts'),
		...suites.map((suite) => test('system', suite)).reverse(),
	]);
	expect(paths(begun)).toEqual([...suites, 'test/e2e/store.test.ts', 'test/layers.test.ts']);
});
