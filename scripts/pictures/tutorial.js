'use strict';
const path = require('node:path');
const { pause } = require('../machine/signals.js');
const { byTestId, CANVAS, closeNotifications } = require('./editor.js');

/** @import { Browser, Locator, Page } from 'playwright-core' */
/** @import { startSystem } from '../system/system.js' */
/** @typedef {Awaited<ReturnType<typeof startSystem>>} System */

/*
 * docs/first-bot.md, carried out: a person builds a bot of two nodes, tries it, breaks it and mends it. A
 * picture of each step; where a step does not end as the page says, it fails.
 */

const NAME = 'My first bot';
/** Id of the bot that comes with the package. */
const BUNDLED = 'clawbotAnswer001';
const QUESTION = 'When is the office open?';
const ANSWER = `Answer to: ${QUESTION}`;
/** Menus and panels move into their place. */
const MOVED_MS = 1200;
/** By then an execution has failed. */
const FAILED_MS = 5000;

/**
 * @typedef {object} Tutorial
 * @property {Page} editor
 * @property {Page} playground
 * @property {Page} letters the page of dead letters
 * @property {System} system
 * @property {(name: string, page: Page) => Promise<void>} picture
 */

/** @param {Page} page */
const node = (page, name = 'AI Reply') => page.locator(`[data-node-name="${name}"]`).first();

/** @param {Page} playground */
const answers = (playground) => playground.locator('.bubble.theirs', { hasText: ANSWER });

/** @param {Locator} locator */
async function press(locator) {
	await locator.click();
	await pause(MOVED_MS);
}

/**
 * @param {Page} page
 * @param {string} words
 * @param {string} name of the node that they find
 */
async function findNode(page, words, name) {
	await page.fill(byTestId('node-creator-search-bar'), words);
	await pause(MOVED_MS);
	const found = page.locator(byTestId('node-creator-item-name'));
	await press(found.filter({ hasText: new RegExp(`^${name}$`) }).first());
}

/** @param {Page} page */
const closePanel = async (page) => await press(page.locator(byTestId('ndv-close-button')).first());

/** @param {Tutorial} tutorial */
async function addTrigger({ editor, system, picture }) {
	await editor.goto(`${system.n8n.url}/workflow/new`);
	await press(editor.locator(byTestId('canvas-add-button')).getByRole('button').first());
	await findNode(editor, '钉钉', 'DingTalk');
	await picture('trigger', editor);
	await press(editor.locator(byTestId('node-creator-item-name'), { hasText: 'On message' }));
	await picture('trigger-panel', editor);
	await closePanel(editor);
}

/** @param {Tutorial} tutorial */
async function addAnswer({ editor, picture }) {
	await press(editor.locator(byTestId('canvas-handle-plus')).first());
	await findNode(editor, 'AI Reply', 'AI Reply');
	await press(editor.getByText('Add to workflow').last());
	const prompt = editor.locator(`${byTestId('parameter-input-systemPrompt')} textarea`);
	await prompt.fill('You are the receptionist of our company. Answer in one sentence.');
	await picture('ai-reply', editor);
	await closePanel(editor);
}

/** @param {Tutorial} tutorial */
async function publish({ editor }) {
	await press(editor.locator(byTestId('workflow-open-publish-modal-button')));
	await press(editor.locator(byTestId('workflow-publish-button')));
	await editor.getByText('Published', { exact: true }).waitFor();
	await closeNotifications(editor);
}

/** @param {Tutorial} tutorial */
async function nameAndPublish(tutorial) {
	const { editor, picture } = tutorial;
	await editor.locator(byTestId('workflow-name-input')).click();
	await editor.keyboard.press('ControlOrMeta+A');
	await editor.keyboard.type(NAME);
	await editor.keyboard.press('Enter');
	await pause(MOVED_MS);
	await publish(tutorial);
	// The editor explains once what it means to be published.
	await press(editor.getByRole('button', { name: 'Got it' }));
	await closeNotifications(editor);
	await pause(MOVED_MS);
	await picture('published', editor);
}

/**
 * Writes to the bot in the playground.
 *
 * @param {Tutorial} tutorial
 */
async function write({ playground }) {
	const box = playground.locator('form textarea').first();
	await box.fill(QUESTION);
	await box.press('Enter');
}

/**
 * Two bots of one app share its connection, and both answer.
 *
 * @param {Tutorial} tutorial
 */
async function restBundledBot({ editor, system }) {
	const own = editor.url();
	await editor.goto(`${system.n8n.url}/workflow/${BUNDLED}`);
	await pause(MOVED_MS);
	await closeNotifications(editor);
	await press(editor.locator(byTestId('version-menu-button')));
	await press(editor.getByRole('menuitem', { name: 'Unpublish' }));
	await press(editor.getByRole('dialog').getByRole('button', { name: 'Unpublish' }));
	await editor.goto(own);
	await pause(MOVED_MS);
}

