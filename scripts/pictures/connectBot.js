'use strict';
const path = require('node:path');
const { pause } = require('../machine/signals.js');

/** @import { Browser, Locator, Page } from 'playwright-core' */
/** @import { System } from './tutorial.js' */

/*
 * docs/connect-a-bot.md, carried out: a person scans a code, greets the new bot and lets it answer. A picture of
 * each step; where a step does not end as the page says, it fails.
 */

const PLATFORM = 'feishu';
const PAGE = 'clawbot-connect';
const SHORT = { width: 1000, height: 620 };
const PHONE = { width: 390, height: 700 };
/** The new bot's connection opens, and the playground says so. */
const CONNECTED_MS = 3000;

/** @param {Page | Locator} place */
const codeIn = (place) => place.locator('svg').first();

/**
 * @param {Page} page
 * @param {string} url
 */
async function showCode(page, url) {
	await page.goto(url);
	const field = page.locator(`input[name="platform"][value="${PLATFORM}"]`);
	await page.locator('form', { has: field }).first().locator('button').click();
	await codeIn(page).waitFor();
}

/** @param {Page} playground */
async function playPhone(playground) {
	const code = playground.locator(`.pane.${PLATFORM} .code`);
	await code.locator('button.scan').click();
	await code.locator('button.confirm').click();
	await pause(CONNECTED_MS);
}

/**
 * @param {Page} playground
 * @param {string} text
 */
async function write(playground, text) {
	const box = playground.locator(`.pane.${PLATFORM} textarea`);
	await box.fill(text);
	await box.press('Enter');
}

/**
 * Takes the pictures of connecting a bot.
 *
 * @param {Browser} browser
 * @param {{ system: System, folder: string }} options
 */
async function connectPictures(browser, { system, folder }) {
	const { user, password } = system.operator;
	const credentials = { httpCredentials: { username: user, password } };
	const operator = await browser.newPage({ viewport: SHORT, ...credentials });
	const phone = await browser.newPage({ viewport: PHONE, ...credentials });
	const playground = await browser.newPage({ viewport: { width: 1280, height: 800 } });
	/** @type {(name: string, page: Page) => Promise<unknown>} */
	const picture = async (name, page) =>
		await page.screenshot({ path: path.join(folder, `connect-a-bot-${name}.png`) });
	const url = `${system.n8n.url}/webhook/${PAGE}`;

	await phone.goto(url);
	await picture('phone', phone);
	await playground.goto(system.sandbox.origin);
	await showCode(operator, url);
	await picture('code', operator);
	await playPhone(playground);
	await operator.getByText('Who has written').waitFor();
	await picture('who', operator);
	await operator.getByRole('button', { name: 'This is me' }).click();
	await operator.getByText('the bot answers from now on').waitFor();
	await picture('connected', operator);
	// What the greeting workflow had waits for it some seconds more.
	await pause(2 * CONNECTED_MS);
	await write(playground, '周五食堂开门吗？');
	await playground.locator('.bubble.theirs', { hasText: '周五食堂开门吗？' }).waitFor();
	await picture('answer', playground);
}

module.exports = { connectPictures };
