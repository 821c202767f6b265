'use strict';
const { isNote } = require('../workflows/workflows.js');

/** @import { Workflow } from '../workflows/workflows.js' */

/**
 * Finds the copies of a bundled workflow in another n8n, the best one first: by its id where n8n's
 * command line or `npm start` imported it, else by the node id of a note in it, which survives every
 * kind of import and renaming.
 *
 * @template {Workflow} W
 * @param {Workflow} workflow
 * @param {W[]} remote
 */
function findCopies(workflow, remote) {
	const notes = new Set(workflow.nodes.filter(isNote).map(({ id }) => id));
	const copies = remote.filter(
		(other) =>
			other.id === workflow.id || other.nodes.some((node) => isNote(node) && notes.has(node.id)),
	);
	/** @param {Workflow} other */
	const rank = (other) => (other.id === workflow.id ? 0 : other.name === workflow.name ? 1 : 2);
	return copies.sort((a, b) => rank(a) - rank(b));
}

module.exports = { findCopies };
