'use strict';
const path = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * The suites that take minutes, in the order in which they begin: a long one that began late would be
 * waited for alone. The quick tests without n8n come last, and fill what is left.
 */
const LONGEST = [
	'recovery',
	'crashes',
	'troubles',
	'connectionFaults',
	'queueStreams',
	'queue',
	'answers',
	'deliveries',
	'deadLetters',
	'import',
];

class LongestFirst extends Sequencer {
	/** @param {import('@jest/test-result').Test[]} tests */
	sort(tests) {
		const rankOf = ({ path: file, context }) => {
			if (context.config.displayName?.name !== 'system') return LONGEST.length + 1;
			const rank = LONGEST.indexOf(path.basename(file, '.test.ts'));
			return rank < 0 ? LONGEST.length : rank;
		};
		return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
	}
}

LongestFirst.LONGEST = LONGEST;

module.exports = LongestFirst;
