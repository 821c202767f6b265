'use strict';
const { NodeHelpers } = require('n8n-workflow');

const isExpression = (value) => typeof value === 'string' && value.startsWith('=');
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
// Types whose values n8n's editor shapes itself, beyond what the description says.
const OPAQUE = new Set([
	'resourceMapper',
	'filter',
	'assignmentCollection',
	'json',
	'credentialsSelect',
]);
const PRIMITIVE = { boolean: 'boolean', number: 'number', string: 'string' };

/** Checks one value against the properties of its name; yields `{ rule, text }`. */
function* checkValue(value, candidates, path) {
	if (isExpression(value)) return;
	const property = candidates[0];
	if (property.type === 'options' || property.type === 'multiOptions') {
		yield* checkOption(value, candidates, path);
	} else if (property.type === 'resourceLocator' || property.type === 'workflowSelector') {
		const modes = candidates.flatMap(
			({ modes: own }) => own?.map(({ name }) => name) ?? ['list', 'id'],
		);
		if (!isObject(value) || !modes.includes(value.mode)) {
			yield { rule: 'bad-option', text: `${path}: mode must be one of ${modes.join(', ')}` };
		}
	} else if (property.type === 'collection') {
		if (!isObject(value)) yield { rule: 'bad-option', text: `${path} must be an object` };
		else
			yield* checkObject(
				value,
				candidates.flatMap(({ options }) => options),
				path,
			);
	} else if (property.type === 'fixedCollection') {
		yield* checkFixedCollection(value, candidates, path);
	} else if (PRIMITIVE[property.type] && !OPAQUE.has(property.type)) {
		const values = property.typeOptions?.multipleValues ? [value].flat() : [value];
		const wrong = values.some(
			(single) => !isExpression(single) && typeof single !== PRIMITIVE[property.type],
		);
		if (wrong) yield { rule: 'bad-option', text: `${path} must be a ${property.type}` };
	}
}

function* checkOption(value, candidates, path) {
	// Lists that a node loads from its service cannot be known here.
	if (
		candidates.some(({ typeOptions }) => typeOptions?.loadOptionsMethod || typeOptions?.loadOptions)
	)
		return;
	const allowed = candidates.flatMap(({ options }) =>
		(options ?? []).map((option) => option.value),
	);
	for (const single of Array.isArray(value) ? value : [value]) {
		if (!allowed.includes(single)) {
			yield {
				rule: 'bad-option',
				text: `${path}: ${JSON.stringify(single)} is not one of ${allowed.join(', ')}`,
			};
		}
	}
}

function* checkFixedCollection(value, candidates, path) {
	const groups = candidates.flatMap(({ options }) => options);
	for (const [name, entries] of Object.entries(value ?? {})) {
		const group = groups.filter((option) => option.name === name);
		if (group.length === 0) {
			yield { rule: 'unknown-parameter', text: `${path}.${name} does not exist` };
			continue;
		}
		for (const entry of [entries].flat().filter(isObject)) {
			yield* checkObject(
				entry,
				group.flatMap((option) => option.values),
				`${path}.${name}`,
			);
		}
	}
}

function* checkObject(object, properties, path) {
	for (const [name, value] of Object.entries(object)) {
		const candidates = properties.filter((property) => property.name === name);
		const place = path ? `${path}.${name}` : name;
		if (candidates.length === 0)
			yield { rule: 'unknown-parameter', text: `${place} does not exist` };
		else yield* checkValue(value, candidates, place);
	}
}

/**
 * Everything wrong with a node's parameters: names that do not exist or do not apply with the other
 * values, values outside their lists, required ones that are empty. Yields `{ rule, text }`.
 */
function* checkParameters(node, description) {
	const { properties } = description;
	const resolved = {
		...node,
		parameters: NodeHelpers.getNodeParameters(
			properties,
			node.parameters,
			true,
			false,
			node,
			description,
		),
	};
	for (const [name, value] of Object.entries(node.parameters)) {
		const named = properties.filter((property) => property.name === name);
		const shown = named.filter((property) =>
			NodeHelpers.displayParameter(resolved.parameters, property, node, description),
		);
		if (named.length === 0) yield { rule: 'unknown-parameter', text: `${name} does not exist` };
		else if (shown.length === 0)
			yield { rule: 'hidden-parameter', text: `${name} has no effect with the other parameters` };
		else yield* checkValue(value, shown, name);
	}
	const issues = NodeHelpers.getNodeParametersIssues(properties, resolved, description);
	for (const [name, texts] of Object.entries(issues?.parameters ?? {})) {
		// Options outside their list are reported above, by name and with what is allowed.
		const missing = texts.filter((text) => text.includes('required'));
		for (const text of missing) yield { rule: 'missing-parameter', text: `${name}: ${text}` };
	}
}

module.exports = { checkParameters };
