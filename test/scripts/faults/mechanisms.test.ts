import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transpileModule, ScriptTarget } from 'typescript';
import { MECHANISMS } from '../../../scripts/faults/mechanisms';

const ROOT = join(__dirname, '..', '..', '..');
const options = { compilerOptions: { target: ScriptTarget.ES2022 } };
const changes = Object.entries(MECHANISMS).flatMap(([name, mechanism]) =>
	'file' in mechanism ? [{ name, ...mechanism }] : [],
);

/** The fields that code names. */
const fields = (code: string): string[] =>
	[...code.matchAll(/\bthis\.(\w+)/g)].map(([, field]) => field!);

it.each(changes)('$name is switched off in code that is there', ({ file, from, to }) => {
	const source = readFileSync(join(ROOT, file.replace(/\.js$/, '.ts')), 'utf8');
	const code = transpileModule(source, options).outputText;
	expect(code.split(from)).toHaveLength(2);
	expect(fields(code)).toEqual(expect.arrayContaining(fields(to)));
});
