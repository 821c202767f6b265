'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHash } = require('node:crypto');
const { collect } = require('./bundle.js');
const { inRoot, paths } = require('./paths.js');
const { run } = require('./processes.js');

const SOURCES = [
	'nodes',
	'credentials',
	'protocol',
	'core',
	'package.json',
	'gulpfile.js',
	'tsconfig.json',
	'index.js',
];

/** What the package's command is made of: this script, and the files that it needs. */
const COMMAND = 'scripts/command.js';

/**
 * The newest change below a path, in milliseconds; 0 when there is nothing.
 *
 * @param {string} target
 * @returns {number}
 */
function newestChange(target) {
	const stat = fs.statSync(target, { throwIfNoEntry: false });
	if (!stat) return 0;
	if (!stat.isDirectory()) return stat.mtimeMs;
	// A folder's own time counts too: deleting a source file must lead to a new build.
	return Math.max(
		stat.mtimeMs,
		...fs.readdirSync(target).map((name) => newestChange(path.join(target, name))),
	);
}

/**
 * When the oldest compiled file was made, in milliseconds; copied ones keep the time of their source.
 *
 * @param {string} folder
 * @returns {number}
 */
function oldestCompiled(folder) {
	const entries = fs.readdirSync(folder, { withFileTypes: true });
	return Math.min(
		Infinity,
		...entries.map((entry) => {
			const target = path.join(folder, entry.name);
			if (entry.isDirectory()) return oldestCompiled(target);
			return entry.name.endsWith('.js') ? fs.statSync(target).mtimeMs : Infinity;
		}),
	);
}

function isBuilt() {
	const dist = inRoot('dist');
	if (!fs.existsSync(dist)) return false;
	const built = oldestCompiled(dist);
	const sources = [...SOURCES, ...collect(COMMAND).keys()];
	return (
		built !== Infinity && built > Math.max(...sources.map((name) => newestChange(inRoot(name))))
	);
}

/** Builds the package when a source is newer than the build. */
async function build() {
	if (isBuilt()) return 'up to date';
	try {
		await run(paths.node, [inRoot('node_modules', 'gulp', 'bin', 'gulp.js'), 'build'], {
			cwd: paths.root,
			title: 'the build',
			cure: 'Correct the source files named above, then start again.',
		});
	} catch (error) {
		// A compiler that found errors may have written files all the same: they must not pass for a
		// build.
		fs.rmSync(inRoot('dist'), { recursive: true, force: true });
		throw error;
	}
	return 'built';
}

/** @typedef {{ tarball: string, hash: string }} Packed */

/** What `npm pack` puts into the tarball. */
const PACKED = ['dist', 'index.js', 'workflows', 'package.json', 'README.md', 'LICENSE'];

/**
 * Packs the package as `npm publish` would, unless the folder's tarball is newer than everything in
 * it. Returns the tarball and the hash of its bytes.
 *
 * @param {string} folder
 * @returns {Promise<Packed>}
 */
async function pack(folder) {
	fs.mkdirSync(folder, { recursive: true });
	const tarballs = () => fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
	const changed = Math.max(...PACKED.map((name) => newestChange(inRoot(name))));
	const [newest, ...others] = tarballs();
	const isCurrent = newest && newestChange(path.join(folder, newest)) > changed;
	if (!isCurrent || others.length > 0) {
		for (const name of tarballs()) fs.rmSync(path.join(folder, name));
		await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
			cwd: paths.root,
		});
	}
	const [made] = tarballs();
	if (!made) throw new Error(`npm pack left nothing in ${folder}`);
	const tarball = path.join(folder, made);
	return {
		tarball,
		hash: createHash('sha256').update(fs.readFileSync(tarball)).digest('hex'),
	};
}

module.exports = { COMMAND, build, pack };
