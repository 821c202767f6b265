import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/* One word, one meaning: over everything that the project exports. */

const root = join(__dirname, '..');
const FOLDERS = ['protocol', 'core', 'nodes', 'sandbox'];

/** A name that a file exports. */
interface Exported {
	name: string;
	kind: string;
	file: string;
}

function exportedIn(file: string, text: string): Exported[] {
	const pattern =
		/^export (?:async |declare |abstract )*(interface|type|class|enum|function|const|let) (\w+)/gm;
	return [...text.matchAll(pattern)].map(([, kind, name]) => ({ name: name!, kind: kind!, file }));
}

const exported: Exported[] = FOLDERS.flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.flatMap((name) => {
			const file = join(folder, name);
			return exportedIn(file, readFileSync(join(root, file), 'utf8'));
		}),
);

const isType = ({ kind }: Exported): boolean =>
	['interface', 'type', 'class', 'enum'].includes(kind);

/** Types that have the name of another one: `Entry: a.ts, b.ts`. */
function twice(names: Exported[]): string[] {
	const files = new Map<string, string[]>();
	for (const { name, file } of names.filter(isType)) {
		files.set(name, [...(files.get(name) ?? []), file]);
	}
	return [...files]
		.filter(([, places]) => places.length > 1)
		.map(([name, places]) => `${name}: ${places.join(', ')}`);
}

/** What is there without an import: in a browser by TypeScript's own list, and here. */
const globals: ReadonlySet<string> = new Set([
	...[
		...readFileSync(join(dirname(require.resolve('typescript')), 'lib.dom.d.ts'), 'utf8').matchAll(
			/^(?:declare var|interface|type) (\w+)/gm,
		),
	].map(([, name]) => name!),
	...Object.getOwnPropertyNames(globalThis),
]);

const hiding = (names: Exported[]): string[] =>
	names.filter((each) => isType(each) && globals.has(each.name)).map(({ name }) => name);

/** The words of a name in camel case, in lower case and the singular. */
const wordsOf = (name: string): string[] =>
	(name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) =>
		word.toLowerCase().replace(/s$/, ''),
	);

interface Term {
	term: string;
	/** Names and files in the code. */
	code: string[];
	/** Words that mean the same and are not used. */
	not: string[];
}

/** The rows of the glossary in CONTRIBUTING.md: term, meaning, in the code, not. */
function readGlossary(text: string): Term[] {
	const [, glossary = ''] = /^## Glossary\n([\s\S]*?)(?=^## )/m.exec(text) ?? [];
	return glossary
		.split('\n')
		.filter((line) => line.startsWith('| **'))
		.map((line) => {
			const [, term = '', , code = '', not = ''] = line.split('|').map((cell) => cell.trim());
			const named = [...code.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
			return { term, code: named, not: not.split(/,\s*/).filter((word) => word !== '') };
		});
}

const glossary = readGlossary(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));

/** Uses of discouraged words: `noticeOf (say notification)`. */
const discouraged = (names: Exported[], terms: Term[]): string[] =>
	terms.flatMap(({ term, not }) =>
		names
			.filter(({ name }) => wordsOf(name).some((word) => not.includes(word)))
			.map(({ name }) => `${name} (say ${term.replace(/\*\*| .*/g, '')})`),
	);

test('No exported type has the name of another one', () => {
	expect(twice(exported)).toEqual([]);
});

test('No exported type hides a global of Node or of browsers', () => {
	expect(hiding(exported)).toEqual([]);
});

test('The glossary has at most 40 words, each with its place in the code', () => {
	expect(glossary.length).toBeGreaterThan(20);
	expect(glossary.length).toBeLessThanOrEqual(40);
	expect(new Set(glossary.map(({ term }) => term)).size).toBe(glossary.length);
	const names = new Set(exported.map(({ name }) => name));
	const isThere = (place: string): boolean =>
		place.includes('/') ? exported.some(({ file }) => file.startsWith(place)) : names.has(place);
	for (const { term, code } of glossary) {
		expect([term, code.length > 0, code.filter((place) => !isThere(place))]).toEqual([
			term,
			true,
			[],
		]);
	}
});

test('No exported name uses a word that the glossary discourages', () => {
	expect(discouraged(exported, glossary)).toEqual([]);
});

test('Each of these rules can fail', () => {
	const names = [
		...exportedIn('a.ts', 'export interface Entry {}\nexport class Window {}\n'),
		...exportedIn('b.ts', 'export type Entry = 1;\nexport const noticesOf = 1;\ntype Local = 1;\n'),
	];
	expect(names.map(({ name }) => name)).toEqual(['Entry', 'Window', 'Entry', 'noticesOf']);
	expect(twice(names)).toEqual(['Entry: a.ts, b.ts']);
	expect(hiding(names)).toEqual(['Window']);
	const row = '## Glossary\n\n| **notification** 通知 | x | `A`, `b/c.ts` | notice |\n\n## Next\n';
	const terms = readGlossary(row);
	expect(terms).toEqual([
		{ term: '**notification** 通知', code: ['A', 'b/c.ts'], not: ['notice'] },
	]);
	expect(discouraged(names, terms)).toEqual(['noticesOf (say notification)']);
	expect(exported.length).toBeGreaterThan(300);
	expect(wordsOf('readHTTPNotices')).toEqual(['read', 'http', 'notice']);
});
