'use strict';
const { inRoot, paths } = require('../machine/paths.js');
const { run } = require('../machine/processes.js');
const { failureText } = require('../machine/steps.js');

/** @import { Result } from './results.js' */

/**
 * Queue mode with a killed worker has its own system, PostgreSQL and Redis: it is one of the tests.
 *
 * @returns {Promise<Result>}
 */
async function queueTest() {
	const jest = inRoot('node_modules', 'jest', 'bin', 'jest.js');
	const args = ['--selectProjects', 'system', '--testPathPatterns', 'test/e2e/queue'];
	try {
		await run(paths.node, [jest, ...args], { cwd: paths.root, title: 'test/e2e/queue.test.ts' });
		return { violations: [], done: true };
	} catch (error) {
		const violation = { kind: 'queue', what: failureText(error), marks: [] };
		return { violations: [violation], done: true };
	}
}

module.exports = { queueTest };
