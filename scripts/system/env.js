'use strict';
const fs = require('node:fs');
const { StepFailure } = require('../machine/steps.js');

/**
 * Reads the text of a `.env` file: `NAME=value` lines, `#` comments, optional `export`, values
 * plain, in single quotes (as they are) or in double quotes (with \n, \" and \\). Empty values
 * count as unset.
 */
function parseEnv(text) {
	const values = {};
	for (const [index, line] of text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
		if (!match) {
			throw new StepFailure(
				`.env, line ${index + 1}: not NAME=value`,
				'Correct the line; see .env.example.',
			);
		}
		const value = unquote(match[2], index + 1);
		if (value !== '') values[match[1]] = value;
	}
	return values;
}

function unquote(text, line) {
	const quote = text[0];
	if (quote !== '"' && quote !== "'") return text.replace(/\s+#.*$/, '');
	const match =
		quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/.exec(text) : /^'([^']*)'\s*(#.*)?$/.exec(text);
	if (!match)
		throw new StepFailure(`.env, line ${line}: the quote is not closed`, 'Close the quote.');
	if (quote === "'") return match[1];
	return match[1].replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
}

/** The variables of a `.env` file and of the environment; the environment wins. */
function readEnv(file, environment = process.env) {
	const values = fs.existsSync(file) ? parseEnv(fs.readFileSync(file, 'utf8')) : {};
	for (const [name, value] of Object.entries(environment)) {
		if (name.startsWith('CLAWBOT_') && name !== 'CLAWBOT_DATA' && value) values[name] = value;
	}
	return values;
}

/** Those variables that are n8n's own settings and go to it as they are. */
function n8nSettings(variables) {
	const theirs = /^(N8N_|EXECUTIONS_|DB_|QUEUE_|WEBHOOK_URL$|GENERIC_TIMEZONE$|TZ$)/;
	return Object.fromEntries(Object.entries(variables).filter(([name]) => theirs.test(name)));
}

module.exports = { n8nSettings, parseEnv, readEnv };
