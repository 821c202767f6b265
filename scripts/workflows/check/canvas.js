'use strict';
const { isNote } = require('../workflows.js');
const { edges } = require('./graph.js');

/** @import { INodeTypeDescription } from 'n8n-workflow' */
/** @import { Workflow, WorkflowNode } from '../workflows.js' */
/** @import { Catalogue } from './catalogue.js' */
/** @import { Edge } from './graph.js' */
/** @import { Problems } from './index.js' */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

const GRID = 16;
// What the editor draws: a node with its name below it; wider where sub-nodes hang on it.
const NODE = { width: 96, height: 128 };
const WIDE_NODE = { width: 256, height: 128 };
const NOTE = { width: 240, height: 160 };
// "About 15" fit one screen; beyond this a part belongs in a sub-workflow.
const MOST_NODES = 18;
/** Of a workflow that fills the screen, n8n's checklist for published workflows covers so much on the left. */
const CHECKLIST_WIDTH = 560;
const CHINESE = /\p{Script=Han}/u;

/** @param {unknown} text */
const firstLine = (text) => String(text).split('\n', 1)[0] ?? '';

/** @param {WorkflowNode} node */
const isTitle = (node) => isNote(node) && /^#{1,2} /.test(node.parameters.content ?? '');

/**
 * @param {WorkflowNode} node
 * @param {INodeTypeDescription | undefined} description
 * @returns {Box}
 */
function box(node, description) {
	const [x, y] = node.position;
	if (isNote(node)) {
		return {
			x,
			y,
			width: node.parameters.width ?? NOTE.width,
			height: node.parameters.height ?? NOTE.height,
		};
	}
	const inputs = Array.isArray(description?.inputs) ? description.inputs : [];
	const hasSubNodes = inputs.some((input) => (typeof input === 'string' ? input : input.type).startsWith('ai_'));
	return { x, y, ...(hasSubNodes ? WIDE_NODE : NODE) };
}

/**
 * @param {Box} a
 * @param {Box} b
 */
const overlap = (a, b) =>
	a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkOverlaps(workflow, catalogue) {
	const boxes = workflow.nodes.map((node) => ({
		node,
		...box(node, catalogue.find(node.type, node.typeVersion)),
	}));
	for (const [index, a] of boxes.entries()) {
		for (const b of boxes.slice(index + 1)) {
			// A plain note may frame nodes; the title note and nodes keep apart from everything.
			const framing = isNote(a.node) !== isNote(b.node) && !isTitle(a.node) && !isTitle(b.node);
			if (!framing && overlap(a, b)) {
				yield { rule: 'overlap', node: a.node.name, text: `it overlaps "${b.node.name}"` };
			}
		}
	}
}

/**
 * Whether `from` leads to `to` along main connections.
 *
 * @param {string} from
 * @param {string} to
 * @param {Edge[]} main
 */
function leadsTo(from, to, main) {
	const seen = new Set();
	const open = [from];
	for (let name = open.pop(); name !== undefined; name = open.pop()) {
		if (name === to) return true;
		if (seen.has(name)) continue;
		seen.add(name);
		open.push(...main.filter((edge) => edge.from === name).map((edge) => edge.to));
	}
	return false;
}

/**
 * @param {Workflow} workflow
 * @returns {Problems}
 */
function* checkDirection(workflow) {
	const places = new Map(workflow.nodes.map((node) => [node.name, node.position]));
	const main = edges(workflow).filter(({ type }) => type === 'main');
	for (const { from, to } of main) {
		const [fromPlace, toPlace] = [places.get(from), places.get(to)];
		if (!fromPlace || !toPlace) continue;
		// Only a loop may lead back.
		if (toPlace[0] <= fromPlace[0] && !leadsTo(to, from, main)) {
			yield {
				rule: 'direction',
				node: to,
				text: `it stands left of (or above) "${from}", which leads to it`,
			};
		}
	}
}

/**
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkNames(workflow, catalogue) {
	const seen = new Set();
	for (const node of workflow.nodes) {
		if (seen.has(node.name))
			yield { rule: 'duplicate-name', node: node.name, text: 'two nodes have this name' };
		seen.add(node.name);
		const description = catalogue.find(node.type, node.typeVersion);
		const defaults = [description?.defaults?.name, description?.displayName].filter(Boolean);
		if (!isNote(node) && defaults.includes(node.name.replace(/ ?\d+$/, ''))) {
			yield {
				rule: 'default-name',
				node: node.name,
				text: 'its name should say what it does here',
			};
		}
	}
}

/**
 * What the workflow is for, in both languages, above the flow and right of where n8n lays its checklist over the
 * canvas.
 *
 * @param {Workflow} workflow
 * @returns {Problems}
 */
function* checkTitles({ nodes }) {
	const titles = nodes.filter(isTitle);
	const chinese = titles.filter(({ parameters }) => CHINESE.test(firstLine(parameters.content)));
	if (titles.length !== 2 || chinese.length !== 1) {
		yield {
			rule: 'title-note',
			text: `it has ${chinese.length} title notes in Chinese and ${titles.length - chinese.length} in English (notes that begin with "# " or "## "), not 1 of each`,
		};
	}
	const flow = nodes.filter((node) => !isNote(node)).map(({ position }) => position);
	const [left, top] = [0, 1].map((axis) => Math.min(...flow.map((place) => place[axis] ?? 0)));
	for (const { name, position, parameters } of titles) {
		const [x, y] = position;
		const height = parameters.height ?? NOTE.height;
		if (x - (left ?? 0) < CHECKLIST_WIDTH || y + height > (top ?? 0)) {
			yield {
				rule: 'title-place',
				node: name,
				text: `it does not stand above the flow, at least ${CHECKLIST_WIDTH} right of its beginning`,
			};
		}
	}
}

/**
 * Whether the canvas reads well: names, titles, a grid, left to right, nothing on top of
 * another.
 *
 * @param {Workflow} workflow
 * @param {Catalogue} catalogue
 * @returns {Problems}
 */
function* checkCanvas(workflow, catalogue) {
	yield* checkTitles(workflow);
	const count = workflow.nodes.filter((node) => !isNote(node)).length;
	if (count > MOST_NODES) {
		yield {
			rule: 'too-large',
			text: `${count} nodes do not fit one screen; move a part into a sub-workflow`,
		};
	}
	for (const node of workflow.nodes) {
		if (node.position.some((value) => value % GRID !== 0)) {
			yield {
				rule: 'off-grid',
				node: node.name,
				text: `${node.position.join(', ')} is not on the ${GRID}-pixel grid`,
			};
		}
	}
	yield* checkNames(workflow, catalogue);
	yield* checkOverlaps(workflow, catalogue);
	yield* checkDirection(workflow);
}

module.exports = { checkCanvas };
