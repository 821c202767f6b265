import { NodeHelpers, Workflow, type IDataObject, type INode } from 'n8n-workflow';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { PROCESS_TOKEN } from '../../nodes/DeliveryQueue/items';
import { completeNode, nodeTypesWith, runWorkflow, type RunResult } from '../harness';
import {
	failure,
	MINUTE,
	question as messageOf,
	reply,
	unsent,
	waitingRow,
} from '../core/delivery/rows';

const NODE = 'ClawBot Delivery Queue';

async function run(
	parameters: IDataObject,
	items: unknown[],
	settings: Partial<INode> = {},
): Promise<RunResult> {
	const node = { type: 'deliveryQueue', parameters: parameters as never, ...settings };
	const source = { type: 'dingTalkTrigger' };
	return await runWorkflow([source, node], { items: items as IDataObject[] });
}

/** What leaves by each output of an operation, as rows or messages. */
async function outputsOf(operation: string, items: unknown[], fields: IDataObject = {}) {
	const { outputs, error } = await run({ operation, ...fields }, items);
	if (error) throw error;
	return (outputs[NODE] ?? []).map((output) => output.map(({ json }) => json));
}

/** The rows that leave by the first output. */
async function rowsOf(operation: string, items: unknown[]): Promise<DeliveryRow[]> {
	const [rows = []] = await outputsOf(operation, items);
	return rows as unknown as DeliveryRow[];
}

const question = (fields = {}) =>
	messageOf({ receivedAt: new Date().toISOString(), ...fields }) as unknown as IDataObject;
/** Now, on the clock of the engine. */
const due = (fields = {}, payload?: Parameters<typeof waitingRow>[1]) =>
	waitingRow(
		{ dueAt: Date.now() - 1, deadlineAt: Date.now() + 60 * MINUTE, ...fields },
		payload,
	) as unknown as IDataObject;

test.each([
	['keepFailures', ['Rows']],
	['takeRequests', ['Rows']],
	['claimDue', ['Rows']],
	['open', ['Send', 'Ask Again', 'No Answer']],
	['markDelivered', ['Rows']],
])('The canvas shows the outputs of %s: %j', (operation, names) => {
	const nodeTypes = nodeTypesWith();
	const node = completeNode({ type: 'deliveryQueue', parameters: { operation } }, nodeTypes, {});
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const { description } = nodeTypes.getByNameAndVersion(node.type);
	const outputs = NodeHelpers.getNodeOutputs(workflow, node, description);
	expect(outputs).toEqual(names.map((displayName) => ({ type: 'main', displayName })));
});