/**
 * As the page ends: the bundled bot answers again, and the own one rests.
 *
 * @param {Tutorial} tutorial
 */
async function restoreBots({ system }) {
	const { api } = system.n8n;
	for (const { id, name } of await api.workflows()) if (name === NAME) await api.deactivate(id);
	await api.activate(BUNDLED);
}

/** @param {Tutorial} tutorial */
async function firstAnswer(tutorial) {
	const { playground, system, picture } = tutorial;
	await playground.goto(system.sandbox.origin);
	await write(tutorial);
	await answers(playground).first().waitFor();
	await picture('playground', playground);
}

/**
 * @param {Tutorial} tutorial
 * @param {'list' | 'id'} mode
 * @param {string} model
 */
async function chooseModel({ editor, picture }, mode, model) {
	await press(editor.locator(byTestId('radio-button-workflow')));
	await node(editor).dblclick();
	await press(editor.locator(byTestId('rlc-mode-selector')).first());
	await press(editor.getByRole('option', { name: mode === 'id' ? 'By ID' : 'From list' }));
	const input = editor
		.locator(`input${byTestId('rlc-input')}, ${byTestId('rlc-input')} input`)
		.first();
	if (mode === 'id') {
		await input.fill(model);
		await picture('wrong-model', editor);
	} else {
		await press(input);
		await press(editor.locator(byTestId('rlc-item'), { hasText: model }));
	}
	await closePanel(editor);
}

/** @param {Tutorial} tutorial */
async function seeFailure({ editor, picture }) {
	await press(editor.locator(byTestId('radio-button-executions')));
	await press(editor.locator('[data-test-id^="execution-details-"]', { hasText: 'Error' }).first());
	await closeNotifications(editor);
	await node(editor).dblclick();
	await editor.getByText('The provider does not know this model').first().waitFor();
	await closeNotifications(editor);
	await pause(MOVED_MS);
	await picture('failure', editor);
	await closePanel(editor);
}

/** @param {Tutorial} tutorial */
async function chooseErrorWorkflow({ editor, picture }) {
	await press(editor.locator(byTestId('radio-button-workflow')));
	await press(editor.locator(byTestId('workflow-menu')).first());
	await press(editor.locator(byTestId('workflow-menu-item-settings')));
	await press(editor.locator(byTestId('workflow-settings-error-workflow')));
	await editor.keyboard.type('report failures');
	await press(editor.getByText(/report failures/).last());
	await picture('error-workflow', editor);
	await press(editor.locator(byTestId('workflow-settings-save-button')).getByRole('button'));
}

/** @param {Tutorial} tutorial */
async function seeDeadLetter({ letters, system, picture }) {
	for (let tries = 0; tries < 20; tries += 1) {
		await letters.goto(`${system.n8n.url}/webhook/clawbot-dead-letters`);
		if (await letters.getByText(NAME).count()) break;
		await pause(MOVED_MS);
	}
	await letters.getByText(NAME).first().waitFor();
	await picture('dead-letter', letters);
}

/** @param {Tutorial} tutorial */
async function carryOut(tutorial) {
	await addTrigger(tutorial);
	await addAnswer(tutorial);
	await nameAndPublish(tutorial);
	await restBundledBot(tutorial);
	await firstAnswer(tutorial);
	await chooseModel(tutorial, 'id', 'no-such-model');
	await publish(tutorial);
	await write(tutorial);
	await pause(FAILED_MS);
	await seeFailure(tutorial);
	await chooseErrorWorkflow(tutorial);
	await write(tutorial);
	await seeDeadLetter(tutorial);
	await chooseModel(tutorial, 'list', 'sandbox-chat');
	await publish(tutorial);
	await write(tutorial);
	await answers(tutorial.playground).nth(1).waitFor();
	await tutorial.picture('mended', tutorial.playground);
}

/**
 * @param {Browser} browser
 * @param {Page} editor signed in
 * @param {{ system: System, folder: string }} place the running system, and where the pictures go
 */
async function tutorialPictures(browser, editor, { system, folder }) {
	const { user: username, password } = system.operator;
	const [playground, letters] = await Promise.all([
		browser.newPage({ viewport: CANVAS }),
		browser.newPage({ viewport: CANVAS, httpCredentials: { username, password } }),
	]);
	for (const page of [editor, playground, letters]) page.setDefaultTimeout(15_000);
	/** @type {Tutorial} */
	const tutorial = {
		editor,
		playground,
		letters,
		system,
		picture: async (name, page) => {
			await page.screenshot({ path: path.join(folder, `first-bot-${name}.png`) });
		},
	};
	try {
		await carryOut(tutorial);
	} finally {
		await restoreBots(tutorial);
	}
}

module.exports = { tutorialPictures };
