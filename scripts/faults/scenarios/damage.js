'use strict';
const path = require('node:path');
const { start } = require('../../machine/processes.js');
const { paths } = require('../../machine/paths.js');
const { pause } = require('../../machine/signals.js');
const { deleteTable, insertRow, readTable } = require('../store.js');

/** @import { Arena } from '../arena.js' */
/** @import { Report } from '../scenarios.js' */
/** @import { Violation } from '../checker.js' */

const SETTLE_MS = 60_000;
const LOOK_MS = 90_000;
/** The workflows that look for messages and executions that wait. */
const RETRY = 'clawbotRetry001';
const RECOVER = 'clawbotRecover1';

/**
 * A row as the store has it; what is said of it comes on top.
 *
 * @param {{ key: string, [field: string]: unknown }} more
 */
const row = (more) => ({
	version: 1,
	kind: 'answer',
	status: 'waiting',
	priority: 1,
	platform: 'feishu',
	bot: 'app',
	conversation: `nobody ${more.key}`,
	dueAt: Date.now(),
	claim: '',
	attempts: 1,
	deadlineAt: Date.now() + 600_000,
	class: 'temporary',
	code: '500',
	fingerprint: 'f',
	reason: '',
	payload: '{}',
	history: '[]',
	audit: '[]',
	workflowId: '',
	executionId: '',
	announced: 'closed',
	createdAtMs: Date.now(),
	settledAtMs: 0,
	...more,
});

/**
 * Rows that make no sense, and the code of the dead letter that each becomes.
 *
 * @param {string} mark
 */
const damagedRows = (mark) => [
	{ code: 'damagedRow', damaged: row({ key: `${mark} payload`, payload: '{"unsent":' }) },
	{ code: 'damagedRow', damaged: row({ key: `${mark} history`, history: 'long ago' }) },
	{
		code: 'executionGone',
		damaged: row({ key: `${mark} execution`, kind: 'execution', executionId: '999999999' }),
	},
];

/**
 * n8n's database cannot be written to for so long: another process holds its lock.
 *
 * @param {Arena['system']} system
 * @param {number} ms
 */
async function lockDatabase(system, ms) {
	const file = path.join(system.folder, 'n8n', '.n8n', 'database.sqlite');
	const script = `
		const { DatabaseSync } = require('node:sqlite');
		const database = new DatabaseSync(process.argv[1]);
		database.exec('PRAGMA busy_timeout = 10000');
		database.exec('BEGIN IMMEDIATE');
		setTimeout(() => database.exec('ROLLBACK'), Number(process.argv[2]));
	`;
	await start(paths.node, ['--no-warnings', '-e', script, file, String(ms)]).exited;
}

/**
 * Whether something came true within a time.
 *
 * @param {number} ms
 * @param {() => Promise<boolean>} test
 */
async function until(ms, test) {
	const limit = Date.now() + ms;
	while (!(await test())) {
		if (Date.now() > limit) return false;
		await pause(500);
	}
	return true;
}

/**
 * Somebody on Feishu is answered at the second try: the table is there then, and the queue has work.
 *
 * @param {Arena} arena
 */
async function failOnce({ people, system }) {
	const failure = { service: 'feishu', kind: 'reply', status: 500 };
	await system.sandbox.call('POST', '/faults', failure);
	await people.ask(people.conversation('feishu'), { thinkMs: 50 });
}

/**
 * @param {Arena} arena
 * @param {number} messages
 */
const others = async ({ people }, messages) =>
	await Promise.all(
		Array.from({ length: messages }, () => people.ask(people.conversation(), { thinkMs: 50 })),
	);

/**
 * Rows that make no sense become dead letters, and hold nobody up.
 *
 * @param {Arena} arena
 * @param {{ messages: number, settleMs: number }} scale
 * @returns {Promise<Violation[]>}
 */
async function damageRows(arena, { messages, settleMs }) {
	const { api } = arena.system.n8n;
	await failOnce(arena);
	await arena.settle(settleMs);
	const rows = damagedRows(`damage ${Date.now()}`);
	for (const { damaged } of rows) await insertRow(api, damaged);
	// Nobody has told of these rows: a trigger looks for what stands in the table when it begins.
	for (const id of [RETRY, RECOVER]) {
		await api.deactivate(id);
		await api.activate(id);
	}
	await failOnce(arena);
	await others(arena, messages);
	/** @type {Violation[]} */
	const wrong = [];
	for (const { code, damaged } of rows) {
		const isDead = async () =>
			(await readTable(api)).some(
				(kept) => kept.key === damaged.key && kept.status === 'dead' && kept.code === code,
			);
		const what = `the row "${damaged.key}" did not become ${code}`;
		if (!(await until(LOOK_MS, isDead))) wrong.push({ kind: 'damage', what, marks: [] });
	}
	return wrong;
}

/**
 * A message of a type that nobody knows is answered all the same.
 *
 * @param {Arena} arena
 * @param {number} settleMs
 * @returns {Promise<Violation[]>}
 */
async function sendUnknown(arena, settleMs) {
	const { people, system } = arena;
	const strange = await people.ask(people.conversation('feishu'), { contentType: 'hologram' });
	const query = `messageId=${encodeURIComponent(strange.id)}`;
	const isAnswered = async () =>
		(await system.sandbox.call('GET', `/answers?${query}`)).length === 1;
	const answered = await until(settleMs, isAnswered);
	arena.forget(strange);
	const what = 'nobody answered a message of an unknown type';
	return answered ? [] : [{ kind: 'unknown', what, marks: [] }];
}

/**
 * Damaged rows, a row of a deleted execution, a message of a type that nobody knows, a deleted table, and
 * a database that is away for `awaySeconds`, each while other people are answered.
 *
 * @param {Arena} arena
 * @param {{ messages: number, awaySeconds: number, settleMs?: number }} scale
 * @param {Report} report
 */
async function run(arena, { messages, awaySeconds, settleMs = SETTLE_MS }, report) {
	const { system } = arena;
	const violations = await damageRows(arena, { messages, settleMs });
	await report({ progress: 'damaged rows' });

	violations.push(...(await sendUnknown(arena, settleMs)));
	await report({ progress: 'a message of an unknown type' });

	// What still waits in a table is deleted with it, which no mechanism could mend.
	await arena.settle(settleMs);
	await deleteTable(system.n8n.api);
	await failOnce(arena);
	await others(arena, messages);
	await arena.settle(settleMs);
	await report({ progress: 'a deleted table' });

	const away = lockDatabase(system, awaySeconds * 1000);
	await pause(500);
	const asked = others(arena, messages);
	await away;
	await asked;
	await others(arena, messages);
	await arena.settle(settleMs);
	await arena.quiet();
	return { violations };
}

module.exports = {
	name: 'damage',
	title: 'Damaged rows, a deleted execution and table, an unknown message, a database away',
	rules: {},
	run,
};
