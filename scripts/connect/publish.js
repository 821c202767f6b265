'use strict';
const { createSteps } = require('../machine/steps.js');
const { connectionState, logsFromNow } = require('./opened.js');
const { publishWith, storeWith, workflowsUsing } = require('./workflows.js');

/** @import { BoundBot, CredentialReference, EndedRegistration } from './package.js' */
/** @import { Connecting } from './platform.js' */
/** @import { Choice } from './workflows.js' */
/** @import { StoredWorkflow } from '../system/api.js' */

/**
 * Whether a published workflow has been changed since: what is stored is published.
 *
 * @param {StoredWorkflow} workflow
 */
const hasDraft = ({ active, versionId, activeVersion }) =>
	active && Boolean(activeVersion?.versionId) && activeVersion?.versionId !== versionId;

/**
 * Asks whether the bot may answer now: nobody has seen yet who has it.
 *
 * @param {Connecting} about
 * @param {Choice & { person?: EndedRegistration['person'] }} found
 */
async function mayPublish({ name, terminal }, { person, workflows, alike, before }) {
	terminal.say(
		person
			? `It was confirmed by ${person.id} (${name}'s id of the person who scanned the code).`
			: `${name} does not say who confirmed it: ask the person whom you showed the code.`,
	);
	const names = workflows.map(
		(each) =>
			`"${each.name}"${hasDraft(each) ? ', with its changes that are not published yet,' : ''}`,
	);
	for (const replaced of before) terminal.say(`It takes the place of "${replaced.name}".`);
	if (alike.length > 0) {
		terminal.say('These work with the same credential as that workflow, and get the new one too:');
		for (const each of alike) terminal.say(`  ${each.name}`);
	}
	return await terminal.confirm(
		`Publish ${names.join(' and ')} with this bot? Then it answers everybody who may write to it.`,
	);
}

/**
 * Says which workflows keep the credential from before.
 *
 * @param {Connecting} about
 * @param {BoundBot['type']} type
 * @param {CredentialReference[]} before
 */
async function tellOthers({ api, terminal }, type, before) {
	for (const { id, name } of before) {
		const others = await workflowsUsing(api, type, id);
		if (others.length === 0) continue;
		terminal.say(`! These still work with "${name}"; --workflow ID gives them a new bot:`);
		for (const other of others) terminal.say(`  ${other.name}  ${api.url}/workflow/${other.id}`);
	}
}

/**
 * Gives the workflows the bot's credential, publishes them, and waits until the bot is connected.
 *
 * @param {Connecting} about
 * @param {BoundBot} bot
 * @param {Choice & { values: Record<string, string> }} found
 * @returns {Promise<boolean>} whether nothing is left to do
 */
async function publish(about, bot, { workflows, alike, before, values }) {
	const { api, isHere, terminal } = about;
	const { step } = createSteps((text) => terminal.say(text.replace(/\n$/, '')));
	const logs = logsFromNow();
	const results = [];
	for (const seen of workflows) {
		const title = `Publish "${seen.name}"`;
		const result = await step(title, async () => await publishWith(api, seen, bot));
		results.push(result);
		const { bound, enabled } = result.binding;
		terminal.say(`  has the credential: ${bound.join(', ')}`);
		if (enabled.length > 0) terminal.say(`  is enabled: ${enabled.join(', ')}`);
	}
	if (alike.length > 0) {
		await step('Give the others the credential', async () => {
			for (const seen of alike) await storeWith(api, seen, bot);
		});
	}
	await tellOthers(about, bot.type, before);
	if (!isHere) {
		terminal.say(
			'Whether the bot is connected, that n8n says in its log only: write to the bot to see it.',
		);
		return true;
	}
	const published = results.map((each) => each.published);
	const state = await step(
		'Wait until the connection is open',
		async () =>
			(await connectionState(published, { type: bot.type, values }, logs)) ??
			'no trigger opens one: choose the long connection in it',
	);
	return state === 'connected';
}

module.exports = { mayPublish, publish };
