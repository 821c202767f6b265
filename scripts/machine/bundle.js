'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { inRoot } = require('./paths.js');

const OWN = /\brequire\('(\.[^']+)'\)/g;
const OTHERS = /\brequire\('([^'.][^']*)'\)/g;

/**
 * The files that one needs, itself last, by their places in the repository. Node's own modules are the only
 * others that may be asked for.
 *
 * @param {string} place
 * @param {Map<string, string>} texts
 */
function collect(place, texts = new Map()) {
	if (texts.has(place)) return texts;
	const source = fs.readFileSync(inRoot(place), 'utf8');
	const others = [...source.matchAll(OTHERS)].map(([, name]) => String(name));
	const foreign = others.find((name) => !name.startsWith('node:'));
	if (foreign) throw new Error(`${place} needs "${foreign}", which the bundle would not hold`);
	/** @param {string} name */
	const placeOf = (name) => path.posix.join(path.posix.dirname(place), name);
	for (const [, name] of source.matchAll(OWN)) collect(placeOf(String(name)), texts);
	texts.set(
		place,
		source
			.replace(/^'use strict';\n/, '')
			.replace(OWN, (_, name) => `files[${JSON.stringify(placeOf(name))}]`),
	);
	return texts;
}

/**
 * One ES module that does what a script of this repository does, without the repository: its files one
 * after the other, each with a `module` of its own. `__dirname` is the folder of the module.
 *
 * @param {string} entry e.g. `scripts/command.js`
 */
function bundle(entry) {
	const parts = [...collect(entry)].map(
		([place, text]) =>
			`files[${JSON.stringify(place)}] = ((module) => {\n${text}\nreturn module.exports;\n})({});`,
	);
	return [
		'#!/usr/bin/env node',
		`// Made of ${entry} and the files that it needs.`,
		"import { createRequire } from 'node:module';",
		"import { dirname } from 'node:path';",
		"import { fileURLToPath } from 'node:url';",
		'const require = createRequire(import.meta.url);',
		'const __dirname = dirname(fileURLToPath(import.meta.url));',
		'const files = {};',
		...parts,
		'',
	].join('\n');
}

module.exports = { bundle, collect };
