import { TriggerContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type INodeExecutionData,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { FIRST_LOOK_MS, type LookSubject } from '../../core/delivery/nextLook';
import { saw, tell } from '../../nodes/DeliveryTrigger/looks';
import { completeNode, nodeTypesWith, runWorkflow } from '../harness';
import { waitingRow } from '../core/delivery/rows';

/* The trigger in n8n's own context for triggers. Only the clock is the test's. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Look {
	at: number;
	items: INodeExecutionData[][];
	ended: NonNullable<Parameters<ITriggerFunctions['emit']>[2]>;
}

const open: ITriggerResponse[] = [];
let begunAt = 0;

type Started = ITriggerResponse & { looks: Look[]; seconds: () => number[] };

async function activate(
	parameters: object = {},
	{ id = 'w1', mode = 'trigger' as WorkflowExecuteMode, sees = true } = {},
): Promise<Started> {
	const nodeTypes = nodeTypesWith();
	const node = completeNode(
		{ type: 'deliveryTrigger', parameters: parameters as never },
		nodeTypes,
		{},
	);
	const type = nodeTypes.getByNameAndVersion(node.type, 1);
	node.parameters = NodeHelpers.getNodeParameters(
		type.description.properties,
		node.parameters,
		true,
		false,
		node,
		type.description,
	)!;
	const workflow = new Workflow({ id, nodes: [node], connections: {}, active: true, nodeTypes });
	const looks: Look[] = [];
	const emit: ITriggerFunctions['emit'] = (items, _, ended) => {
		looks.push({ at: Date.now(), items, ended: ended! });
		if (sees) saw(items[0]![0]!.json.lookFor as LookSubject, Infinity);
	};
	const context = new TriggerContext(workflow, node, {} as never, mode, 'init', emit);
	const response = (await type.trigger!.call(context))!;
	open.push(response);
	await settle();
	return { ...response, looks, seconds: () => looks.map(({ at }) => (at - begunAt) / SECOND) };
}

/** An active trigger that looks for the first time at `begunAt`. */
async function start(parameters: { lookFor?: LookSubject; safetyLook?: number } = {}, id = 'w1') {
	const started = await activate(parameters, { id });
	await settle(FIRST_LOOK_MS[parameters.lookFor ?? 'retry']);
	begunAt = Date.now();
	return started;
}

const settle = async (ms = 0): Promise<void> => await jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	jest.useFakeTimers({ now: Date.parse('2026-05-01T10:00:00Z') });
	begunAt = Date.now();
});
afterEach(async () => {
	for (const { closeFunction } of open.splice(0)) await closeFunction?.();
	jest.useRealTimers();
});

it('leaves the first seconds to the messages that came in while n8n was starting', async () => {
	const subjects = ['retry', 'recover', 'announce'] as const;
	for (const lookFor of subjects) {
		const { seconds } = await activate({ lookFor, safetyLook: 1 }, { id: lookFor });
		begunAt = Date.now();
		await settle(FIRST_LOOK_MS[lookFor] - 1);
		expect(seconds()).toEqual([]);
		await settle(1);
		expect(seconds()).toEqual([FIRST_LOOK_MS[lookFor] / SECOND]);
	}
	// Recovery has to begin within 5 s.
	expect(FIRST_LOOK_MS.recover).toBeLessThanOrEqual(SECOND);
});

it('looks at once after a start where something is told', async () => {
	const { seconds } = await activate();
	tell('recover', begunAt);
	await settle(500);
	tell('retry', begunAt + HOUR);
	await settle(10 * SECOND);
	expect(seconds()).toEqual([0.5]);
});

it('starts its workflow, and once a minute where nothing is told', async () => {
	const { looks, seconds } = await start();
	await settle(2 * MINUTE);
	expect(seconds()).toEqual([0, 60, 120]);
	expect(looks[0]!.items).toEqual([[{ json: { lookFor: 'retry' } }]]);
});

it('starts it when something is due, also where that is told while it waits longer', async () => {
	const { seconds } = await start({ safetyLook: 3600 });
	tell('retry', begunAt + 30 * SECOND);
	await settle(10 * SECOND);
	tell('retry', begunAt + 12.5 * SECOND);
	await settle(HOUR - 11 * SECOND);
	// The look at 12.5 s sees what is due at 30 s, and tells so again.
	expect(seconds()).toEqual([0, 12.5]);
});

it('starts it once for what becomes due within a second', async () => {
	const { seconds } = await start({ safetyLook: 3600 });
	await settle(10 * SECOND);
	for (const ms of [0, 100, 300, 900]) {
		tell('retry', begunAt + 10 * SECOND + ms);
		await settle(100);
	}
	await settle(MINUTE);
	expect(seconds()).toEqual([0, 10, 11]);
});

it('is told nothing of other subjects', async () => {
	const { seconds } = await start({ lookFor: 'announce', safetyLook: 3600 });
	tell('retry', begunAt);
	tell('recover', begunAt);
	await settle(50 * MINUTE);
	expect(seconds()).toEqual([0]);
	tell('announce', begunAt);
	await settle();
	expect(seconds()).toEqual([0, 3000]);
});

