'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { errorOf } = require('./machine/errors.js');

/** @import { Algorithm, Expected, Inputs } from './vectors/checks.js' */
/** @typedef {{ id: string, inputs: Inputs, expected: Expected }} Vector */

/*
 * npm run vectors -- FOLDER
 * Runs the package's protocol code (dist/) over every vector file of a folder and ends with
 * `N passed, N failed`. A file is { algorithm, vectors: [{ id, inputs, expected }] }.
 */

/** @type {Record<string, Algorithm>} */
const algorithms = {
	...require('./vectors/dingtalk.js').algorithms,
	...require('./vectors/feishu.js').algorithms,
	...require('./vectors/model.js').algorithms,
	...require('./vectors/wecom.js').algorithms,
};

/**
 * Runs one vector. Returns undefined when it passed, else what was wrong.
 *
 * @param {string} algorithm
 * @param {Vector} vector
 */
function runVector(algorithm, vector) {
	const run = algorithms[algorithm];
	if (!run) return `unknown algorithm ${algorithm}`;
	try {
		run(vector.inputs, vector.expected);
		return undefined;
	} catch (error) {
		return errorOf(error).message.split('\n').slice(0, 12).join('\n');
	}
}

/**
 * @param {string} file
 * @returns {{ algorithm: string, vectors: Vector[] }}
 */
function readVectors(file) {
	const document = JSON.parse(readFileSync(file, 'utf8'));
	if (!Array.isArray(document.vectors)) throw new Error('no list of vectors');
	return document;
}

/**
 * Runs every vector of every file of a folder.
 *
 * @param {string} folder
 * @param {(line: string) => void} log
 */
function runFolder(folder, log) {
	let passed = 0;
	let failed = 0;
	/** @param {string} line */
	const fail = (line) => {
		failed++;
		log(line);
	};
	const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
	for (const file of files.sort()) {
		try {
			const { algorithm, vectors } = readVectors(join(folder, file));
			for (const vector of vectors) {
				const problem = runVector(algorithm, vector);
				if (problem === undefined) passed++;
				else fail(`${file} ${vector.id}: ${problem}`);
			}
		} catch (error) {
			fail(`${file}: cannot be read as a vector file: ${errorOf(error).message}`);
		}
	}
	return { passed, failed };
}

module.exports = { runFolder, runVector };

if (require.main === module) {
	const folder = process.argv[2];
	if (!folder) {
		console.error('Say which folder: npm run vectors -- test/vectors');
		process.exit(2);
	}
	const { passed, failed } = runFolder(folder, console.log);
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
