'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { inRoot } = require('../../machine/paths.js');
const { StepFailure } = require('../../machine/steps.js');

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/** Descriptions of n8n's own nodes, as its packages ship them for the editor. */
function shippedDescriptions(packageName) {
	return readJson(inRoot('node_modules', packageName, 'dist', 'types', 'nodes.json'));
}

/** Descriptions of this package's built nodes, one for each version. */
function builtDescriptions(folder) {
	const { n8n } = readJson(path.join(folder, 'package.json'));
	return n8n.nodes.flatMap((file) => {
		const target = path.join(folder, file);
		if (!fs.existsSync(target)) {
			throw new StepFailure(`${file} is not built`, 'Run npm run build first.');
		}
		const NodeType = require(target)[path.basename(file).replace('.node.js', '')];
		const node = new NodeType();
		const versions = node.nodeVersions ? Object.values(node.nodeVersions) : [node];
		return versions.map(({ description }) => description);
	});
}

/**
 * Makes the list of node types that a workflow may use. `packages` maps a package name to its node
 * descriptions.
 *
 * `has(type)` tells whether the type exists, `find(type, version)` gives its description.
 */
function createCatalogue(packages) {
	const types = new Map();
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
		has: (type) => types.has(type),
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
