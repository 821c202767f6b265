import type { DeliveryRow } from '../../../core/delivery/delivery';
import { afterRetry, leaseCrashed, reportedCrash } from '../../../core/delivery/crashedRow';
import { findCrashed, LookedAt, type Candidate } from '../../../core/delivery/recovery';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const MINUTE = 60_000;

const listed = (id: string, fields: object = {}) => ({
	id,
	mode: 'webhook',
	status: 'crashed',
	retryOf: null,
	retrySuccessId: null,
	...fields,
});

const page = (...executions: object[]) => ({ data: executions, nextCursor: null });

/** What n8n says about one execution: a bot's, with one message in it. */
const details = (id: string, fields: object = {}) => ({
	statusCode: 200,
	body: {
		id,
		workflowId: 'w1',
		startedAt: new Date(NOW - MINUTE).toISOString(),
		retrySuccessId: null,
		data: {
			executionData: {
				runtimeData: { triggerNode: { type: 'n8n-nodes-clawbot.feishuTrigger' } },
				nodeExecutionStack: [
					{
						node: { type: 'n8n-nodes-clawbot.feishuTrigger' },
						data: {
							main: [
								[
									{
										json: {
											platform: 'feishu',
											messageId: 'om_1',
											conversationId: 'oc_1',
											text: 'x'.repeat(999),
										},
									},
								],
							],
						},
					},
				],
			},
		},
		...fields,
	},
});

/** One n8n process after another, on one store. */
class Process {
	private made = 0;
	readonly lookedAt = new LookedAt();
	/** By a clock that nobody sets. */
	readonly held = new Set<string>();

	constructor(
		readonly name: string,
		readonly singleProcess = true,
	) {}

	find(executions: object[], rows: DeliveryRow[] = [], now = NOW): Candidate[] {
		const { name: processToken, singleProcess } = this;
		return findCrashed([page(...executions), ...rows.map((row) => ({ ...row }))], this.lookedAt, {
			processToken,
			singleProcess,
			isHeld: (lease) => this.held.has(lease),
			now,
		});
	}

	claim(candidate: object, answer: object, now = NOW): DeliveryRow | undefined {
		const newId = (): string => String(++this.made);
		const options = { processToken: this.name, newId, now };
		return leaseCrashed({ ...candidate, ...answer }, this.lookedAt, options);
	}
}

const ids = (found: Candidate[]): string[] => found.map(({ executionId }) => executionId);

