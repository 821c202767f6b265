import { join } from 'node:path';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { startSystem } from '../../scripts/system/system';
import { readWorkflows } from '../../scripts/workflows/workflows';
import type { Workflow } from '../../scripts/workflows/workflows';
import type { System } from './bot';
import { callStore, probe, row, type Operation } from './store';

// The embedded store: four workflows on one of n8n's Data Tables, called as the other workflows call them.

const stores = readWorkflows(join(__dirname, '..', '..', 'workflows'))
	.filter(({ file }) => file.startsWith('store-'))
	.map(({ workflow }) => workflow as Workflow);
const operations: Operation[] = ['save', 'due', 'find', 'purge', 'careless'];

/** The save workflow without the condition on the version. */
function carelessSave(): Workflow {
	const copy = structuredClone(stores.find(({ id }) => id === 'clawbotSave0001')!);
	const { parameters } = copy.nodes.find(({ id }) => id === 'write')!;
	const filters = parameters.filters as { conditions: Array<{ keyName: string }> };
	filters.conditions = filters.conditions.filter(({ keyName }) => keyName === 'key');
	return { ...copy, id: 'testCareless0001', name: 'Test: careless save' };
}

let system: System;

beforeAll(async () => {
	system = await startSystem({
		workflowsDir: null,
		sandbox: false,
		extraWorkflows: [...stores, carelessSave(), ...operations.map(probe)],
	});
});
afterAll(async () => await system?.stop());
const call = async (operation: Operation, items: object[]) =>
	await callStore(system.n8n.url, operation, items);
const save = async (...rows: DeliveryRow[]) => await call('save', rows);
const due = async () => await call('due', [{}]);
const find = async (wanted: object) => await call('find', [wanted]);
const purge = async (wanted: object) => await call('purge', [wanted]);
const times = <T>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, index) => make(index));
const keysOf = (rows: DeliveryRow[]): string[] => rows.map(({ key }) => key);

/** The waiting row of a key. */
async function waiting(key: string): Promise<DeliveryRow | undefined> {
	const rows = (await due()).filter((found) => found.key === key);
	expect(rows.length).toBeLessThan(2);
	return rows[0];
}

/** Thirty callers at once, each with a claim of its own; returns the claims of those that got theirs. */
async function winners(operation: Operation, wanted: DeliveryRow): Promise<string[]> {
	const calls = times(30, async (index) => {
		return await call(operation, [{ ...wanted, claim: `claim ${index}` }]);
	});
	return (await Promise.all(calls)).flat().map(({ claim }) => claim);
}

/** Puts rows into the table past the store, as a person in n8n's editor can. */
async function insert(rows: object[]): Promise<void> {
	const { data } = (await system.n8n.api.call('GET', '/data-tables')) as {
		data: Array<{ id: string }>;
	};
	const path = `/data-tables/${data[0]!.id}/rows`;
	await system.n8n.api.call('POST', path, { data: rows, returnType: 'count' });
}

it('makes its table at first use, also when thirty ask at once', async () => {
	expect((await Promise.all(times(30, due))).flat()).toEqual([]);
	const tables = (await system.n8n.api.call('GET', '/data-tables')) as { data: unknown[] };
	expect(tables.data).toMatchObject([{ name: 'clawbot_deliveries' }]);
});

it('keeps every column of a row as it was', async () => {
	const whole = row({ status: 'dead', settledAtMs: 1 });
	expect(await save(whole)).toEqual([expect.objectContaining(whole)]);
	expect(await find({ status: 'dead' })).toEqual([expect.objectContaining(whole)]);
	expect(keysOf(await purge({ settledBefore: 2 }))).toEqual([whole.key]);
});

it('gives a new key to one of thirty callers', async () => {
	for (const given of times(3, () => row())) {
		const won = await winners('save', given);
		expect(won).toHaveLength(1);
		expect(await waiting(given.key)).toMatchObject({ claim: won[0], singleProcess: true });
	}
});

it('gives a change to one of thirty callers', async () => {
	const given = row();
	await save(given);
	for (const version of [2, 3, 4]) {
		const won = await winners('save', { ...given, version });
		expect(won).toHaveLength(1);
		expect(await waiting(given.key)).toMatchObject({ claim: won[0], version });
	}
});

// Negative control: without the condition on the version, what the tests above look for happens.
it('would give a change to many, were it not for the version', async () => {
	const given = row();
	await save(given);
	expect((await winners('careless', { ...given, version: 2 })).length).toBeGreaterThan(1);
});

it('writes nothing over another version, and nothing that is not there', async () => {
	const old = row();
	await save(old);
	const late = { ...old, version: 3, reason: 'late' };
	const right = { ...old, version: 2, reason: 'right' };
	const absent = row({ version: 2 });
	expect(await save(late, absent, right)).toEqual([expect.objectContaining(right)]);
	expect(await waiting(absent.key)).toBeUndefined();
});

it('fills in a key that a crash left empty', async () => {
	const given = row();
	await insert([{ key: given.key }]);
	expect(await save(given)).toEqual([expect.objectContaining(given)]);
});

it('writes the good rows that stand before a bad one, and says that one failed', async () => {
	const good = row();
	const bad = { ...row(), colour: 'red' };
	await expect(save(good, bad)).rejects.toThrow('500');
	expect(await waiting(good.key)).toMatchObject(good);
});

it('hands out a damaged row like any other', async () => {
	await insert([{ key: 'damaged', status: 'waiting', dueAt: -1, payload: '{"unsent":' }]);
	expect((await due())[0]).toMatchObject({ key: 'damaged', version: null, payload: '{"unsent":' });
});

it('lists what waits by the time it is due, a thousand at most', async () => {
	const key = (index: number): string => `due ${index}`;
	await insert(times(1010, (index) => row({ key: key(index), dueAt: -10 - index })));
	expect(keysOf(await due())).toEqual(times(1000, (index) => key(1009 - index)));
});

it('finds ten thousand, newest first, by status and announcement', async () => {
	const dead = times(10_050, (index) =>
		row({
			key: `dead ${index}`,
			status: 'dead',
			createdAtMs: index,
			settledAtMs: index + 1,
			announced: index % 2 ? 'open' : '',
		}),
	);
	for (let at = 0; at < dead.length; at += 1000) await insert(dead.slice(at, at + 1000));
	const newest = times(10_000, (index) => `dead ${10_049 - index}`);
	expect(keysOf(await find({ status: 'dead' }))).toEqual(newest);
	expect(await find({ status: 'dead', announced: 'o%' })).toHaveLength(5_025);
	expect(await find({ status: 'dead', announced: 'closed' })).toEqual([]);
});

it('purges what settled before a time, and never what waits', async () => {
	await insert([row({ key: 'still waits', dueAt: -5000, settledAtMs: 3 })]);
	const oldest = times(100, (index) => `dead ${index}`);
	expect(keysOf(await purge({ settledBefore: 101 })).sort()).toEqual(oldest.sort());
	expect(await purge({ settledBefore: 200, statuses: ['uncertain', 'waiting'] })).toEqual([]);
	const dead = { settledBefore: 200, statuses: ['dead'] };
	expect(await purge({ ...dead, fingerprint: 'another' })).toEqual([]);
	expect(await purge(dead)).toHaveLength(99);
	expect(await waiting('still waits')).toBeDefined();
});
