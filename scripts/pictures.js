'use strict';

/*
 * npm run pictures [-- FOLDER]
 * Takes the documentation's pictures from a running system into docs/images/ (or FOLDER): the canvas of
 * every bundled workflow, the panels of our nodes, the playground after a talk on each platform, the
 * steps of connecting a bot and those of the tutorial.
 */

const fs = require('node:fs');
const path = require('node:path');
const { BROWSER_FLAGS, requireBrowser } = require('./machine/browser.js');
const { inRoot, paths } = require('./machine/paths.js');
const { runScript } = require('./machine/script.js');
const { pause } = require('./machine/signals.js');
const { createSteps } = require('./machine/steps.js');
const { connectPictures } = require('./pictures/connectBot.js');
const { CANVAS, signIn, tidyCanvas } = require('./pictures/editor.js');
const { tutorialPictures } = require('./pictures/tutorial.js');
const { startSystem } = require('./system/system.js');
const { readWorkflows } = require('./workflows/workflows.js');

/** @import { Page } from 'playwright-core' */
/** @import { Sandbox } from './system/sandbox.js' */
/** @import { BundledFile } from './workflows/workflows.js' */

/**
 * @param {Page} page
 * @param {string} n8nUrl
 * @param {BundledFile} bundled
 * @param {string} folder
 */
async function canvasPicture(page, n8nUrl, { file, workflow }, folder) {
	await page.goto(`${n8nUrl}/workflow/${workflow.id}`);
	await tidyCanvas(page);
	const name = path.basename(file, '.json');
	await page.screenshot({ path: path.join(folder, `${name}.png`) });
	return name;
}

/**
 * The panels of this package's nodes in a workflow, one of each type over all workflows.
 *
 * @param {Page} page
 * @param {BundledFile} bundled
 * @param {string} folder
 * @param {Set<string>} taken types of nodes so far
 */
async function panelPictures(page, { workflow }, folder, taken) {
	for (const node of workflow.nodes) {
		if (!node.type.startsWith('n8n-nodes-clawbot.') || taken.has(node.type)) continue;
		taken.add(node.type);
		await page.locator(`[data-node-name="${node.name}"]`).first().dblclick();
		await pause(1500);
		await page.screenshot({ path: path.join(folder, `panel-${node.type.split('.').pop()}.png`) });
		await page.keyboard.press('Escape');
		await pause(500);
	}
}

/**
 * @param {Page} page
 * @param {Sandbox} sandbox
 * @param {string} folder
 */
async function playgroundPicture(page, sandbox, folder) {
	await page.goto(sandbox.origin);
	const questions = ['报销单多久能批下来？', 'How do I book a meeting room?', '/帮助'];
	const boxes = page.locator('form textarea');
	for (const [index, question] of questions.entries()) {
		await boxes.nth(index).fill(question);
		await boxes.nth(index).press('Enter');
	}
	await pause(3000);
	const wire = page.locator('details summary').first();
	if (await wire.count()) await wire.click();
	await pause(500);
	await page.screenshot({ path: path.join(folder, 'playground.png') });
}

runScript(async () => {
	const { step } = createSteps();
	const executablePath = requireBrowser();
	const { chromium } = require('playwright-core');
	const folder = process.argv[2] ? path.resolve(process.argv[2]) : inRoot('docs', 'images');
	const withPanels = process.argv[2] !== undefined;
	fs.mkdirSync(folder, { recursive: true });

	const system = await step(
		'Start n8n and the sandbox',
		async () => await startSystem({ editor: true, connection: 'stream' }),
	);
	const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
	try {
		const page = await browser.newPage({ viewport: CANVAS });
		await signIn(page, system.n8n.url, system.owner);
		const taken = new Set();
		for (const bundled of readWorkflows(paths.workflows)) {
			await step(
				`Canvas of ${bundled.file}`,
				async () => await canvasPicture(page, system.n8n.url, bundled, folder),
			);
			if (withPanels)
				await step(
					`Panels of ${bundled.file}`,
					async () => await panelPictures(page, bundled, folder, taken),
				);
		}
		await step('Playground', async () => await playgroundPicture(page, system.sandbox, folder));
		await step('Connecting a bot', async () => await connectPictures(browser, { system, folder }));
		await step('Tutorial', async () => await tutorialPictures(browser, page, { system, folder }));
	} finally {
		await browser.close();
		await system.stop();
	}
});