describe('which executions are looked at', () => {
	it('takes those that a webhook or a stream began and that nobody has retried', () => {
		const found = new Process('a').find([
			listed('1'),
			listed('2', { mode: 'trigger' }),
			listed('3', { mode: 'integrated' }),
			listed('4', { mode: 'manual' }),
			listed('5', { retrySuccessId: '9' }),
			listed('6', { mode: 'retry', retryOf: '1' }),
		]);
		expect(ids(found)).toEqual(['1', '2']);
	});

	it('reads every page, and what is no page as nothing', () => {
		const items = [page(listed('1')), page(listed('2')), { data: 'x' }, {}, { data: [null] }];
		const options = { processToken: 'a', singleProcess: true, isHeld: () => false, now: NOW };
		expect(ids(findCrashed(items, new LookedAt(), options))).toEqual(['1', '2']);
	});

	it('leaves alone what this process retries', () => {
		const process = new Process('a');
		const row = process.claim({ executionId: '1' }, details('1'))!;
		expect(process.find([listed('1')], [row])).toEqual([]);
	});

	it('leaves it alone, too, where the clock was set forward meanwhile', () => {
		const process = new Process('a');
		const row = process.claim({ executionId: '1' }, details('1'))!;
		const later = NOW + 90 * MINUTE;
		expect(ids(process.find([listed('1')], [row], later))).toEqual(['1']);
		process.held.add(row.claim);
		expect(process.find([listed('1')], [row], later)).toEqual([]);
	});

	it('looks at it again when the process that retried it has ended', () => {
		const row = new Process('a').claim({ executionId: '1' }, details('1'))!;
		expect(ids(new Process('b').find([listed('1')], [row]))).toEqual(['1']);
		// It may be there no more: the row alone says that it is to be retried.
		expect(ids(new Process('b').find([], [row]))).toEqual(['1']);
	});

	it('does not wait an hour where the clock was set back since it crashed', () => {
		const process = new Process('a');
		const later = NOW + 60 * MINUTE;
		const retried = process.claim({ executionId: '1' }, details('1'), later)!;
		const row = afterRetry({ ...retried, statusCode: 500 }, later)!;
		expect(process.find([listed('1')], [row], later)).toEqual([]);
		expect(ids(process.find([listed('1')], [row], NOW))).toEqual(['1']);
	});

	it('lets a process of a shared store have its time', () => {
		const row = new Process('a').claim({ executionId: '1' }, details('1'))!;
		const other = new Process('b', false);
		expect(other.find([listed('1')], [row], NOW + 9 * MINUTE)).toEqual([]);
		expect(ids(other.find([listed('1')], [row], NOW + 11 * MINUTE))).toEqual(['1']);
	});

	it('does not wait for a process of a shared store whose retry crashed', () => {
		const candidate = { executionId: '1' };
		const row = new Process('a', false).claim(candidate, details('1'))!;
		const retry = listed('2', { mode: 'retry', retryOf: '1' });
		const other = new Process('b', false);
		expect(ids(other.find([retry, listed('1')], [row], NOW + 1000))).toEqual(['1']);
		// The row knows of that crash now, and waits for the next retry.
		const again = other.claim({ ...candidate, row }, details('1'), NOW + 1000)!;
		expect(new Process('c', false).find([retry, listed('1')], [again], NOW + 2000)).toEqual([]);
	});

	it('looks ever more rarely at what needs nothing', () => {
		const process = new Process('a');
		const retried = details('1', { retrySuccessId: '2' });
		expect(process.claim({ executionId: '1' }, retried)).toBeUndefined();
		expect(process.find([listed('1')], [], NOW + 59_000)).toEqual([]);
		expect(ids(process.find([listed('1')], [], NOW + 61_000))).toEqual(['1']);
		process.claim({ executionId: '1' }, retried, NOW + 61_000);
		expect(process.find([listed('1')], [], NOW + 61_000 + 119_000)).toEqual([]);
	});

	it('looks again at once at a claim that does not stand in the store: saving it failed', () => {
		const process = new Process('a');
		const row = process.claim({ executionId: '1' }, details('1'))!;
		expect(ids(process.find([listed('1')], [], NOW + 15_000))).toEqual(['1']);
		expect(process.find([listed('1')], [row], NOW + 15_000)).toEqual([]);
	});

	it('lets those that crashed again go one at a time, after all others', () => {
		const first = new Process('a');
		const rows = ['1', '2', '3'].map((id) => first.claim({ executionId: id }, details(id))!);
		const second = new Process('b');
		expect(ids(second.find([listed('4')], rows))).toEqual(['4']);
		const [oldest] = second.find([], rows);
		expect(oldest!.executionId).toBe('1');
		const claimed = second.claim(oldest!, details('1'))!;
		const others = [claimed, rows[1]!, rows[2]!];
		expect(second.find([], others, NOW + 19_000)).toEqual([]);
		// It has lived for a while: it is not what ends the process.
		expect(ids(second.find([], others, NOW + 21_000))).toEqual(['2']);
	});

	it('notes together whose retry succeeded before the process ended', () => {
		const first = new Process('a');
		const rows = ['1', '2', '3'].map((id) => first.claim({ executionId: id }, details(id))!);
		const done = [listed('1', { retrySuccessId: '8' }), listed('2', { retrySuccessId: '9' })];
		const second = new Process('b');
		// The third one's retry crashed: it waits until the others are out of its way.
		expect(ids(second.find(done, rows))).toEqual(['1', '2']);
		expect(ids(second.find([listed('1'), listed('2')], rows))).toEqual(['1']);
	});

	it('has no use for rows that it cannot read, or of other kinds', () => {
		const row = new Process('a').claim({ executionId: '1' }, details('1'))!;
		const rows = [
			{ ...row, history: '{' },
			{ ...row, kind: 'failure' as const },
			{ ...row, status: 'dead' as const },
		];
		expect(new Process('b').find([], rows)).toEqual([]);
	});
});

