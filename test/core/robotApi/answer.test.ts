import { answerDelivery, answerQuestion, modelNotification } from '../../../core/robotApi/answer';
import { row } from '../deadLetters/rows';

const NOW = Date.parse('2026-11-22T12:34:00Z');
const KEY = `api:${'a'.repeat(16)}:${'b'.repeat(32)}`;
const about = (handedIn = false): { key: string; handedIn: boolean } => ({ key: KEY, handedIn });

describe('a delivery', () => {
	it('is told by its state alone', () => {
		const sent = row({ key: KEY, status: 'delivered', settledAtMs: NOW, reason: '' });
		const { status, body } = answerDelivery([sent], about());
		expect(status).toBe(200);
		expect(body).toMatchObject({
			id: 'b'.repeat(32),
			status: 'delivered',
			settledAt: '2026-11-22T12:34:00.000Z',
		});
		expect(JSON.stringify(body)).not.toMatch(/payload|history|claim|executionId/);
	});

	it('that waits is accepted when it was handed in, and found when it was looked up', () => {
		const waiting = row({ key: KEY, status: 'waiting', dueAt: NOW });
		expect(answerDelivery([waiting], about(true))).toMatchObject({
			status: 202,
			body: { nextAttemptAt: '2026-11-22T12:34:00.000Z' },
		});
		expect(answerDelivery([waiting], about()).status).toBe(200);
	});

	it('that is not among the rows is not there', () => {
		const other = row({ key: `${KEY}b` });
		expect(answerDelivery([other, {}], about()).status).toBe(404);
		expect(answerDelivery([{}], about(true)).status).toBe(503);
	});
});

describe('a question', () => {
	it('has its answer', () => {
		const answer = { text: '42', model: 'm', finishReason: 'stop' };
		expect(answerQuestion({ answer })).toEqual({
			status: 200,
			body: { answer: '42', model: 'm', complete: true },
		});
		expect(answerQuestion({ answer: { ...answer, finishReason: 'length' } })).toMatchObject({
			body: { complete: false },
		});
	});

	it.each([
		['rateLimited', 503, false],
		['temporary', 503, false],
		['unknownOutcome', 504, false],
		['contentRejected', 422, false],
		['badCredentials', 502, true],
		['quotaExhausted', 502, true],
		['constructor', 502, true],
	])('that fails with %s is %d, and operations hear of it: %s', (name, status, told) => {
		const error = { class: name, message: 'Model API: key ends in …f3 (401)', cure: 'Check it.' };
		const answer = answerQuestion({ error });
		expect(answer.status).toBe(status);
		expect(JSON.stringify(answer)).not.toContain('f3');
		const notification = modelNotification(error, NOW);
		expect(notification !== undefined).toBe(told);
		if (notification) expect(notification.text).toContain('Check it.');
	});

	it('is told of once an hour', () => {
		const error = { class: 'badCredentials', message: 'x' };
		const key = (now: number): string => modelNotification(error, now)!.key;
		expect(key(NOW)).toBe(key(NOW + 25 * 60_000));
		expect(key(NOW)).not.toBe(key(NOW + 26 * 60_000));
		expect(modelNotification({}, NOW)).toBeUndefined();
	});
});
