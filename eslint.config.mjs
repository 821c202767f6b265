import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import tseslint from 'typescript-eslint';

/** n8n's own rules over what is shipped; the ordinary ones over everything that is written. */
export default tseslint.config(
	{ ignores: ['dist/', 'node_modules/', '.clawbot/', 'coverage/'] },
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommended],
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: { '@typescript-eslint/consistent-type-imports': 'error' },
	},
	{
		// Plain JavaScript, which a fresh clone runs before any package is there; tsc checks its types and names.
		files: ['**/*.js'],
		extends: [tseslint.configs.recommended],
		languageOptions: { sourceType: 'commonjs' },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ ignoreRestSiblings: true, argsIgnorePattern: '^_' },
			],
			eqeqeq: 'error',
		},
	},
	{
		files: ['scripts/**/*.js'],
		rules: { 'max-lines-per-function': ['error', 60] },
	},
	{
		files: [
			'nodes/**/*.ts',
			'credentials/**/*.ts',
			'protocol/**/*.ts',
			'core/**/*.ts',
			'package.json',
		],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
	},
	{
		// What a step needs travels as one value: on the way out that is the send context.
		files: ['nodes/**/*.ts', 'protocol/{outgoing,*/encode}.ts'],
		rules: { 'max-params': ['error', 3] },
	},
	{
		files: ['package.json'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
	},
);
