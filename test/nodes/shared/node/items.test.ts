import {
	NodeApiError,
	NodeConnectionTypes,
	NodeOperationError,
	UserError,
	type INode,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { eachItem, type ItemWork } from '../../../../nodes/shared/node/items';
import {
	logged,
	runWorkflow,
	type RunOptions,
	type RunResult,
	type TestNode,
} from '../../../harness';

/** A node that does `work` with each item, three at once. */
function worker(work: ItemWork): INodeType {
	return {
		description: {
			name: 'worker',
			displayName: 'Worker',
			version: 1,
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		} as unknown as INodeTypeDescription,
		async execute() {
			return [await eachItem(this, 3, work)];
		},
	};
}

async function run(
	work: ItemWork,
	items: RunOptions['items'],
	settings: Partial<TestNode> = {},
): Promise<RunResult> {
	const types = { 'test.worker': worker(work) };
	const source = { type: 'dingTalkTrigger' };
	return await runWorkflow([source, { type: 'test.worker', ...settings }], { items, types });
}

const wait = async (ms: number): Promise<void> =>
	await new Promise((resolve) => setTimeout(resolve, ms));
const numbers = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

test('Items keep their order, their fields and their link, however long each takes', async () => {
	const { outputs } = await run(async (item, index) => {
		await wait((5 - index) * 3);
		return { twice: Number(item.json.n) * 2 };
	}, numbers(6));
	expect(outputs.Worker![0]).toEqual(
		numbers(6).map(({ n }) => ({ json: { n, twice: n * 2 }, pairedItem: { item: n } })),
	);
});

test('No more items are under way at once than the limit says', async () => {
	let now = 0;
	let most = 0;
	await run(async () => {
		most = Math.max(most, ++now);
		await wait(2);
		now--;
		return {};
	}, numbers(20));
	expect(most).toBe(3);
});

/** Of the item that fails, in the workflow and execution of the harness. */
const failedAtTwo = { message: 'two is bad', origin: { workflowId: 'w1', executionId: '1' } };
const failAtTwo: ItemWork = async ({ json }) => {
	if (json.n === 2) throw new Error('two is bad');
	return { fine: true };
};

test('Where the node stops on errors, the workflow fails after every item has been tried', async () => {
	const tried: unknown[] = [];
	const { status, error } = await run(async (item, index) => {
		tried.push(item.json.n);
		return await failAtTwo(item, index);
	}, numbers(5));
	expect(status).toBe('error');
	expect(error!.message).toContain('two is bad');
	expect(tried.sort()).toEqual([0, 1, 2, 3, 4]);
});

test('The error of a stopped workflow names the item that failed', async () => {
	const { error } = await run(failAtTwo, numbers(5));
	expect(error!.context!.itemIndex).toBe(2);
});

test('With an error output, the failed item leaves there and the others go on', async () => {
	const { status, outputs } = await run(failAtTwo, numbers(4), { onError: 'continueErrorOutput' });
	expect(status).toBe('success');
	const [passed, failed] = outputs.Worker!;
	expect(passed!.map(({ json }) => json.n)).toEqual([0, 1, 3]);
	expect(failed).toEqual([{ json: { n: 2, error: failedAtTwo }, pairedItem: { item: 2 } }]);
});

test('With Continue, the failed item stays in its place with its fields and its error', async () => {
	const { status, outputs } = await run(failAtTwo, numbers(4), {
		onError: 'continueRegularOutput',
	});
	expect(status).toBe('success');
	const items = outputs.Worker![0]!.map(({ json }) => json);
	expect(items.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
	expect(items[2]).toEqual({ n: 2, error: failedAtTwo });
	expect(items.filter((json) => 'error' in json)).toHaveLength(1);
});

describe('A mistake in code', () => {
	/** What a node that works with these errors writes into n8n's log as errors. */
	async function loggedFor(...errors: unknown[]): Promise<string[]> {
		const before = logged.length;
		const { outputs } = await run(
			async (_, index) => {
				throw errors[index];
			},
			numbers(errors.length),
			{ onError: 'continueErrorOutput' },
		);
		// Nothing is lost, whatever the error.
		expect(outputs.Worker![1]!.map(({ json }) => json.n)).toEqual([...errors.keys()]);
		return logged.slice(before).filter((line) => line.startsWith('error '));
	}

	it('is logged with its stack, once for each place, and its items leave by the error output', async () => {
		const at = (): unknown => {
			try {
				return (undefined as unknown as { text: string }).text;
			} catch (error) {
				return error;
			}
		};
		const lines = await loggedFor(...[1, 2, 3].map(at), new RangeError('elsewhere'));
		expect(lines).toHaveLength(2);
		expect(lines[0]).toMatch(/Worker: a defect at an item: TypeError: Cannot read properties/);
		expect(lines[0]).toMatch(/items\.test\.ts/);
		expect(lines[0]).toContain('"executionId":"1"');
		expect(lines[1]).toContain('RangeError: elsewhere');
	});

	it('is none of the errors that name wrong input, or what a service answered', async () => {
		const node = { name: 'Worker' } as INode;
		const known = [
			new NodeOperationError(node, 'The text is empty'),
			new NodeApiError(node, { message: 'no' }),
			new UserError('cancelled'),
		];
		expect(await loggedFor(...known)).toEqual([]);
	});

	it('is logged without the secrets in it', async () => {
		const [line] = await loggedFor(new TypeError('token=secret-canary-value-1234567890 is no URL'));
		expect(line).toContain('TypeError');
		expect(line).not.toContain('secret-canary-value');
	});
});
