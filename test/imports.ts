import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(__dirname, '..');

interface Import {
	file: string;
	target: string;
}

/** Every source file of a folder, with what it imports: own files by their path from the root. */
export function importsOf(folder: string, read = targetsIn): Import[] {
	return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => /\.[tj]s$/.test(name))
		.flatMap((name) => {
			const file = join(folder, name);
			const text = readFileSync(join(root, file), 'utf8');
			return read(text).map((target) => ({
				file,
				target: target.startsWith('.')
					? relative(root, resolve(root, dirname(file), target))
					: target,
			}));
		});
}

export function targetsIn(text: string): string[] {
	const pattern = /(?:from|import|require\(|import\()\s*['"]([^'"\s]+)['"]/g;
	return [...text.matchAll(pattern)].map(([, target]) => target!);
}

/** The same without what comments import: types, in JavaScript. */
export const codeTargetsIn = (text: string): string[] =>
	targetsIn(text.replace(/^\s*\/?\*.*$/gm, ''));

/** The files of `folders` that a file imports, directly or through others. */
export function reachedFrom(file: string, folders: string[]): ReadonlySet<string> {
	const targets = new Map<string, string[]>();
	for (const each of folders.flatMap((folder) => importsOf(folder))) {
		targets.set(each.file, [...(targets.get(each.file) ?? []), `${each.target}.ts`]);
	}
	const reached = new Set<string>();
	const open = [file];
	for (let next = open.pop(); next; next = open.pop()) {
		for (const target of targets.get(next) ?? []) {
			if (targets.has(target) && !reached.has(target)) open.push(target);
			reached.add(target);
		}
	}
	return reached;
}

/** The ways on which files import themselves, as `a → b → a`. */
export function circlesIn(imports: Import[]): string[] {
	const files = new Set(imports.map(({ file }) => file));
	const targets = new Map<string, string[]>();
	for (const { file, target } of imports) {
		const own = ['', '.ts', '.js', '/index.js'].map((end) => target + end);
		const found = own.filter((each) => files.has(each));
		targets.set(file, [...(targets.get(file) ?? []), ...found]);
	}
	const circles: string[] = [];
	const seen = new Set<string>();
	const walk = (file: string, way: string[]): void => {
		const at = way.indexOf(file);
		if (at >= 0) circles.push([...way.slice(at), file].join(' → '));
		if (at >= 0 || seen.has(file)) return;
		for (const target of targets.get(file) ?? []) walk(target, [...way, file]);
		seen.add(file);
	};
	for (const file of files) walk(file, []);
	return circles;
}
