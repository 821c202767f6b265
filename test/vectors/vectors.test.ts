import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Vectors from '../../scripts/vectors';

/*
 * The command's own code over the known answers, with the package's sources in place of dist/: no build
 * is needed and none can be stale.
 */
jest.doMock('../../index.js', () => jest.requireActual('../../protocol'));
// eslint-disable-next-line @typescript-eslint/no-require-imports -- after doMock
const { runFolder, runVector } = require('../../scripts/vectors.js') as typeof Vectors;

interface VectorFile {
	algorithm: string;
	vectors: Vectors.Vector[];
}

const files = readdirSync(__dirname)
	.filter((name) => name.endsWith('.json'))
	.map(
		(name) =>
			[name, JSON.parse(readFileSync(join(__dirname, name), 'utf8'))] as [string, VectorFile],
	);

test('Every known answer is met', () => {
	const problems: string[] = [];
	const { passed, failed } = runFolder(__dirname, (line) => problems.push(line));
	expect(problems).toEqual([]);
	expect(failed).toBe(0);
	expect(passed).toBe(files.reduce((sum, [, { vectors }]) => sum + vectors.length, 0));
	expect(passed).toBeGreaterThan(80);
});

/** Remarks for people, and the classes of refusal, which a platform may well order in another way. */
const REMARKS = ['reason', 'note'];

/** Another value of the same kind. */
function other(value: unknown): unknown {
	if (typeof value === 'boolean') return !value;
	if (typeof value === 'number') return value + 1;
	if (typeof value === 'string')
		return value.startsWith('A') ? `B${value.slice(1)}` : `A${value.slice(1)}`;
	if (Array.isArray(value)) return [...value, 'more'];
	if (value !== null && typeof value === 'object') {
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, other(inner)]));
	}
	return 'something';
}

/** What names a mistake must not be the answer: the control puts the right answer there. */
function spoiled({ expected }: Vectors.Vector, name: string): Record<string, unknown> {
	if (name === 'wrong') {
		const mistakes = Object.keys(expected.wrong as object);
		return { ...expected, wrong: Object.fromEntries(mistakes.map((key) => [key, expected.sign])) };
	}
	if (name === 'wrongMd5OfBase64') {
		return { ...expected, [name]: (expected.body as { image: { md5: string } }).image.md5 };
	}
	return { ...expected, [name]: other(expected[name]) };
}

describe.each(files)('Where an expected value of %s is changed', (_, { algorithm, vectors }) => {
	const names = [...new Set(vectors.flatMap(({ expected }) => Object.keys(expected)))];
	test.each(names.filter((name) => !REMARKS.includes(name)))('%s: its vectors fail', (name) => {
		const concerned = vectors.filter(
			({ expected }) => name in expected && expected.reason !== 'implementation-defined',
		);
		const missed = concerned.filter((vector) => {
			const changed = { ...vector, expected: spoiled(vector, name) };
			return runVector(algorithm, changed) === undefined;
		});
		expect(missed.map(({ id }) => id)).toEqual([]);
	});
});

test('A vector of an algorithm that nobody knows fails', () => {
	expect(runVector('rot13', { id: 'x', inputs: {}, expected: {} })).toEqual(expect.any(String));
});
