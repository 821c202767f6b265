'use strict';
const fs = require('node:fs');
const { run } = require('./processes.js');

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

/** Installs Debian's Chromium and Chinese fonts where they are missing and may be installed. */
async function prepareBrowser(progress) {
	const missing = [
		...(findBrowser() ? [] : ['chromium']),
		...(fs.existsSync(CHINESE_FONTS) ? [] : ['fonts-noto-cjk']),
	];
	if (missing.length === 0) return 'there';
	const possible = process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');
	if (possible) {
		progress('apt-get install');
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		try {
			await run('apt-get', ['update'], { env });
			await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], { env });
		} catch (error) {
			return `NOT INSTALLED (${error.message}): ${consequence()}`;
		}
		return `installed ${missing.join(', ')}`;
	}
	return `NOT THERE: ${consequence()}; install ${missing.join(' and ')}`;
}

const consequence = () =>
	findBrowser() ? 'pictures will lack Chinese letters' : 'THE BROWSER TESTS WILL BE SKIPPED';

module.exports = { BROWSER_FLAGS, findBrowser, prepareBrowser };
