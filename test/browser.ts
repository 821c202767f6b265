import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { BROWSER_FLAGS, requireBrowser } from '../scripts/machine/browser';

/** A busy machine takes longer than the half minute of Playwright's own. */
const PATIENCE_MS = 120_000;

export async function startBrowser(): Promise<Browser> {
	const options = { executablePath: requireBrowser(), args: BROWSER_FLAGS, timeout: PATIENCE_MS };
	return await chromium.launch(options);
}

/** A page of somebody who has not been there before. */
export async function openPage(browser: Browser, options?: BrowserContextOptions): Promise<Page> {
	const context = await browser.newContext(options);
	context.setDefaultTimeout(PATIENCE_MS);
	return await context.newPage();
}
