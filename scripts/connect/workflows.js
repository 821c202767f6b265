'use strict';
const { StepFailure } = require('../machine/steps.js');
const { paths } = require('../machine/paths.js');
const { ApiError } = require('../system/api.js');
const { apiBody } = require('../transfer/body.js');
const { findCopies } = require('../transfer/copies.js');
const { readWorkflows } = require('../workflows/workflows.js');
const { loadRegistration } = require('./package.js');

/** @import { Binding, BoundBot, CredentialReference } from './package.js' */
/** @import { Api, StoredWorkflow } from '../system/api.js' */

/** The workflow that answers people. */
const BUNDLED = 'clawbotAnswer001';

/** @type {Record<'archived' | 'changed' | 'noNode' | 'severalBots', { is: string, cure: string }>} */
const PROBLEMS = {
	archived: {
		is: 'is archived',
		cure: 'Take it out of the archive, or name another workflow with --workflow ID.',
	},
	changed: {
		is: 'has been changed since you were asked',
		cure: 'Look at it, then choose the credential on its canvas and publish it.',
	},
	noNode: {
		is: 'has no trigger for such a bot',
		cure: 'Add one on the canvas, or name another workflow with --workflow ID.',
	},
	severalBots: {
		is: 'works with several bots of this platform',
		cure: 'Which one is to be replaced is your decision: make the bot by hand and choose its credential on the canvas, or name another workflow with --workflow ID.',
	},
};

/** @param {Api} api */
async function answeringWorkflow(api) {
	const bundled = readWorkflows(paths.workflows).find(({ workflow }) => workflow.id === BUNDLED);
	const [copy] = bundled ? findCopies(bundled.workflow, await api.workflows()) : [];
	if (copy) return copy.id;
	throw new StepFailure(
		`"${bundled?.workflow.name}" is not in this n8n`,
		'Bring it in (npm run workflows:push), or name another workflow with --workflow ID.',
	);
}

/**
 * @param {Api} api
 * @param {string} id
 */
async function readWorkflow(api, id) {
	try {
		return await api.workflow(id);
	} catch (error) {
		if (!(error instanceof ApiError) || error.status !== 404) throw error;
		throw new StepFailure(
			`there is no workflow ${id} in this n8n`,
			'The id stands in its address: …/workflow/ID',
		);
	}
}

/**
 * @param {StoredWorkflow} workflow
 * @param {keyof typeof PROBLEMS} problem
 */
function problemWith({ name }, problem) {
	const { is, cure } = PROBLEMS[problem];
	return new StepFailure(`"${name}" ${is}`, cure);
}

/**
 * A workflow as it is now, with a bot's credential in the nodes that work with it.
 *
 * @param {Api} api
 * @param {string} id
 * @param {BoundBot} bot
 * @returns {Promise<{ workflow: StoredWorkflow, binding: Binding }>}
 */
async function boundWorkflow(api, id, bot) {
	const workflow = await readWorkflow(api, id);
	if (workflow.isArchived) throw problemWith(workflow, 'archived');
	const binding = loadRegistration().bind(workflow.nodes, bot);
	if ('problem' in binding) throw problemWith(workflow, binding.problem);
	return { workflow, binding };
}

/**
 * @typedef {object} Choice
 * @property {StoredWorkflow[]} workflows that are published with the bot
 * @property {StoredWorkflow[]} alike others that get its credential in the place of the one that those had: what
 * sends a message again must do so as the bot that got it
 * @property {CredentialReference[]} before what the workflows had, each once
 */

/**
 * Checks before anybody scans anything that n8n has the package and that the workflows can get such a bot.
 *
 * @param {Api} api
 * @param {string[]} named ids; empty: the bundled workflow that answers people, and those that work with it
 * @param {BoundBot} bot
 * @returns {Promise<Choice>}
 */
async function chooseWorkflows(api, named, bot) {
	try {
		await api.call('GET', `/credentials/schema/${bot.type}`);
	} catch (error) {
		if (!(error instanceof ApiError) || error.status !== 404) throw error;
		throw new StepFailure(
			`this n8n has no credential type ${bot.type}`,
			'Install n8n-nodes-clawbot there first (Settings → Community nodes).',
		);
	}
	const ids = named.length > 0 ? [...new Set(named)] : [await answeringWorkflow(api)];
	const bound = await Promise.all(ids.map(async (id) => await boundWorkflow(api, id, bot)));
	const workflows = bound.map(({ workflow }) => workflow);
	const chosen = bound.flatMap(({ binding }) => binding.before ?? []);
	const before = [...new Map(chosen.map((each) => [each.id, each])).values()];
	if (named.length > 0 || !before[0]) return { workflows, alike: [], before };
	const { bind } = loadRegistration();
	const alike = (await workflowsUsing(api, bot.type, before[0].id)).filter(
		({ id, nodes }) => !ids.includes(id) && !('problem' in bind(nodes, bot)),
	);
	return { workflows, alike, before };
}

/**
 * Stores a workflow with a bot's credential. n8n publishes what is stored of a published one: it must be what the
 * operator was asked about.
 *
 * @param {Api} api
 * @param {StoredWorkflow} seen
 * @param {BoundBot} bot
 */
async function storeWith(api, { id, versionId }, bot) {
	const { workflow, binding } = await boundWorkflow(api, id, bot);
	if (workflow.versionId !== versionId) throw problemWith(workflow, 'changed');
	const stored = await api.update(id, apiBody({ ...workflow, nodes: binding.nodes }));
	return { stored, binding };
}

/**
 * Stores a workflow with a bot's credential and publishes it.
 *
 * @param {Api} api
 * @param {StoredWorkflow} seen
 * @param {BoundBot} bot
 */
async function publishWith(api, seen, bot) {
	const { stored, binding } = await storeWith(api, seen, bot);
	const published = stored.active ? stored : await api.activate(seen.id);
	return { published: { ...published, nodes: binding.nodes }, binding };
}

/**
 * The workflows that work with a credential.
 *
 * @param {Api} api
 * @param {string} type
 * @param {string | null} id
 */
async function workflowsUsing(api, type, id) {
	const { usesCredential } = loadRegistration();
	const all = await api.workflows();
	return all.filter(({ nodes }) => usesCredential(nodes, type, id));
}

module.exports = { chooseWorkflows, publishWith, storeWith, workflowsUsing };
