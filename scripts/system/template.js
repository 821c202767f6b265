'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHash, randomBytes } = require('node:crypto');
const { build, pack } = require('../machine/package.js');
const { inRoot, paths } = require('../machine/paths.js');
const { N8n } = require('./n8n.js');

/** @import { Packed } from '../machine/package.js' */

/** @typedef {{ folder: string, encryptionKey: string }} Template a user folder of n8n, and its key */

const TEMPLATES = path.join(paths.data, 'templates');
/** Spares each n8n of a test the compiling of n8n's own files. */
const compileCache = { NODE_COMPILE_CACHE: path.join(paths.data, 'compile-cache') };

/**
 * Changes with everything that a template is made of.
 *
 * @param {Packed} packed
 */
function nameOf({ hash }) {
	const n8n = fs.readFileSync(inRoot('node_modules', 'n8n', 'package.json'));
	return createHash('sha256').update(hash).update(n8n).digest('hex').slice(0, 16);
}

/** @param {string} folder */
function readTemplate(folder) {
	const config = fs.readFileSync(path.join(folder, '.n8n', 'config'), 'utf8');
	/** @type {string} */
	const encryptionKey = JSON.parse(config).encryptionKey;
	return { folder, encryptionKey };
}

/**
 * @param {string} folder
 * @param {Packed} packed
 */
async function make(folder, packed) {
	const n8n = new N8n({
		folder,
		// Nothing listens: no n8n is started.
		port: 0,
		brokerPort: 0,
		encryptionKey: randomBytes(24).toString('hex'),
		owner: { email: 'nobody@clawbot.local', password: randomBytes(12).toString('hex') },
		settings: compileCache,
	});
	await n8n.installPackage(packed);
	// Any command makes the tables.
	await n8n.cli(['list:workflow']);
}

/**
 * The user folder of an n8n that has never run: the package installed, the tables of its database made. It
 * is made once for each build of the package, and copied for each system of a test.
 *
 * @param {Packed} [given] the package of this folder when left out
 * @returns {Promise<Template>}
 */
async function prepareTemplate(given) {
	if (!given) await build();
	const packed = given ?? (await pack(path.join(paths.data, 'package')));
	const name = nameOf(packed);
	const folder = path.join(TEMPLATES, name);
	if (fs.existsSync(folder)) return readTemplate(folder);
	for (const old of fs.existsSync(TEMPLATES) ? fs.readdirSync(TEMPLATES) : []) {
		if (!old.startsWith(name)) fs.rmSync(path.join(TEMPLATES, old), { recursive: true });
	}
	// Made beside and renamed: nobody copies half of one.
	const making = `${folder}-${process.pid}`;
	await make(making, packed);
	try {
		fs.renameSync(making, folder);
	} catch (error) {
		// Another one was quicker.
		if (!fs.existsSync(folder)) throw error;
		fs.rmSync(making, { recursive: true });
	}
	return readTemplate(folder);
}

module.exports = { compileCache, prepareTemplate };
