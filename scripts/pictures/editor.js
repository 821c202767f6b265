'use strict';
const { pause } = require('../machine/signals.js');

/** @import { Page } from 'playwright-core' */
/** @import { Owner } from '../system/api.js' */

const CANVAS = { width: 1360, height: 860 };
/** The editor draws, fits and animates: nothing says when it is done. */
const DRAWN_MS = 4000;

/** @param {string} id */
const byTestId = (id) => `[data-test-id="${id}"]`;

/**
 * @param {Page} page
 * @param {string} n8nUrl
 * @param {Owner} owner
 */
async function signIn(page, n8nUrl, owner) {
	await page.goto(`${n8nUrl}/signin`);
	await page.fill('input[type=email]', owner.email);
	await page.fill('input[type=password]', owner.password);
	await page.keyboard.press('Enter');
	await page.waitForURL((url) => !url.pathname.includes('signin'));
}

/**
 * Closes what the editor lays over the canvas.
 *
 * @param {Page} page
 */
async function closeNotifications(page) {
	for (const selector of [byTestId('suggested-actions-close'), '.el-notification__closeBtn']) {
		for (const button of await page.$$(selector)) await button.click().catch(() => {});
	}
}

/**
 * Closes what lies over the canvas, and fits the workflow to the screen.
 *
 * @param {Page} page
 */
async function tidyCanvas(page) {
	await page.waitForSelector(byTestId('canvas-node'));
	await pause(DRAWN_MS);
	await closeNotifications(page);
	await page.mouse.click(CANVAS.width / 2, CANVAS.height - 120);
	await page.keyboard.press('1');
	await pause(1000);
}

module.exports = { byTestId, CANVAS, closeNotifications, signIn, tidyCanvas };
