'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { inRoot } = require('../../machine/paths.js');
const { StepFailure } = require('../../machine/steps.js');

/** @import { INodeTypeDescription } from 'n8n-workflow' */
/** @typedef {ReturnType<typeof createCatalogue>} Catalogue */

/**
 * @param {string} file
 * @returns {any}
 */
const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/**
 * Descriptions of n8n's own nodes, as its packages ship them for the editor.
 *
 * @param {string} packageName
 * @returns {INodeTypeDescription[]}
 */
function shippedDescriptions(packageName) {
	return readJson(inRoot('node_modules', packageName, 'dist', 'types', 'nodes.json'));
}

/**
 * Descriptions of this package's built nodes, one for each version.
 *
 * @param {string} folder
 * @returns {INodeTypeDescription[]}
 */
function builtDescriptions(folder) {
	const { n8n } = readJson(path.join(folder, 'package.json'));
	/** @type {string[]} */
	const files = n8n.nodes;
	return files.flatMap((file) => {
		const target = path.join(folder, file);
		if (!fs.existsSync(target)) {
			throw new StepFailure(`${file} is not built`, 'Run npm run build first.');
		}
		const NodeType = require(target)[path.basename(file).replace('.node.js', '')];
		const node = new NodeType();
		/** @type {{ description: INodeTypeDescription }[]} */
		const versions = node.nodeVersions ? Object.values(node.nodeVersions) : [node];
		return versions.map(({ description }) => description);
	});
}

/**
 * Makes the list of node types that a workflow may use. `packages` maps a package name to its node
 * descriptions.
 *
 * @param {Record<string, INodeTypeDescription[]>} packages
 */
function createCatalogue(packages) {
	/** @type {Map<string, INodeTypeDescription[]>} */
	const types = new Map();
	/**
	 * @param {string} type
	 * @param {INodeTypeDescription} description
	 */
	const add = (type, description) => types.set(type, [...(types.get(type) ?? []), description]);
	for (const [packageName, descriptions] of Object.entries(packages)) {
		for (const description of descriptions) {
			add(`${packageName}.${description.name}`, description);
			// n8n derives these at run time: the same node as a tool of an AI agent.
			if (description.usableAsTool) {
				add(`${packageName}.${description.name}Tool`, { ...description, outputs: ['ai_tool'] });
			}
		}
	}
	return {
		/** @param {string} type */
		has: (type) => types.has(type),
		/**
		 * The description of a type, undefined where it has no such version.
		 *
		 * @param {string} type
		 * @param {number} version
		 */
		find: (type, version) =>
			types.get(type)?.find((description) => [description.version].flat().includes(version)),
	};
}

/** This package as built, and the nodes that come with n8n. */
function loadCatalogue(folder = inRoot()) {
	return createCatalogue({
		'n8n-nodes-clawbot': builtDescriptions(folder),
		'n8n-nodes-base': shippedDescriptions('n8n-nodes-base'),
		'@n8n/n8n-nodes-langchain': shippedDescriptions('@n8n/n8n-nodes-langchain'),
	});
}

module.exports = { createCatalogue, loadCatalogue };
