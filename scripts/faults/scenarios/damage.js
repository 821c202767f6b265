'use strict';
const path = require('node:path');
const { start } = require('../../machine/processes.js');
const { paths } = require('../../machine/paths.js');
const { pause } = require('../../machine/signals.js');
const { deleteTable, insertRow, readTable } = require('../store.js');

const SETTLE_MS = 60_000;
const LOOK_MS = 60_000;

/** A row as the store has it; what is said of it comes on top. */
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

/** Rows that make no sense, and what each becomes: a dead letter with this code. */
const damagedRows = (mark) => [
	[row({ key: `${mark} payload`, payload: '{"unsent":' }), 'damagedRow'],
	[row({ key: `${mark} history`, history: 'long ago' }), 'damagedRow'],
	[row({ key: `${mark} execution`, kind: 'execution', executionId: '999999999' }), 'executionGone'],
];

/** n8n's database cannot be written to for so long: another process holds its lock. */
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

async function until(ms, test) {
	const limit = Date.now() + ms;
	while (!(await test())) {
		if (Date.now() > limit) return false;
		await pause(500);
	}
	return true;
}

/**
 * Damaged rows, a row of a deleted execution, a message of a type that nobody knows, a deleted table, and
 * a database that is away for `awaySeconds`, each while other people are answered.
 */
async function run(arena, { messages, awaySeconds, settleMs = SETTLE_MS }, report) {
	const { people, system } = arena;
	const { api } = system.n8n;
	const violations = [];
	const wrong = (kind, what) => violations.push({ kind, what, marks: [] });
	const others = async () =>
		await Promise.all(
			Array.from({ length: messages }, () => people.ask(people.conversation(), { thinkMs: 50 })),
		);

	// A failure that is tried again, so that the table is there and the queue has work between the damage.
	await system.sandbox.call('POST', '/faults', { service: 'feishu', kind: 'reply', status: 500 });
	await people.ask(people.conversation('feishu'), { thinkMs: 50 });
	await arena.settle(settleMs);
	const damaged = damagedRows(`damage ${Date.now()}`);
	for (const [each] of damaged) await insertRow(api, each);
	await system.sandbox.call('POST', '/faults', { service: 'feishu', kind: 'reply', status: 500 });
	await people.ask(people.conversation('feishu'), { thinkMs: 50 });
	await others();
	for (const [{ key }, code] of damaged) {
		const dead = async () =>
			(await readTable(api)).some(
				(kept) => kept.key === key && kept.status === 'dead' && kept.code === code,
			);
		if (!(await until(LOOK_MS, dead))) wrong('damage', `the row "${key}" did not become ${code}`);
	}
	await report({ progress: 'damaged rows' });

	const strange = await people.ask(people.conversation('feishu'), { contentType: 'hologram' });
	const told = async () => {
		const query = `messageId=${encodeURIComponent(strange.id)}`;
		return (await system.sandbox.call('GET', `/answers?${query}`)).length === 1;
	};
	if (!(await until(settleMs, told)))
		wrong('unknown', 'nobody answered a message of an unknown type');
	arena.forget(strange);
	await report({ progress: 'a message of an unknown type' });

	await deleteTable(api);
	await system.sandbox.call('POST', '/faults', { service: 'feishu', kind: 'reply', status: 500 });
	await people.ask(people.conversation('feishu'), { thinkMs: 50 });
	await others();
	await arena.settle(settleMs);
	await report({ progress: 'a deleted table' });

	const away = lockDatabase(system, awaySeconds * 1000);
	await pause(500);
	const asked = others();
	await away;
	await asked;
	await others();
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
