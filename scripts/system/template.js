'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { createHash, randomBytes } = require('node:crypto');
const { createN8n } = require('./n8n.js');
const { build, pack } = require('../machine/package.js');
const { inRoot, paths } = require('../machine/paths.js');

/** @import { Packed } from '../machine/package.js' */

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

/** Builds and packs the package; the next one who asks gets the same tarball until a source changes. */
async function packOnce() {
	await build();
	return await pack(path.join(paths.data, 'package'));
}

/**
 * The user folder of an n8n that has never run: the package installed, the tables of its database made. It
 * is made once for each build of the package, and copied for each system of a test.
 *
 * @param {Packed} [packed] the package of this folder when left out
 * @returns {Promise<string>}
 */
async function prepareTemplate(packed) {
	const given = packed ?? (await packOnce());
	const name = nameOf(given);
	const folder = path.join(TEMPLATES, name);
	if (fs.existsSync(folder)) return folder;
	for (const old of fs.existsSync(TEMPLATES) ? fs.readdirSync(TEMPLATES) : []) {
		if (!old.startsWith(name)) fs.rmSync(path.join(TEMPLATES, old), { recursive: true });
	}
	// Made beside and renamed: nobody copies half of one.
	const making = `${folder}-${process.pid}`;
	const n8n = createN8n({
		folder: making,
		// Nothing listens: no n8n is started.
		port: 0,
		brokerPort: 0,
		encryptionKey: randomBytes(24).toString('hex'),
		owner: { email: 'nobody@clawbot.local', password: randomBytes(12).toString('hex') },
		settings: compileCache,
	});
	await n8n.installPackage(given);
	// Any command makes the tables.
	await n8n.cli(['list:workflow']);
	try {
		fs.renameSync(making, folder);
	} catch (error) {
		// Another one was quicker.
		if (!fs.existsSync(folder)) throw error;
		fs.rmSync(making, { recursive: true });
	}
	return folder;
}

/**
 * Copies a template to where an n8n is to be; returns the key with which it encrypts.
 *
 * @param {string} template
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function copyTemplate(template, folder) {
	await fs.promises.cp(template, folder, { recursive: true });
	const config = path.join(folder, '.n8n', 'config');
	return JSON.parse(fs.readFileSync(config, 'utf8')).encryptionKey;
}

module.exports = { compileCache, copyTemplate, prepareTemplate };
