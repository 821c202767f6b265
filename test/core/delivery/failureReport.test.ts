import { reportCrash, reportFailure } from '../../../core/delivery/failureReport';

const NOW = Date.parse('2026-11-22T12:10:00Z');
const HOUR = 3_600_000;

/** What n8n hands to an error workflow. */
const report = (execution: object = {}, workflow: object = {}) => ({
	execution: {
		id: '70',
		url: 'http://n8n/workflow/w1/executions/70',
		mode: 'webhook',
		lastNodeExecuted: 'Fetch prices',
		error: { name: 'NodeApiError', message: 'Service unavailable', httpCode: '503' },
		...execution,
	},
	workflow: { id: 'w1', name: 'Daily prices', ...workflow },
});

const crash = { name: 'WorkflowCrashedError', message: 'Workflow did not finish' };
const begunBy = (type: string) => ({ executionContext: { triggerNode: { name: 'x', type } } });

it('says what failed, where, and how a person gets there', () => {
	const row = reportFailure(report(begunBy('n8n-nodes-clawbot.weComTrigger')), NOW)!;
	expect(row).toMatchObject({
		key: 'failure:70',
		version: 1,
		kind: 'failure',
		status: 'dead',
		class: 'unclassified',
		code: '503',
		reason: 'Daily prices, Fetch prices: Service unavailable',
		workflowId: 'w1',
		executionId: '70',
		announced: '',
		settledAtMs: NOW,
	});
	expect(JSON.parse(row.payload)).toEqual({
		workflow: 'Daily prices',
		node: 'Fetch prices',
		url: 'http://n8n/workflow/w1/executions/70',
	});
});

it('takes class and code from nodes that name them', () => {
	const failure = { class: 'badCredentials', code: '40014', message: 'invalid token' };
	const error = { name: 'NodeApiError', message: 'invalid token', context: { failure } };
	expect(reportFailure(report({ error }), NOW)).toMatchObject({
		class: 'badCredentials',
		code: '40014',
	});
});

it('strikes secrets out before it cuts', () => {
	const secret = `sk-${'a'.repeat(400)}`;
	const { reason } = reportFailure(report({ error: { message: `Wrong key ${secret}!` } }), NOW)!;
	expect(reason).toBe('Daily prices, Fetch prices: Wrong key ***!');
	const long = reportFailure(report({ error: { message: 'x'.repeat(999) } }), NOW)!;
	expect(long.reason).toHaveLength(300);
});

it('leaves out what no database can write', () => {
	const error = { message: 'Not\0 found', httpCode: '4\0' };
	const row = reportFailure(report({ error }), NOW)!;
	expect(row.reason).toBe('Daily prices, Fetch prices: Not found');
	expect(Object.values(row).join()).not.toContain('\0');
});

it('gives like failures of one workflow one fingerprint', () => {
	const fingerprint = (execution: object, workflow: object = {}): string =>
		reportFailure(report(execution, workflow), NOW)!.fingerprint;
	const failed = (id: number) => ({ id: String(id), error: { message: `No order ${id}` } });
	expect(fingerprint(failed(1))).toBe(fingerprint(failed(2)));
	expect(fingerprint(failed(1))).not.toBe(fingerprint(failed(1), { id: 'w2' }));
	expect(fingerprint(failed(1))).not.toBe(fingerprint({ error: { message: 'No customer' } }));
});

it.each([
	['dingTalkTrigger', 'webhook'],
	['feishuTrigger', 'webhook'],
	['weComTrigger', 'webhook'],
	['weComTrigger', 'retry'],
])('keeps each failure of what somebody wrote to a bot: %s, %s', (node, mode) => {
	const key = (id: string): string =>
		reportFailure(report({ id, mode, ...begunBy(`n8n-nodes-clawbot.${node}`) }), NOW)!.key;
	expect(key('1')).not.toBe(key('2'));
});

describe('what anybody can begin as often as they like', () => {
	const STRANGERS: Array<[what: string, execution: object]> = [
		['a webhook', begunBy('n8n-nodes-base.webhook')],
		['a form', begunBy('n8n-nodes-base.formTrigger')],
		['a chat', begunBy('@n8n/n8n-nodes-langchain.chatTrigger')],
		['something that n8n does not name', {}],
		['a workflow that one of them called', { mode: 'integrated' }],
	];

	it.each(STRANGERS)('leaves one row an hour: %s', (_, begun) => {
		const key = (id: string, at: number, execution: object = {}): string =>
			reportFailure(report({ id, ...begun, ...execution }), at)!.key;
		expect(key('1', NOW)).toBe(key('2', NOW + HOUR / 2));
		expect(key('1', NOW)).not.toBe(key('2', NOW + HOUR));
		expect(key('1', NOW)).not.toBe(key('2', NOW, { lastNodeExecuted: 'Another node' }));
		// Whoever chooses the words of a failure makes no rows with them.
		const saying = (message: string): object => ({ error: { name: 'TypeError', message } });
		expect(key('1', NOW, saying('No such field: cat'))).toBe(
			key('2', NOW, saying('Dogs are not allowed')),
		);
	});
});

