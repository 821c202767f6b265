'use strict';

/** @param {'typescript' | 'ecmascript'} syntax */
const toCommonJs = (syntax) => [
	'@swc/jest',
	{ jsc: { parser: { syntax }, target: 'es2022' }, module: { type: 'commonjs' } },
];

const esModules = '(jose|commonmark\\.json|n8n-workflow/dist/cjs/expression)(/.+)?\\.js$';

const common = {
	rootDir: __dirname,
	testEnvironment: 'node',
	transform: {
		'\\.ts$': toCommonJs('typescript'),
		// They are ES modules, or import one, which jest cannot do without a flag of Node's.
		[`/node_modules/(${esModules})`]: toCommonJs('ecmascript'),
	},
	transformIgnorePatterns: [`/node_modules/(?!${esModules})`],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.clawbot/'],
};

/**
 * Two projects: `fast` needs nothing running; each file of `system` starts a real n8n with the packed
 * package, and the sandbox.
 */
module.exports = {
	// One more than the cores of a small machine: the tests of the system wait for most of their time.
	maxWorkers: 3,
	testSequencer: '<rootDir>/test/e2e/longestFirst.js',
	// No test judges how quick something is: a busy machine may take its time. Most tests have no other limit.
	testTimeout: 300_000,
	projects: [
		{
			...common,
			displayName: 'fast',
			testMatch: ['<rootDir>/test/**/*.test.ts'],
			testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
		},
		{
			...common,
			displayName: 'system',
			testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
			globalSetup: '<rootDir>/test/e2e/prepare.js',
			setupFiles: ['<rootDir>/test/e2e/freshConnections.js'],
		},
	],
};
