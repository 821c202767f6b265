'use strict';

/** @import { Workflow } from './workflows.js' */

/** Of n8n, as the bundled workflows call their own. */
const DEFAULT_URL = 'http://127.0.0.1:5678';

/**
 * The same JSON with its text changed.
 *
 * @template T
 * @param {T} value
 * @param {(text: string) => string} change
 * @returns {T}
 */
const rewritten = (value, change) => JSON.parse(change(JSON.stringify(value)));

/** @param {string} url */
const isLocal = (url) => new URL(url).hostname === '127.0.0.1';

/**
 * The same workflows, with this n8n's address where they call it: on this machine it may listen on
 * another port than n8n's default one. Elsewhere the address is a person's work.
 *
 * @param {Workflow[]} workflows
 * @param {string} n8nUrl
 */
const atAddress = (workflows, n8nUrl) =>
	isLocal(n8nUrl)
		? rewritten(workflows, (text) => text.replaceAll(`"${DEFAULT_URL}/`, `"${n8nUrl}/`))
		: workflows;

/**
 * The bundle's own form of what `atAddress` made.
 *
 * @template {Workflow | Workflow[]} T
 * @param {T} workflow
 * @param {string} n8nUrl
 */
const atDefault = (workflow, n8nUrl) =>
	isLocal(n8nUrl)
		? rewritten(workflow, (text) => text.replaceAll(`"${n8nUrl}/`, `"${DEFAULT_URL}/`))
		: workflow;

module.exports = { atAddress, atDefault, rewritten };