describe('Keep Failures', () => {
	it('makes a row of each failed item', async () => {
		const origin = { workflowId: 'w7', executionId: '70' };
		const { outputs } = await run({}, [
			{ ...question(), error: failure({ origin }) },
			{ ...question({ messageId: 'om_2' }), error: failure({ unsent: reply() }) },
			{ error: 'Something else broke' },
		]);
		const items = outputs[NODE]![0]!;
		expect(items.map(({ json }) => [json.kind, json.status, json.version])).toEqual([
			['question', 'waiting', 1],
			['answer', 'waiting', 1],
			['failure', 'dead', 1],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(items[0]!.json).toMatchObject(origin);
		expect(items[2]!.json).toMatchObject({ executionId: '1' });
		expect(Object.keys(items[0]!.json)).toEqual(Object.keys(waitingRow()));
	});

	it('keeps the order of messages that came at once', async () => {
		const receivedAt = new Date().toISOString();
		const items = ['om_1', 'om_2'].map((messageId) => ({
			...question({ messageId, receivedAt }),
			error: failure(),
		}));
		const rows = await rowsOf('keepFailures', items);
		expect(rows.map(({ createdAtMs }) => createdAtMs - Date.parse(receivedAt))).toEqual([0, 1]);
	});

	it('changes the row of a further attempt, wherever it failed', async () => {
		const retry = due({ claim: 'me:1', workflowId: 'w7', executionId: '70' });
		const origin = { workflowId: 'retries', executionId: '99' };
		const item = { retry, error: failure({ unsent: unsent(), origin }) };
		expect((await outputsOf('keepFailures', [item]))[0]).toMatchObject([
			{ key: 'k1', version: 4, claim: '', workflowId: 'w7', executionId: '70', status: 'waiting' },
		]);
	});

	it('changes every row of a digest, and leaves each its own message', async () => {
		const row = (key: string) => due({ key, claim: 'me:1:digest' });
		const digest = unsent({ seed: 'digest', content: { type: 'text', text: 'All at once' } });
		const item = {
			retry: row('a'),
			merged: [row('b')],
			error: failure({ class: 'rateLimited', unsent: digest }),
		};
		const rows = await rowsOf('keepFailures', [item]);
		expect(rows.map(({ key, payload, status }) => [key, JSON.parse(payload), status])).toEqual([
			['a', { unsent: unsent() }, 'waiting'],
			['b', { unsent: unsent() }, 'waiting'],
		]);
	});

	it('takes an item whose row was spoilt for a new one', async () => {
		const item = { ...question(), retry: { key: 'k1', version: 3 }, error: failure() };
		expect((await outputsOf('keepFailures', [item]))[0]).toMatchObject([{ version: 1 }]);
	});
});

describe('Lease Due', () => {
	/** Opens what was claimed: the claims are saved. */
	const saved = async () => await outputsOf('open', [{}]);
	afterEach(saved);

	it('claims nothing more until the claims before are saved', async () => {
		const rows = [due({ key: 'k1' })];
		expect((await outputsOf('claimDue', rows))[0]).toHaveLength(1);
		expect((await outputsOf('claimDue', rows))[0]).toEqual([]);
		await saved();
		expect((await outputsOf('claimDue', rows))[0]).toHaveLength(1);
		// Claims whose saving failed are forgotten after a while.
		const now = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 31_000);
		expect((await outputsOf('claimDue', rows))[0]).toHaveLength(1);
		now.mockRestore();
	});

	it('claims in the name of this process', async () => {
		const { outputs } = await run({ operation: 'claimDue' }, [
			due({ dueAt: Date.now() + MINUTE }),
			due({ key: 'k2', priority: 2 }),
			due({ key: 'k3' }),
		]);
		const items = outputs[NODE]![0]!;
		expect(items.map(({ json, pairedItem }) => [json.key, pairedItem])).toEqual([
			['k3', { item: 2 }],
			['k2', { item: 1 }],
		]);
		for (const { json } of items)
			expect(json.claim).toMatch(new RegExp(`^${PROCESS_TOKEN}:.{36}$`));
	});

	it('leaves alone what it has under way, also where the clock is set forward meanwhile', async () => {
		const stored = { ...due({ key: 'k1' }), singleProcess: true };
		const [leased] = await outputsOf('claimDue', [stored]);
		await saved();
		const later = Date.now() + 60 * MINUTE;
		const now = jest.spyOn(Date, 'now').mockReturnValue(later);
		expect((await outputsOf('claimDue', [{ ...leased![0], singleProcess: true }]))[0]).toEqual([]);
		// Negative control: a lease of this process that it does not hold.
		const lost = { ...leased![0], claim: `${PROCESS_TOKEN}:lost`, singleProcess: true };
		expect((await outputsOf('claimDue', [lost]))[0]).toHaveLength(1);
		now.mockRestore();
	});

	it('takes over what another process left behind where the store says that there is none', async () => {
		const row = due(
			{ claim: 'they:1', dueAt: Date.now() + MINUTE },
			{ unsent: unsent({ repeatable: true }) },
		);
		expect((await outputsOf('claimDue', [row]))[0]).toEqual([]);
		expect((await outputsOf('claimDue', [{ ...row, singleProcess: true }]))[0]).toHaveLength(1);
	});

	it('asks as many questions at once as the field says', async () => {
		const rows = ['a', 'b', 'c'].map((key) =>
			due({ key, conversation: key }, { question: messageOf({ messageId: key }) }),
		);
		expect((await outputsOf('claimDue', rows))[0]).toHaveLength(3);
		await saved();
		expect((await outputsOf('claimDue', rows, { questionsAtOnce: 2 }))[0]).toHaveLength(2);
	});

	it('says nothing where the store says nothing', async () => {
		expect(await outputsOf('claimDue', [{}])).toEqual([[]]);
	});
});

describe('Take Requests', () => {
	const request = { platform: 'wecom', text: 'Backup done' };
	const bad = { platform: 'wecom' };

	it('makes claimed rows, which Open opens at once', async () => {
		const [rows] = await outputsOf('takeRequests', [request, { ...request, key: 'backup 7' }]);
		expect(rows).toMatchObject([
			{ key: expect.stringMatching(/^.{36}$/), claim: expect.stringContaining(PROCESS_TOKEN) },
			{ key: 'backup 7', version: 1, status: 'waiting' },
		]);
		const [send] = await outputsOf('open', rows!);
		expect(send).toMatchObject([
			{ unsent: { content: { text: 'Backup done' } }, retry: rows![0] },
			{ unsent: { content: { text: 'Backup done' } }, retry: rows![1] },
		]);
	});

	it('stops at a bad request before anything is saved, and says which', async () => {
		const { error, outputs } = await run({ operation: 'takeRequests' }, [request, bad]);
		expect(error!.message).toContain('"text" is missing');
		expect(error!.context!.itemIndex).toBe(1);
		expect(outputs[NODE] ?? []).toEqual([]);
	});

	it('goes on with the others where it has an error output', async () => {
		const { outputs } = await run({ operation: 'takeRequests' }, [bad, request], {
			onError: 'continueErrorOutput',
		});
		const [rows, refused] = outputs[NODE]!;
		expect(rows).toHaveLength(1);
		expect(refused!.map(({ json }) => json)).toEqual([
			{ ...bad, error: { message: '"text" is missing: say what is to be sent' } },
		]);
	});
});

test('Open sends texts, asks questions again, and tells whom no answer comes', async () => {
	const asked = { question: messageOf() };
	const rows = [
		due({ key: 'a', claim: 'me:1' }),
		due({ key: 'b', claim: 'me:2', workflowId: 'w7' }, asked),
		due({ key: 'c', status: 'dead', conversation: 'oc_1' }, asked),
		due({ key: 'd' }),
	];
	const { outputs } = await run({ operation: 'open' }, rows);
	expect(outputs[NODE]).toEqual([
		[{ json: { unsent: unsent(), retry: rows[0] }, pairedItem: { item: 0 } }],
		[{ json: { ...messageOf(), retry: rows[1], workflowId: 'w7' }, pairedItem: { item: 1 } }],
		[{ json: expect.objectContaining({ messageId: 'om_1' }), pairedItem: { item: 2 } }],
	]);
});

describe('Mark Delivered', () => {
	const retry = due({ claim: 'me:1' });
	const delivery = { platform: 'wecom', messageIds: [] };

	it('makes rows of what was sent, and drops the rest', async () => {
		const items = [
			{ retry, delivery },
			{ delivery },
			{ retry },
			{ ...question(), error: failure() },
		];
		const [rows] = await outputsOf('markDelivered', items);
		expect(rows).toMatchObject([{ key: 'k1', version: 4, status: 'delivered', claim: '' }]);
		expect(rows).toHaveLength(1);
	});

	it('knows what went out with another message', async () => {
		const digest = { retry, merged: [due({ key: 'k2' })], delivery };
		const collected = { retry: due({ key: 'k3' }), delivery: { ...delivery, mergedInto: 'om_2' } };
		const rows = await rowsOf('markDelivered', [digest, collected]);
		expect(rows.map(({ key, status }) => [key, status])).toEqual([
			['k1', 'delivered'],
			['k2', 'merged'],
			['k3', 'merged'],
		]);
	});
});
