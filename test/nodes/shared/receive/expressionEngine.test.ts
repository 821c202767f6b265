import { Expression, Workflow } from 'n8n-workflow';
import { logged, PACKAGE, runWorkflow } from '../../../harness';
import { until } from '../../../until';
import { startWebhooks, type WebhookRunner } from '../../../webhooks';
import { dingTalk, post, type Answer } from '../../platforms';

/* Callbacks that come together, in each state of n8n's own expression engine. */

/** As many as are called many. */
const MANY = 8;
const CURE = 'N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true';
/** The limits of n8n's own start. */
const LIMITS = { bridgeTimeout: 5000, bridgeMemoryLimit: 128, maxCodeCacheSize: 1024 };

type Engine = 'legacy' | 'vm';

let runner: WebhookRunner;
let sent = 0;

async function engine(kind: Engine, lazyAcquire?: boolean): Promise<void> {
	await Expression.initExpressionEngine({ engine: kind, poolSize: 1, lazyAcquire, ...LIMITS });
}

/** Callbacks that are all with the node before n8n has stored the first of them. */
async function together(count: number): Promise<void> {
	let store!: () => void;
	const stored = new Promise<void>((resolve) => (store = resolve));
	runner.store = async () => await stored;
	// The node asks for it at each callback, right before it takes the message in.
	const taken = jest.spyOn(Workflow.prototype, 'getStaticData');
	const answers: Array<Promise<Answer>> = [];
	for (let index = 0; index < count; index++) {
		answers.push(
			post(runner.url, dingTalk.message({ id: `m${sent}`, conversation: `c${sent++}` })),
		);
	}
	await until(() => taken.mock.calls.length === count);
	taken.mockRestore();
	store();
	for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
}

const warnings = (): string[] => logged.filter((line) => line.includes(CURE));

/** What n8n's panel shows at the trigger of an execution. */
async function hints(connection: string): Promise<string[]> {
	const type = `${PACKAGE}.${dingTalk.trigger}`;
	const trigger = { type, name: 'Trigger', parameters: { connection } };
	const { run } = await runWorkflow([trigger], { types: runner.types });
	return run.data.resultData.runData.Trigger![0]!.hints!.map(({ message }) => message);
}

async function start(executions: 'automatic' | 'onePerMessage'): Promise<void> {
	logged.length = 0;
	const parameters = { options: { executions } };
	runner = await startWebhooks([{ type: dingTalk.trigger, parameters }], dingTalk.credentials);
	runner.restart();
}

beforeEach(async () => await start('automatic'));
afterEach(async () => {
	await runner.close();
	await Expression.disposeExpressionEngine();
	Expression.setExpressionEngine('legacy');
});

it('n8n’s default: says in the log once, and then at each execution, what to set', async () => {
	await engine('vm', false);
	await together(MANY);
	await together(MANY);
	expect(warnings()).toEqual([expect.stringMatching(/^warn DingTalk Trigger: .*expression/)]);
	expect(await hints('httpCallback')).toEqual([expect.stringContaining(CURE)]);
	expect(await hints('stream')).toEqual([]);
});

it('n8n’s default, each message in an execution of its own: says it, too', async () => {
	await runner.close();
	await start('onePerMessage');
	await engine('vm', false);
	await together(MANY);
	expect(warnings()).toHaveLength(1);
});

it('n8n’s default, few at once: says nothing', async () => {
	await engine('vm', false);
	await together(MANY - 1);
	expect([warnings(), await hints('httpCallback')]).toEqual([[], []]);
});

it.each<[string, Engine, boolean | undefined]>([
	['lazy', 'vm', true],
	['legacy', 'legacy', undefined],
	['of a shape that nobody knows', 'vm', undefined],
])('%s: says nothing', async (_, kind, lazyAcquire) => {
	await engine(kind, lazyAcquire);
	await together(MANY);
	expect([warnings(), await hints('httpCallback')]).toEqual([[], []]);
});
