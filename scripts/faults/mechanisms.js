'use strict';
const fs = require('node:fs');
const path = require('node:path');

/** @import { Arena } from './arena.js' */
/** @typedef {{ workflow: string } | { file: string, from: string, to: string }} Mechanism */

/**
 * What keeps the promises, and how it is switched off to show that the checker sees that: a workflow
 * that is unpublished, or a change in the compiled package that n8n has installed.
 *
 * @type {Record<string, Mechanism>}
 */
const MECHANISMS = {
	recovery: { workflow: 'clawbotRecover1' },
	retries: { workflow: 'clawbotRetry001' },
	'de-duplication': {
		file: 'nodes/shared/receive/seen.js',
		from: 'has(key, nowMs) {',
		to: 'has(key, nowMs) { return false;',
	},
	heartbeat: {
		file: 'core/connection/liveness.js',
		from: 'dueAt() {',
		to: 'dueAt() { return this.heardAt + 86_400_000;',
	},
	'warm switch': {
		file: 'core/connection/upkeep.js',
		from: 'hear(serving, event, nowMs) {',
		to: "hear(serving, event, nowMs) { if (event.kind === 'leaving') return [];",
	},
	grouping: {
		file: 'core/deadLetters/rows.js',
		from: 'function groupOf(row) {',
		to: 'function groupOf(row) { return row.key;',
	},
	limits: {
		file: 'core/delivery/limits.js',
		from: 'charge(charges, priority, now) {',
		to: 'charge(charges, priority, now) { return undefined;',
	},
	turns: {
		file: 'nodes/shared/conversation/turns.js',
		from: 'async take(request) {',
		to: 'async take(request) { return await request.answer(request.text, []);',
	},
};

const PACKAGE = 'n8n/.n8n/nodes/node_modules/n8n-nodes-clawbot/dist';

/**
 * Switches mechanisms off; n8n is restarted where code changed. Returns a function that switches them
 * on again.
 *
 * @param {Pick<Arena, 'system'>} arena
 * @param {string[]} names of `MECHANISMS`
 */
async function switchOff(arena, names) {
	const { system } = arena;
	const { api } = system.n8n;
	/** @type {(() => unknown)[]} */
	const undo = [];
	let restart = false;
	for (const name of names) {
		const mechanism = MECHANISMS[name];
		if (!mechanism) throw new Error(`there is no mechanism "${name}"`);
		if ('workflow' in mechanism) {
			const { workflow } = mechanism;
			await api.deactivate(workflow);
			undo.push(async () => await api.activate(workflow));
			continue;
		}
		const { file, from, to } = mechanism;
		const target = path.join(system.folder, PACKAGE, file);
		const code = fs.readFileSync(target, 'utf8');
		if (!code.includes(from)) throw new Error(`${file} has no "${from}": nothing was switched off`);
		fs.writeFileSync(target, code.replace(from, to));
		undo.push(async () => fs.writeFileSync(target, code));
		restart = true;
	}
	if (restart) await system.n8n.restart();
	return async () => {
		for (const each of undo.reverse()) await each();
		if (restart) await system.n8n.restart();
	};
}

module.exports = { MECHANISMS, switchOff };