it('keeps one an hour of like failures that a schedule begins', () => {
	const key = (id: string, at: number, message = 'refused'): string =>
		reportFailure(report({ id, mode: 'trigger', error: { message } }), at)!.key;
	expect(key('1', NOW)).toBe(key('2', NOW + HOUR / 2));
	expect(key('1', NOW)).not.toBe(key('2', NOW + HOUR));
	expect(key('1', NOW)).not.toBe(key('2', NOW, 'timeout'));
});

it('reports a trigger that could not start, which has no execution', () => {
	const row = reportFailure(
		{
			trigger: { mode: 'trigger', error: { message: 'No connection' } },
			workflow: { id: 'w1', name: 'Listen' },
		},
		NOW,
	)!;
	expect(row).toMatchObject({ reason: 'Listen: No connection', executionId: '' });
	expect(row.key).toMatch(/^failure:[0-9a-f]{16}$/);
});

describe('crashed executions', () => {
	it.each([
		['a bot’s, which is run again', { ...begunBy('n8n-nodes-clawbot.weComTrigger') }, {}],
		['a called one’s, whose caller crashed', { mode: 'integrated' }, {}],
		[
			'this bundle’s own schedules’, which do it again',
			{ mode: 'trigger', ...begunBy('n8n-nodes-base.scheduleTrigger') },
			{ name: 'ClawBot 3 operations: check clock' },
		],
		[
			'those of the bundle’s first version',
			{ mode: 'trigger', ...begunBy('n8n-nodes-base.scheduleTrigger') },
			{ name: 'ClawBot 3 operations: check clock' },
		],
		[
			'what this bundle wakes when something is due',
			{ mode: 'trigger', ...begunBy('n8n-nodes-clawbot.deliveryTrigger') },
			{ name: 'ClawBot 2 delivery: retry deliveries' },
		],
	])('says nothing about %s', (_, execution, workflow) => {
		expect(reportFailure(report({ error: crash, ...execution }, workflow), NOW)).toBeUndefined();
		// The same execution that failed in another way needs somebody.
		expect(reportFailure(report(execution, workflow), NOW)).toBeDefined();
	});

	it.each([
		['a schedule of somebody', begunBy('n8n-nodes-base.scheduleTrigger')],
		['a webhook of somebody', begunBy('n8n-nodes-base.webhook')],
		['the delivery queue, in a workflow of somebody', begunBy('n8n-nodes-clawbot.deliveryTrigger')],
		['something unknown', {}],
	])('reports those that %s began', (_, execution) => {
		expect(reportFailure(report({ error: crash, ...execution }), NOW)).toBeDefined();
	});
});

describe('crashed executions of queue mode', () => {
	const bots = { error: crash, mode: 'webhook', ...begunBy('n8n-nodes-clawbot.feishuTrigger') };

	it('become rows by which recovery finds them', () => {
		const row = reportCrash(report(bots), NOW)!;
		expect(row).toMatchObject({
			key: 'execution:70',
			version: 1,
			kind: 'execution',
			status: 'waiting',
			attempts: 0,
			claim: '',
			dueAt: NOW,
			executionId: '70',
			workflowId: 'w1',
		});
		expect(JSON.parse(row.history)).toEqual([
			expect.objectContaining({ class: 'crashed', at: new Date(NOW).toISOString() }),
		]);
	});

	it('are known by n8n’s words for a worker that it gave up, too', () => {
		const message =
			'This execution failed to be processed too many times and will no longer retry.';
		expect(reportCrash(report({ ...bots, error: { message } }), NOW)).toBeDefined();
	});

	it.each([
		['failures', { error: { name: 'NodeApiError', message: 'x' } }],
		['retries, whose rows are claimed', { mode: 'retry', retryOf: '7' }],
		['called ones', { mode: 'integrated' }],
		['what others began', begunBy('n8n-nodes-base.webhook')],
	])('are no %s', (_, execution) => {
		expect(reportCrash(report({ ...bots, ...execution }), NOW)).toBeUndefined();
	});
});

it('makes a row of anything that n8n may hand over', () => {
	for (const odd of [{}, { execution: null }, { execution: { error: 'text' } }, { trigger: 1 }]) {
		expect(reportFailure(odd, NOW)).toMatchObject({ kind: 'failure', version: 1 });
	}
});
