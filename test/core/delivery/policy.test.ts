import fc from 'fast-check';
import type { Attempt, AuditEntry, DeliveryRow } from '../../../core/delivery/delivery';
import { afterDelivery, afterFailure, REPEATABLE_MS } from '../../../core/delivery/policy';
import { jointLease } from '../../../core/delivery/row';
import {
	entryOf,
	failure,
	HOUR,
	iso,
	middle,
	MINUTE,
	NOW,
	question,
	reply,
	SECOND,
	unsent,
	waitingRow,
} from './rows';

const PERMANENT = [
	'badCredentials',
	'tokenExpired',
	'permissionDenied',
	'targetGone',
	'badRequest',
	'tooLong',
	'contentRejected',
	'quotaExhausted',
	'unclassified',
] as const;

/** What becomes of a claimed row whose attempt failed. */
const fail = (row: DeliveryRow, error: object = {}, left = unsent()): DeliveryRow =>
	afterFailure(
		entryOf({ ...row, claim: row.claim || 'me:1' }),
		{ failure: failure(error), unsent: left },
		NOW,
		middle,
	);

const attempt = (name: Attempt['class'], at = NOW): Attempt => ({
	at: iso(at),
	class: name,
	code: 'c',
	message: 'm',
});

const withHistory = (...attempts: Attempt[]): DeliveryRow =>
	waitingRow({ history: JSON.stringify(attempts) });

describe('A failure that waiting helps', () => {
	it.each(['temporary', 'rateLimited'])('makes it wait: %s', (name) => {
		expect(fail(waitingRow(), { class: name })).toMatchObject({
			version: 4,
			status: 'waiting',
			claim: '',
			class: name,
			code: 'HTTP 503',
			reason: 'Feishu: busy',
			fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
			dueAt: NOW + 501,
			settledAtMs: 0,
		});
	});

	it('waits as long as the other side asked for', () => {
		const { dueAt } = fail(waitingRow(), { class: 'rateLimited', retryAfterMs: 10 * MINUTE });
		expect(dueAt).toBe(NOW + 10.5 * MINUTE);
	});

	it('is the end of it where the deadline is sooner, with the words of the failure', () => {
		const row = waitingRow({ deadlineAt: NOW + 5 * SECOND });
		expect(fail(row)).toMatchObject({ status: 'dead', reason: 'Feishu: busy', settledAtMs: NOW });
	});

	it('keeps nothing that a store cannot write', () => {
		const row = fail(waitingRow(), { code: '1\0', message: 'You said \0' });
		expect(row).toMatchObject({ code: '1', reason: 'You said ' });
		expect(Object.values(row).join()).not.toContain('\0');
	});

	it('keeps what is left to send, and every attempt', () => {
		const left = unsent({ sentParts: 2, messageIds: ['a', 'b'] });
		const { payload, history } = fail(withHistory(attempt('rateLimited')), {}, left);
		expect(JSON.parse(payload)).toEqual({ unsent: left });
		expect(JSON.parse(history)).toEqual([
			attempt('rateLimited'),
			{ at: iso(NOW), class: 'temporary', code: 'HTTP 503', message: 'Feishu: busy' },
		]);
	});
});

it.each(PERMANENT)('A failure that waiting does not help is the end of it: %s', (name) => {
	const row = { ...waitingRow(), deadlineAt: NOW + 24 * HOUR };
	expect(fail(row, { class: name })).toMatchObject({ status: 'dead', attempts: 1, claim: '' });
});

