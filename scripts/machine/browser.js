'use strict';
const fs = require('node:fs');
const { StepFailure } = require('./steps.js');

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

const findBrowser = () => BROWSERS.find((file) => fs.existsSync(file));

/** Debian packages that are missing for tests in a browser and for pictures. */
const missingBrowser = () => [
	...(findBrowser() ? [] : ['chromium']),
	...(fs.existsSync(CHINESE_FONTS) ? [] : ['fonts-noto-cjk']),
];

/** Where a Chromium is. */
function requireBrowser() {
	const file = findBrowser();
	if (!file) {
		throw new StepFailure(
			'there is no Chromium',
			'Install it (Debian, Ubuntu): apt-get install chromium',
		);
	}
	return file;
}

module.exports = { BROWSER_FLAGS, missingBrowser, requireBrowser };
