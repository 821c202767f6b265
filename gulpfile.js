'use strict';

const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

function compile() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** What n8n loads beside the compiled classes: icons and codex files. */
function assets() {
	return src('nodes/**/*.{svg,json}', { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.build = series(clean, parallel(compile, assets));
exports.default = exports.build;
