'use strict';
const fs = require('node:fs');
const { missingBrowser } = require('./browser.js');
const { missingNginx } = require('./nginx.js');
const { run } = require('./processes.js');
const { missingServices } = require('./services.js');
const { missingSshd } = require('./sshd.js');
const { StepFailure } = require('./steps.js');

/** @import { Progress } from './steps.js' */

/** No mirror of Debian's may hold up a test run for longer than this. */
const LIMIT = ['--kill-after=10', '300'];
/** It judges the rights that the documentation asks for. */
const VISUDO = '/usr/sbin/visudo';

const missingSudo = () => (fs.existsSync(VISUDO) ? [] : ['sudo']);

/** Debian packages that some test needs and this machine lacks. */
const missingPackages = () => [
	...missingBrowser(),
	...missingServices(),
	...missingSshd(),
	...missingNginx(),
	...missingSudo(),
];

/**
 * Installs what the tests need of Debian: as root, with apt-get. Fails where one cannot be had: its
 * tests would not run.
 *
 * @param {Progress} progress
 */
async function prepareDebian(progress) {
	const missing = missingPackages();
	if (missing.length === 0) return 'up to date';
	const cure = `Install them (Debian, Ubuntu): apt-get install ${missing.join(' ')}`;
	if (process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) {
		throw new StepFailure(`tests need ${missing.join(', ')}`, cure);
	}
	progress('apt-get install');
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	/** @param {string[]} args */
	const apt = async (...args) =>
		await run('timeout', [...LIMIT, 'apt-get', ...args], {
			env,
			title: `apt-get ${args[0]}`,
			cure,
		});
	await apt('update');
	await apt('install', '-y', '--no-install-recommends', ...missing);
	const still = missingPackages();
	if (still.length > 0) {
		throw new StepFailure(`${still.join(', ')}: installed, but not where it should be`, cure);
	}
	return `installed ${missing.join(', ')}`;
}

module.exports = { prepareDebian };
