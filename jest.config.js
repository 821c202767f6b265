'use strict';

const common = {
	rootDir: __dirname,
	testEnvironment: 'node',
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.clawbot/'],
};

/**
 * Two projects: `fast` needs nothing running; each file of `system` starts a real n8n with the packed
 * package, and the sandbox.
 */
module.exports = {
	maxWorkers: 2,
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
		},
	],
};