describe('what becomes of an execution before its retry', () => {
	it('is claimed, with enough of its messages to know them', () => {
		const row = new Process('a').claim({ executionId: '7' }, details('7'))!;
		expect(row).toMatchObject({
			key: 'execution:7',
			version: 1,
			kind: 'execution',
			status: 'waiting',
			claim: 'a:1',
			attempts: 1,
			platform: 'feishu',
			conversation: 'oc_1',
			workflowId: 'w1',
			executionId: '7',
		});
		expect(JSON.parse(row.payload)).toEqual({
			messages: [
				{
					platform: 'feishu',
					conversationId: 'oc_1',
					messageId: 'om_1',
					text: 'x'.repeat(200),
				},
			],
		});
	});

	it('is described by n8n where only its crash was reported', () => {
		const worker = new Process('a', false);
		const seed = reportedCrash('7', 'w1', NOW);
		const [candidate] = worker.find([], [seed]);
		expect(candidate).toMatchObject({ executionId: '7', row: { key: 'execution:7' } });
		const row = worker.claim(candidate!, details('7'))!;
		expect(row).toMatchObject({
			version: 2,
			platform: 'feishu',
			conversation: 'oc_1',
			attempts: 1,
		});
		expect(row.claim).not.toBe('');
		expect(JSON.parse(row.payload)).toMatchObject({ messages: [{ messageId: 'om_1' }] });
		expect(JSON.parse(row.history)).toHaveLength(1);
		const late = details('7', { startedAt: new Date(NOW - 25 * 60 * MINUTE).toISOString() });
		expect(worker.claim(candidate!, late)).toMatchObject({ status: 'dead', code: 'tooOld' });
	});

	it('is a dead letter where n8n has emptied it: its retry would answer nobody', () => {
		const worker = new Process('a', false);
		const [candidate] = worker.find([], [reportedCrash('7', 'w1', NOW)]);
		const data = { executionData: { nodeExecutionStack: [] } };
		expect(worker.claim(candidate!, details('7', { data }))).toMatchObject({
			status: 'dead',
			code: 'messagesGone',
		});
	});

	it('is left alone where no trigger of a bot began it', () => {
		const foreign = {
			data: { executionData: { runtimeData: { triggerNode: { type: 'n8n-nodes-base.webhook' } } } },
		};
		expect(new Process('a').claim({ executionId: '7' }, details('7', foreign))).toBeUndefined();
	});

	it('is left alone where it was retried with success meanwhile', () => {
		const retried = details('7', { retrySuccessId: '8' });
		const process = new Process('a');
		expect(process.claim({ executionId: '7' }, retried)).toBeUndefined();
		const row = process.claim({ executionId: '7' }, details('7'))!;
		expect(new Process('b').claim({ executionId: '7', row }, retried)).toMatchObject({
			version: 2,
			status: 'delivered',
			claim: '',
		});
	});

	it('is given up with its third crash', () => {
		const candidate = { executionId: '7' };
		const once = new Process('a').claim(candidate, details('7'))!;
		const twice = new Process('b').claim({ ...candidate, row: once }, details('7'))!;
		expect(twice).toMatchObject({ version: 2, status: 'waiting', attempts: 2 });
		const thrice = new Process('c').claim({ ...candidate, row: twice }, details('7'))!;
		expect(thrice).toMatchObject({
			version: 3,
			status: 'dead',
			claim: '',
			code: 'crashedThrice',
			settledAtMs: NOW,
		});
		expect(thrice.fingerprint).not.toBe('');
	});

	it('is retried anew when somebody replays it', () => {
		const candidate = { executionId: '7' };
		const rows = ['a', 'b', 'c'].reduce<DeliveryRow | undefined>(
			(row, name) => new Process(name).claim({ ...candidate, row }, details('7')),
			undefined,
		);
		const later = NOW + MINUTE;
		const replayed: DeliveryRow = {
			...rows!,
			status: 'waiting',
			audit: JSON.stringify([
				{ at: new Date(later).toISOString(), by: 'me', action: 'replay', note: '' },
			]),
		};
		const process = new Process('d');
		const [again] = process.find([], [replayed], later + 1000);
		expect(process.claim(again!, details('7'), later + 1000)).toMatchObject({
			status: 'waiting',
			claim: 'd:1',
		});
	});

	it('is a dead letter where n8n does not have it any more', () => {
		const row = new Process('a').claim({ executionId: '7' }, details('7'))!;
		const gone = { statusCode: 404, body: {} };
		expect(new Process('b').claim({ executionId: '7', row }, gone)).toMatchObject({
			status: 'dead',
			code: 'executionGone',
			payload: row.payload,
		});
	});

	it('is a dead letter where it is over a day old: people are told instead', () => {
		const old = details('7', { startedAt: new Date(NOW - 25 * 60 * MINUTE).toISOString() });
		expect(new Process('a').claim({ executionId: '7' }, old)).toMatchObject({
			status: 'dead',
			code: 'tooOld',
		});
	});

	it.each([[{ statusCode: 401 }], [{ statusCode: 500 }], [{ error: { message: 'aborted' } }]])(
		'waits for the next look where n8n answers %j',
		(answer) => {
			const process = new Process('a');
			expect(process.claim({ executionId: '7' }, answer)).toBeUndefined();
			expect(ids(process.find([listed('7')]))).toEqual(['7']);
		},
	);
});

describe('what becomes of an execution after its retry', () => {
	const claimed = (): DeliveryRow => new Process('a').claim({ executionId: '7' }, details('7'))!;
	const after = (answer: object) => afterRetry({ ...claimed(), ...answer }, NOW);

	it('is done where n8n carried it out', () => {
		expect(after({ statusCode: 200 })).toMatchObject({ version: 2, status: 'delivered' });
	});

	it.each([
		[404, 'executionGone'],
		[409, 'notRetryable'],
	])('is given up where n8n answers %i', (statusCode, code) => {
		expect(after({ statusCode })).toMatchObject({ status: 'dead', code });
	});

	it.each([
		[{ statusCode: 401 }, 'badCredentials', 60_000],
		[{ statusCode: 500 }, 'temporary', 10_000],
		[{ error: { message: 'aborted' } }, 'temporary', 10_000],
	])('waits where n8n answers %j, and that is no crash', (answer, failureClass, waitMs) => {
		const row = after(answer)!;
		expect(row).toMatchObject({ status: 'waiting', claim: '', class: failureClass });
		const process = new Process('b');
		expect(process.find([listed('7')], [row], NOW + waitMs - 1)).toEqual([]);
		const [again] = process.find([listed('7')], [row], NOW + waitMs);
		const history = JSON.parse(process.claim(again!, details('7'))!.history) as unknown[];
		expect(history).toHaveLength(1);
	});

	it('has no use for what was not claimed', () => {
		expect(afterRetry({ ...claimed(), claim: '', statusCode: 200 }, NOW)).toBeUndefined();
		expect(afterRetry({ statusCode: 200 }, NOW)).toBeUndefined();
	});
});