it('does not wait for the end of what it started', async () => {
	const { looks, seconds } = await start({ safetyLook: 3600 });
	tell('retry', begunAt + 2 * SECOND);
	await settle(3 * SECOND);
	expect(seconds()).toEqual([0, 2]);
	looks[1]!.ended.resolve({ status: 'success' } as IRun);
	await settle(MINUTE);
	expect(seconds()).toEqual([0, 2]);
});

it('starts no other one before it has seen the store, whatever is told: n8n may be slow', async () => {
	const { looks, seconds } = await activate({ safetyLook: 3600 }, { sees: false });
	await settle(FIRST_LOOK_MS.retry);
	begunAt = Date.now();
	for (let n = 0; n < 100; n++) {
		tell('retry', Date.now());
		await settle(2 * SECOND);
	}
	expect(seconds()).toEqual([0]);
	saw('retry', Infinity);
	await settle();
	expect(seconds()).toEqual([0, 200]);
	// One that never gets there is over at the latest when it ends.
	tell('retry', Date.now());
	await settle(2 * SECOND);
	looks[1]!.ended.resolve({ status: 'canceled' } as IRun);
	await settle();
	expect(seconds()).toEqual([0, 200, 202]);
});

it.each([
	['failed', ({ ended }: Look) => ended.resolve({ status: 'error' } as IRun)],
	['could not be started', ({ ended }: Look) => ended.reject(new Error('No database'))],
])('starts it again after 15 s where it %s', async (_, end) => {
	const { looks, seconds } = await start({ safetyLook: 3600 });
	end(looks[0]!);
	await settle(MINUTE);
	expect(seconds()).toEqual([0, 15]);
});

it('leaves no timer and starts nothing when the workflow is unpublished', async () => {
	const { seconds, closeFunction } = await start();
	expect(jest.getTimerCount()).toBe(1);
	await closeFunction!();
	expect(jest.getTimerCount()).toBe(0);
	tell('retry', begunAt);
	await settle(HOUR);
	expect(seconds()).toEqual([0]);
});

it('ends an earlier one of the same node, which n8n may have left running', async () => {
	const earlier = await start();
	const later = await start();
	const other = await start({}, 'w2');
	await earlier.closeFunction!();
	tell('retry', begunAt + 5 * SECOND);
	await settle(6 * SECOND);
	expect(earlier.seconds()).toHaveLength(1);
	expect(later.seconds().slice(1)).toEqual([5]);
	expect(other.seconds()).toEqual([0, 5]);
});

it('gives one item at once to a run from the editor', async () => {
	const manual = await activate({}, { mode: 'manual' });
	expect([manual.looks.length, jest.getTimerCount()]).toEqual([0, 0]);
	await manual.manualTriggerFunction!();
	expect(manual.looks[0]!.items).toEqual([[{ json: { lookFor: 'retry' } }]]);
});

it.each([0, -5, NaN])('refuses to look all the time: %d s', async (safetyLook) => {
	await expect(start({ safetyLook })).rejects.toThrow('1 s or more');
});

it('rests as long as it is told, also longer than a timer can', async () => {
	const { seconds } = await start({ safetyLook: 30 * 24 * 3600 });
	await settle(29 * 24 * HOUR);
	expect(seconds()).toEqual([0]);
	await settle(2 * 24 * HOUR);
	expect(seconds()).toEqual([0, 30 * 24 * 3600]);
});

it('is not in the panel, and is no tool', () => {
	const { description } = nodeTypesWith().getByNameAndVersion(
		'n8n-nodes-clawbot.deliveryTrigger',
		1,
	);
	expect(description).toMatchObject({
		displayName: 'ClawBot Delivery Trigger',
		hidden: true,
		group: ['trigger'],
	});
	expect(description).not.toHaveProperty('usableAsTool');
});

describe('It is woken', () => {
	const due = (fields: object) => waitingRow({ dueAt: begunAt + 40 * SECOND, ...fields }) as never;

	/** Whether a trigger with some subject starts its workflow once more. */
	async function wakes(lookFor: LookSubject, operation: string, row: object): Promise<boolean> {
		const { seconds } = await start({ lookFor, safetyLook: 3600 });
		const { outputs, error } = await runWorkflow(
			[{ type: 'deliveryQueue', parameters: { operation } }],
			{ items: [row as never] },
		);
		if (error) throw error;
		if (operation === 'wake') expect(Object.values(outputs)[0]![0]![0]!.json).toEqual(row);
		await settle(30 * MINUTE);
		return seconds().length > 1;
	}

	it.each<[LookSubject, string, object]>([
		['retry', 'wake', {}],
		['retry', 'claimDue', {}],
		['recover', 'wake', { kind: 'execution' }],
		['recover', 'findCrashed', { kind: 'execution' }],
		['announce', 'wake', { status: 'dead' }],
	])('for %s by what "%s" sees: %j', async (lookFor, operation, fields) => {
		expect(await wakes(lookFor, operation, due(fields))).toBe(true);
	});

	it.each<[LookSubject, string, object]>([
		['retry', 'wake', { status: 'delivered' }],
		['recover', 'findCrashed', {}],
		['announce', 'wake', { status: 'dead', announced: 'open' }],
	])('not for %s by what "%s" sees: %j', async (lookFor, operation, fields) => {
		expect(await wakes(lookFor, operation, due(fields))).toBe(false);
	});
});