describe('An unknown outcome', () => {
	const unknown = { class: 'unknownOutcome' };
	const repeatable = unsent({ repeatable: true });

	it('is not repeated where the platform would show it twice', () => {
		expect(fail(waitingRow(), unknown)).toMatchObject({ status: 'uncertain', claim: '' });
	});

	it('is repeated where the platform knows the repetition', () => {
		expect(fail(waitingRow(), unknown, repeatable)).toMatchObject({ status: 'waiting' });
	});

	it('is repeated for as long as the platform remembers it', () => {
		const after = (ms: number) =>
			fail(withHistory(attempt('unknownOutcome', NOW - ms)), {}, repeatable).status;
		expect(after(REPEATABLE_MS - MINUTE)).toBe('waiting');
		expect(after(REPEATABLE_MS + SECOND)).toBe('uncertain');
	});

	it('stays one whatever follows: the first attempt may have arrived', () => {
		const row = withHistory(attempt('unknownOutcome', NOW - MINUTE));
		for (const name of PERMANENT) {
			expect(fail(row, { class: name }, repeatable).status).toBe('uncertain');
		}
		expect(fail(row, {}, unsent()).status).toBe('uncertain');
	});

	it('is settled by a person who looked and replays it', () => {
		const decided: AuditEntry = { at: iso(NOW), by: 'Li', action: 'replay', note: '' };
		const row = withHistory(attempt('unknownOutcome', NOW - MINUTE));
		const audit = JSON.stringify([decided]);
		expect(fail({ ...row, audit }).status).toBe('waiting');
		expect(
			fail({ ...row, audit: JSON.stringify([{ ...decided, action: 'discard' }]) }).status,
		).toBe('uncertain');
	});

	it('of the model’s answer is none: nothing was said yet', () => {
		const row = waitingRow({}, { question: question() });
		const next = afterFailure(entryOf(row), { failure: failure(unknown) }, NOW, middle);
		expect(next).toMatchObject({ status: 'waiting', class: 'temporary', kind: 'question' });
		// Nor does it make the answer that comes later an uncertain one.
		expect(fail(next, {}, reply()).status).toBe('waiting');
	});
});

describe('A question that has an answer now', () => {
	const row = waitingRow({ platform: 'feishu', bot: 'app' }, { question: question() });

	it('becomes that answer: the model is not asked again', () => {
		const next = fail(row, {}, reply());
		expect(next).toMatchObject({ kind: 'answer', status: 'waiting', key: row.key });
		expect(JSON.parse(next.payload)).toEqual({ unsent: reply() });
	});

	it('became part of another one where the answer is for a later message', () => {
		const { replyTo } = question({ messageId: 'om_2' });
		expect(fail(row, {}, reply({ replyTo }))).toMatchObject({ status: 'merged', claim: '' });
	});
});

describe('A digest that failed', () => {
	const row = waitingRow({ claim: jointLease('me:1') }, { unsent: unsent({ repeatable: true }) });
	const failed = (name: string) =>
		afterFailure(entryOf(row), { failure: failure({ class: name }) }, NOW, middle);

	it('leaves its messages to be tried by themselves where it was refused', () => {
		for (const name of PERMANENT) expect(failed(name).status).toBe('waiting');
	});

	it('makes each of them uncertain where nobody knows: by itself it is another message', () => {
		expect(failed('unknownOutcome').status).toBe('uncertain');
	});
});

test('What was sent is done', () => {
	expect(afterDelivery(entryOf(waitingRow({ claim: 'me:1' })), 'delivered', NOW)).toMatchObject({
		version: 4,
		status: 'delivered',
		claim: '',
		settledAtMs: NOW,
		history: JSON.stringify([{ at: iso(NOW), class: 'delivered', code: '', message: '' }]),
	});
});

test('A long history keeps its beginning, its end, and whatever may have been carried out', () => {
	const name = fc.constantFrom<Attempt['class']>('temporary', 'rateLimited', 'temporary');
	fc.assert(
		fc.property(fc.array(name, { minLength: 60, maxLength: 90 }), fc.nat(40), (names, at) => {
			let row = waitingRow({ deadlineAt: NOW + HOUR }, { unsent: unsent({ repeatable: true }) });
			for (const [index, each] of names.entries()) {
				const error = { class: index === at ? 'unknownOutcome' : each, code: String(index) };
				row = { ...fail(row, error, unsent({ repeatable: true })), status: 'waiting' };
			}
			const kept = JSON.parse(row.history) as Attempt[];
			expect(kept).toHaveLength(50);
			expect(kept[0]!.code).toBe('0');
			expect(kept.at(-1)!.code).toBe(String(names.length - 1));
			expect(kept.map(({ code }) => code)).toContain(String(at));
		}),
		{ numRuns: 30 },
	);
});
