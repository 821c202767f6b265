'use strict';
const { NodeHelpers } = require('n8n-workflow');

/** @import { INodeProperties, INodePropertyCollection, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow' */
/** @import { WorkflowNode } from '../workflows.js' */
/** @import { Problems } from './index.js' */
/** @typedef {[INodeProperties, ...INodeProperties[]]} Candidates properties of one name, of which one applies */

/** @param {unknown} value */
const isExpression = (value) => typeof value === 'string' && value.startsWith('=');
/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
// Types whose values n8n's editor shapes itself, beyond what the description says.
/** @type {Set<string>} */
const OPAQUE = new Set([
	'resourceMapper',
	'filter',
	'assignmentCollection',
	'json',
	'credentialsSelect',
]);
/** @type {Record<string, string>} */
const PRIMITIVE = { boolean: 'boolean', number: 'number', string: 'string' };

/**
 * Checks one value against the properties of its name.
 *
 * @param {unknown} value
 * @param {Candidates} candidates
 * @param {string} path of the value, for people
 * @returns {Problems}
 */
function* checkValue(value, candidates, path) {
	if (isExpression(value)) return;
	const [{ type }] = candidates;
	if (type === 'options' || type === 'multiOptions') yield* checkOption(value, candidates, path);
	else if (type === 'resourceLocator' || type === 'workflowSelector')
		yield* checkLocator(value, candidates, path);
	else if (type === 'collection') yield* checkCollection(value, candidates, path);
	else if (type === 'fixedCollection') yield* checkFixedCollection(value, candidates, path);
	else if (!OPAQUE.has(type)) yield* checkPrimitive(value, candidates, path);
}

/** @type {typeof checkValue} */
function* checkPrimitive(value, [{ type, typeOptions }], path) {
	const wanted = PRIMITIVE[type];
	if (!wanted) return;
	const values = typeOptions?.multipleValues ? [value].flat() : [value];
	if (values.some((single) => !isExpression(single) && typeof single !== wanted))
		yield { rule: 'bad-option', text: `${path} must be a ${type}` };
}

/** @type {typeof checkValue} */
function* checkLocator(value, candidates, path) {
	const modes = candidates.flatMap(
		({ modes: own }) => own?.map(({ name }) => name) ?? ['list', 'id'],
	);
	if (!isObject(value) || !modes.includes(String(value.mode)))
		yield { rule: 'bad-option', text: `${path}: mode must be one of ${modes.join(', ')}` };
}

/** @type {typeof checkValue} */
function* checkOption(value, candidates, path) {
	// Lists that a node loads from its service cannot be known here.
	if (candidates.some(({ typeOptions: how }) => how?.loadOptionsMethod || how?.loadOptions)) return;
	const options = /** @type {INodePropertyOptions[]} */ (listed(candidates));
	/** @type {unknown[]} */
	const allowed = options.map((option) => option.value);
	for (const single of [value].flat()) {
		if (allowed.includes(single)) continue;
		const text = `${path}: ${JSON.stringify(single)} is not one of ${allowed.join(', ')}`;
		yield { rule: 'bad-option', text };
	}
}

/** @type {typeof checkValue} */
function* checkCollection(value, candidates, path) {
	if (!isObject(value)) yield { rule: 'bad-option', text: `${path} must be an object` };
	else yield* checkObject(value, /** @type {INodeProperties[]} */ (listed(candidates)), path);
}

/** @type {typeof checkValue} */
function* checkFixedCollection(value, candidates, path) {
	const groups = /** @type {INodePropertyCollection[]} */ (listed(candidates));
	for (const [name, entries] of Object.entries(value ?? {})) {
		const group = groups.filter((option) => option.name === name);
		if (group.length === 0) {
			yield { rule: 'unknown-parameter', text: `${path}.${name} does not exist` };
			continue;
		}
		const properties = group.flatMap((option) => option.values);
		for (const entry of [entries].flat().filter(isObject))
			yield* checkObject(entry, properties, `${path}.${name}`);
	}
}

/**
 * What properties list below them: what it is follows from their type.
 *
 * @param {INodeProperties[]} properties
 */
const listed = (properties) => properties.flatMap(({ options }) => options ?? []);

/**
 * @param {Record<string, unknown>} object
 * @param {INodeProperties[]} properties
 * @param {string} path
 * @returns {Problems}
 */
function* checkObject(object, properties, path) {
	for (const [name, value] of Object.entries(object)) {
		const [first, ...others] = properties.filter((property) => property.name === name);
		const place = `${path}.${name}`;
		if (!first) yield { rule: 'unknown-parameter', text: `${place} does not exist` };
		else yield* checkValue(value, [first, ...others], place);
	}
}

/**
 * Everything wrong with a node's parameters: names that do not exist or do not apply with the other
 * values, values outside their lists, required ones that are empty.
 *
 * @param {WorkflowNode} node
 * @param {INodeTypeDescription} description
 * @returns {Problems}
 */
function* checkParameters(node, description) {
	const { properties } = description;
	const { parameters } = node;
	// The parameters together with the defaults of those that are left out.
	const all = NodeHelpers.getNodeParameters(properties, parameters, true, false, node, description);
	const resolved = { ...node, parameters: all ?? {} };
	for (const [name, value] of Object.entries(parameters)) {
		const named = properties.filter((property) => property.name === name);
		const [shown, ...others] = named.filter((property) =>
			NodeHelpers.displayParameter(resolved.parameters, property, node, description),
		);
		if (named.length === 0) yield { rule: 'unknown-parameter', text: `${name} does not exist` };
		else if (!shown)
			yield { rule: 'hidden-parameter', text: `${name} has no effect with the other parameters` };
		else yield* checkValue(value, [shown, ...others], name);
	}
	const issues = NodeHelpers.getNodeParametersIssues(properties, resolved, description);
	for (const [name, texts] of Object.entries(issues?.parameters ?? {})) {
		// Options outside their list are reported above, by name and with what is allowed.
		const missing = texts.filter((text) => text.includes('required'));
		for (const text of missing) yield { rule: 'missing-parameter', text: `${name}: ${text}` };
	}
}

module.exports = { checkParameters };
