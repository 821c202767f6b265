'use strict';
const { parseArgs } = require('node:util');
const { errorOf } = require('./errors.js');
const { StepFailure } = require('./steps.js');

/** @import { ParseArgsConfig } from 'node:util' */

/**
 * Reads the command line. What it does not know is a failure that names `usage`.
 *
 * @template {ParseArgsConfig} Config
 * @param {string} usage what the command takes, e.g. `[--quick] [--only NAME]`
 * @param {Config} config
 */
function readArguments(usage, config) {
	try {
		return parseArgs(config);
	} catch (error) {
		throw new StepFailure(errorOf(error).message, `Known are ${usage}`);
	}
}

module.exports = { readArguments };
