'use strict';
const { StepFailure } = require('../machine/steps.js');

/** @returns {import('qrcode')} */
function loadQrCode() {
	try {
		return require('qrcode');
	} catch {
		throw new StepFailure('the package "qrcode" is not installed', 'Run npm install first.');
	}
}

/** Black on white, whatever the colours of the terminal: many readers take no inverted code. */
const BLACK_ON_WHITE = '\x1b[30;107m';
const RESET = '\x1b[0m';

/**
 * A QR code as lines of text, or undefined where the terminal is too narrow for it. Nothing damages what a screen
 * shows: the lowest error correction makes it as small as it can be.
 *
 * @param {string} address
 * @param {number | undefined} columns of the terminal; undefined: the text goes elsewhere
 */
async function drawCode(address, columns) {
	const text = await loadQrCode().toString(address, { type: 'utf8', errorCorrectionLevel: 'L' });
	const lines = text.split('\n').filter((line) => line !== '');
	if (columns === undefined) return { lines };
	const width = Math.max(...lines.map(({ length }) => length));
	if (width > columns) return { width };
	return { lines: lines.map((line) => `${BLACK_ON_WHITE}${line}${RESET}`) };
}

module.exports = { drawCode };
