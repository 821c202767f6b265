'use strict';
const fs = require('node:fs');
const { installDebian } = require('./apt.js');

/** @import { Progress } from './steps.js' */

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Headless and quiet: no sandbox (which root cannot have), no traffic of the browser's own. */
const BROWSER_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const CHINESE_FONTS = '/usr/share/fonts/opentype/noto';

/** Where a Chromium is, or undefined. */
const findBrowser = () => BROWSERS.find((file) => fs.existsSync(file));

/**
 * Installs Debian's Chromium and Chinese fonts where they are missing and may be installed.
 *
 * @param {Progress} progress
 */
async function prepareBrowser(progress) {
	const missing = [
		...(findBrowser() ? [] : ['chromium']),
		...(fs.existsSync(CHINESE_FONTS) ? [] : ['fonts-noto-cjk']),
	];
	return await installDebian(missing, progress, consequence);
}

const consequence = () =>
	findBrowser() ? 'pictures will lack Chinese letters' : 'THE BROWSER TESTS WILL BE SKIPPED';

module.exports = { BROWSER_FLAGS, findBrowser, prepareBrowser };
