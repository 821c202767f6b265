import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(__dirname, '..');

/** Every source file of a folder, with what it imports: own files by their path from the root. */
export function importsOf(folder: string): Array<{ file: string; target: string }> {
	return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => /\.[tj]s$/.test(name))
		.flatMap((name) => {
			const file = join(folder, name);
			const text = readFileSync(join(root, file), 'utf8');
			return targetsIn(text).map((target) => ({
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

/** The files of `folders` that a file imports, directly or through others. */
export function reachedFrom(file: string, folders: string[]): ReadonlySet<string> {
	const targets = new Map<string, string[]>();
	for (const each of folders.flatMap(importsOf)) {
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
