'use strict';
const fs = require('node:fs');
const { errorOf } = require('./errors.js');
const { run } = require('./processes.js');

/** @import { Progress } from './steps.js' */

/** No mirror of Debian's may hold up a test run for longer than this. */
const LIMIT = ['--kill-after=10', '300'];
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Installs Debian packages where that is possible: as root, with apt-get. Returns a remark for the
 * person; `consequence()` says what is missing when it did not work.
 *
 * @param {string[]} missing
 * @param {Progress} progress
 * @param {() => string} consequence
 */
async function installDebian(missing, progress, consequence) {
	if (missing.length === 0) return 'there';
	if (process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) {
		return `NOT THERE: ${consequence()}; install ${missing.join(' and ')}`;
	}
	progress('apt-get install');
	/** @param {string[]} args */
	const apt = async (...args) => await run('timeout', [...LIMIT, 'apt-get', ...args], { env });
	try {
		await apt('update');
		await apt('install', '-y', '--no-install-recommends', ...missing);
	} catch (error) {
		return `NOT INSTALLED (${errorOf(error).message}): ${consequence()}`;
	}
	return `installed ${missing.join(', ')}`;
}

module.exports = { installDebian };
