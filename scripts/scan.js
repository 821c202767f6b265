'use strict';

/*
 * npm run scan
 * n8n's own scan for community packages, over the packed package and over its sources. The scanner's command
 * fetches a published package; this runs the same analysis before anything is published.
 */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { build, pack } = require('./machine/package.js');
const { paths } = require('./machine/paths.js');
const { run } = require('./machine/processes.js');
const { runScript } = require('./machine/script.js');
const { StepFailure, createSteps } = require('./machine/steps.js');

/**
 * @param {string} folder
 * @param {string[]} [patterns] of its files; the scanner's own when left out
 */
async function analyze(folder, patterns) {
	const { analyzePackage } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const { passed, message, details } = await analyzePackage(folder, patterns);
	if (!passed)
		throw new StepFailure(message ?? 'not passed', 'Correct what is named above.', details);
	return message ?? 'passed';
}

runScript(async () => {
	const { step } = createSteps();
	const { SOURCE_FILE_PATTERNS } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-scan-'));
	try {
		await step('Build and pack', async () => {
			await build();
			const { tarball } = await pack(folder);
			await run('tar', ['-xzf', tarball, '-C', folder], {});
		});
		await step('Scan the package', async () => await analyze(path.join(folder, 'package')));
		await step('Scan its sources', async () => await analyze(paths.root, SOURCE_FILE_PATTERNS));
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
});
