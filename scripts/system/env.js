'use strict';
const fs = require('node:fs');
const { StepFailure } = require('../machine/steps.js');

/** @import { Variables } from './credentials.js' */

/**
 * Reads the text of a `.env` file: `NAME=value` lines, `#` comments, optional `export`, values
 * plain, in single quotes (as they are) or in double quotes (with \n, \" and \\). Empty values
 * count as unset.
 *
 * @param {string} text
 */
function parseEnv(text) {
	/** @type {Variables} */
	const values = {};
	for (const [index, line] of text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const [, name, written] =
			/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
		if (name === undefined || written === undefined) {
			throw new StepFailure(
				`.env, line ${index + 1}: not NAME=value`,
				'Correct the line; see .env.example.',
			);
		}
		const value = unquote(written, index + 1);
		if (value !== '') values[name] = value;
	}
	return values;
}

/**
 * @param {string} text
 * @param {number} line for an error message
 */
function unquote(text, line) {
	const quote = text[0];
	if (quote !== '"' && quote !== "'") return text.replace(/\s+#.*$/, '');
	const pattern = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/ : /^'([^']*)'\s*(#.*)?$/;
	const inside = pattern.exec(text)?.[1];
	if (inside === undefined)
		throw new StepFailure(`.env, line ${line}: the quote is not closed`, 'Close the quote.');
	if (quote === "'") return inside;
	return inside.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
}

/**
 * The variables of a `.env` file and of the environment; the environment wins.
 *
 * @param {string} file
 */
function readEnv(file, environment = process.env) {
	const values = fs.existsSync(file) ? parseEnv(fs.readFileSync(file, 'utf8')) : {};
	for (const [name, value] of Object.entries(environment)) {
		if (name.startsWith('CLAWBOT_') && name !== 'CLAWBOT_DATA' && value) values[name] = value;
	}
	return values;
}

/**
 * Those variables that are n8n's own settings and go to it as they are.
 *
 * @param {Variables} variables
 */
function n8nSettings(variables) {
	const theirs = /^(N8N_|EXECUTIONS_|DB_|QUEUE_|WEBHOOK_URL$|GENERIC_TIMEZONE$|TZ$)/;
	return Object.fromEntries(Object.entries(variables).filter(([name]) => theirs.test(name)));
}

module.exports = { n8nSettings, parseEnv, readEnv };
