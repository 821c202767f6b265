'use strict';
const { pause } = require('../machine/signals.js');
const { startSystem } = require('../system/system.js');
const { door, throughDoor } = require('../workflows/door.js');
const { sendAll } = require('./load.js');
const { idle } = require('./measure.js');
const { write } = require('./messages.js');
const { delivery, fillTables } = require('./tables.js');
const { AFTER_START, untilAtRest } = require('./usage.js');
const { startingByThemselves } = require('./workflows.js');

/** @import { Sandbox } from '../system/sandbox.js' */
/** @import { SystemOptions } from '../system/system.js' */
/** @import { System } from './measure.js' */

/** They look after messages: the store is called by them. */
const DELIVERY = ['clawbotRetry001', 'clawbotRecover1', 'clawbotAnnounce'];
const WATCHING = ['clawbotHeartbt01', 'clawbotWatch001'];

/** @typedef {Awaited<ReturnType<typeof runIdle>>} Idle */

/** How long the delivery queue is measured, and how many messages wait for their time. */
const SECONDS = 100;
const RETRIES = 10;

/**
 * One after the other: each is measured against an n8n in which none of them runs.
 *
 * @type {{ name: string, wanted: (ids: string[]) => string[] }[]}
 */
const STATES = [
	{ name: 'none', wanted: () => [] },
	{ name: 'delivery', wanted: () => DELIVERY },
	{ name: 'watching', wanted: () => WATCHING },
	{ name: 'all', wanted: (ids) => ids },
];

/** Times of the other states: their work comes round every minute at the latest. */
const SHARE = 0.4;

const SAVE = 'clawbotSave0001';

/**
 * Processor milliseconds a second of n8n in each state.
 *
 * @param {System} system
 * @param {(text: string) => void} note
 * @returns {Promise<Record<string, number>>}
 */
async function measureStates(system, note) {
	const { api, pid } = system.n8n;
	const ids = startingByThemselves().map(({ id }) => id);
	/** @type {Record<string, number>} */
	const cpu = {};
	let running = ids;
	for (const { name, wanted } of STATES) {
		const next = wanted(ids);
		for (const id of running) if (!next.includes(id)) await api.deactivate(id);
		for (const id of next) if (!running.includes(id)) await api.activate(id);
		running = next;
		await untilAtRest(pid, AFTER_START);
		const length = name === 'delivery' ? SECONDS : Math.ceil(SECONDS * SHARE);
		note(`workflows that start by themselves: ${name}, ${length} s`);
		cpu[name] = await idle(system, length);
	}
	return cpu;
}

/**
 * When the platform took each text (ISO 8601).
 *
 * @param {Sandbox} sandbox
 * @param {string[]} texts
 * @returns {Promise<(string | undefined)[]>}
 */
async function arrivals(sandbox, texts) {
	const { entries } = await sandbox.call('GET', '/ledger?direction=in&since=0');
	return texts.map(
		(text) =>
			entries.find((/** @type {{ text?: string }} */ entry) => entry.text?.includes(text))?.at,
	);
}

/**
 * How long after its due time each waiting message reaches the platform.
 *
 * @param {System} system
 * @returns {Promise<number[]>} ms; those that never came are left out
 */
async function measureRetries(system) {
	const due = [];
	for (let n = 0; n < RETRIES; n++) {
		const dueAt = Date.now() + 1000;
		const key = `late ${n}.`;
		due.push({ key, dueAt });
		await throughDoor(system.n8n.url, SAVE, [delivery(key, { dueAt })]);
		// Not in step with anything that comes round.
		await pause(2500 + ((n * 700) % 1900));
	}
	await pause(5000);
	const texts = due.map(({ key }) => `${key} of the benchmark`);
	const times = await arrivals(system.sandbox, texts);
	return due.flatMap(({ dueAt }, n) => {
		const at = times[n];
		return at === undefined ? [] : [Date.parse(at) - dueAt];
	});
}

/**
 * Until n8n says that it is ready; ms since 1970.
 *
 * @param {string} url of n8n
 */
async function readiness(url) {
	for (;;) {
		const ready = await fetch(`${url}/healthz/readiness`).then(
			({ ok }) => ok,
			() => false,
		);
		if (ready) return Date.now();
		await pause(20);
	}
}

/**
 * Kills n8n while it answers, and starts it again.
 * @param {System} system
 * @returns {Promise<number | undefined>} ms from n8n's readiness to the first execution that is run again
 */
async function measureRecovery({ n8n, sandbox }) {
	await sandbox.call('PUT', '/model', { delayMs: 60_000 });
	const messages = await write(sandbox, ['dingtalk'], 20);
	const requests = messages.map(({ id, query, headers, body }, index) => {
		const url = new URL(`${n8n.url}/webhook/clawbot-answer-dingtalk/webhook`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return { id, url: url.href, headers, body, afterMs: index * 100 };
	});
	await sendAll(requests);
	await n8n.kill();
	await sandbox.call('PUT', '/model', { delayMs: 0 });
	const ready = readiness(n8n.url);
	await n8n.start();
	const readyAt = await ready;
	for (let tries = 0; tries < 120; tries++) {
		const executions = await n8n.api.executions('?limit=250');
		const begun = executions
			.filter(({ retryOf, startedAt }) => retryOf && startedAt)
			.map(({ startedAt }) => startedAt);
		if (begun.length > 0) return Math.min(...begun.map((at) => Date.parse(at))) - readyAt;
		await pause(500);
	}
	return undefined;
}

/**
 * What an n8n costs that has nothing to do, with tables as after an hour of work; how soon it does what is due,
 * and what was left when it crashed.
 *
 * @param {SystemOptions} options with the engine's settings
 * @param {(text: string) => void} note says what is being done
 */
async function runIdle(options, note) {
	const system = await startSystem({
		...options,
		env: { ...options.env, N8N_METRICS: 'true' },
		extraWorkflows: [door(SAVE)],
	});
	try {
		await system.sandbox.call('PUT', '/limits', { enabled: false });
		await fillTables(system);
		note('a crash, and what is run again');
		const recoveryMs = await measureRecovery(system);
		note('messages that wait a second');
		const lateMs = await measureRetries(system);
		const cpu = await measureStates(system, note);
		return { seconds: SECONDS, cpu, lateMs, retries: RETRIES, recoveryMs };
	} finally {
		await system.stop();
	}
}

module.exports = { STATES, runIdle };
