import { discard, edit, replay, replayAll } from '../../../core/deadLetters/changes';
import type { AuditEntry } from '../../../core/delivery/delivery';
import { HOUR, NOW, answerPayload, payloadIn, questionPayload, row } from './rows';

const doing = { by: 'ops', now: NOW, dueAt: NOW, force: false };
const MINUTE = 60_000;

describe('A replay', () => {
	it('waits again with all its attempts before it, as the same message', () => {
		const before = row({ attempts: 7, announced: 'open' });
		const outcome = replay(before, doing);
		expect(outcome).toMatchObject({
			row: {
				version: before.version + 1,
				status: 'waiting',
				attempts: 0,
				claim: '',
				dueAt: NOW,
				deadlineAt: NOW + 10 * MINUTE,
				settledAtMs: 0,
				announced: 'open',
				payload: before.payload,
				history: before.history,
			},
		});
		const { audit } = (outcome as { row: { audit: string } }).row;
		expect(JSON.parse(audit)).toEqual([
			{ at: '2026-03-02T08:00:00.000Z', by: 'ops', action: 'replay', note: '' },
		]);
	});

	it('gives notifications a day, and questions ten minutes', () => {
		const lives = [
			row({ kind: 'notification' }),
			row({ kind: 'question', payload: questionPayload() }),
		];
		expect(lives.map((each) => replay(each, doing))).toMatchObject([
			{ row: { deadlineAt: NOW + 24 * HOUR } },
			{ row: { deadlineAt: NOW + 10 * MINUTE } },
		]);
	});

	it.each([
		['delivered', 'answered'],
		['merged', 'merged'],
		['uncertain', 'uncertain'],
	] as const)('of one that is %s needs force', (status, refused) => {
		expect(replay(row({ status }), doing)).toEqual({ refused });
		expect(replay(row({ status }), { ...doing, force: true })).toMatchObject({
			row: { status: 'waiting' },
		});
	});

	it('sends what may be out under its old key, and what is out as a new message', () => {
		const unsent = { ...answerPayload().unsent!, sentParts: 2, messageIds: ['p1', 'p2'] };
		const seedAfter = (status: 'uncertain' | 'delivered') => {
			const outcome = replay(row({ status, payload: { unsent } }), { ...doing, force: true });
			return 'row' in outcome ? payloadIn(outcome.row).unsent! : undefined;
		};
		expect(seedAfter('uncertain')).toEqual(unsent);
		expect(seedAfter('delivered')).toMatchObject({ sentParts: 0, messageIds: [] });
		expect(seedAfter('delivered')!.seed).not.toBe(unsent.seed);
	});

	it('is refused where there is nothing to send, forced or not', () => {
		const cases = [
			[row({ kind: 'execution', payload: {} }), 'execution'],
			[row({ kind: 'failure', payload: {} }), 'failure'],
			[row({ status: 'waiting' }), 'waiting'],
			[row({ payload: '{damaged' }), 'damaged'],
			[row({ payload: 'null' }), 'damaged'],
			[row({ kind: 'question' }), 'damaged'],
		] as const;
		for (const [each, refused] of cases) {
			expect(replay(each, { ...doing, force: true })).toEqual({ refused });
		}
	});

	it('lets a group be reported again that was reported as drained', () => {
		const outcome = replay(row({ status: 'delivered', announced: 'closed' }), {
			...doing,
			force: true,
		});
		expect(outcome).toMatchObject({ row: { announced: '' } });
	});
});

it('Many are replayed oldest first at the set speed, each with its whole time', () => {
	const rows = [3, 1, 2].map((age) => row({ key: `age ${age}`, createdAtMs: NOW - age * HOUR }));
	const { changed, refused } = replayAll(
		[...rows, row({ kind: 'failure' }), row({ status: 'uncertain' })],
		{
			by: 'ops',
			now: NOW,
			force: false,
			perMinute: 10,
		},
	);
	expect(
		changed.map(({ key, dueAt, deadlineAt }) => [key, dueAt - NOW, deadlineAt - dueAt]),
	).toEqual([
		['age 3', 0, 10 * MINUTE],
		['age 2', 6000, 10 * MINUTE],
		['age 1', 12_000, 10 * MINUTE],
	]);
	expect(refused.sort()).toEqual(['failure', 'uncertain']);
});

describe('An edit', () => {
	it('sends the new text as a new message, keeps the first original and says who did it', () => {
		const first = edit(row(), '第二稿', doing);
		if (!('row' in first)) throw new Error(first.refused);
		const dead = { ...first.row, status: 'dead' as const };
		const second = edit(dead, '第三稿', { ...doing, by: 'other', now: NOW + 1 });
		if (!('row' in second)) throw new Error(second.refused);
		const payload = payloadIn(second.row);
		expect(payload.original).toEqual({ type: 'markdown', text: '报销三天内到账' });
		expect(payload.unsent!.content).toEqual({ type: 'markdown', text: '第三稿' });
		expect(payload.unsent!.seed).not.toBe(payloadIn(first.row).unsent!.seed);
		expect(
			(JSON.parse(second.row.audit) as AuditEntry[]).map(({ by, action }) => [by, action]),
		).toEqual([
			['ops', 'edit'],
			['other', 'edit'],
		]);
	});

	it('is refused for what has no text, for an empty text, and without force where a replay is', () => {
		const question = row({ kind: 'question', payload: questionPayload() });
		expect(edit(question, 'x', doing)).toEqual({ refused: 'noText' });
		expect(edit(row(), ' ', doing)).toEqual({ refused: 'empty' });
		expect(edit(row({ status: 'uncertain' }), 'x', doing)).toEqual({ refused: 'uncertain' });
		expect(edit(row({ kind: 'failure' }), 'x', doing)).toEqual({ refused: 'failure' });
	});
});

describe('Discarding', () => {
	it('takes dead and uncertain ones of every kind, with a reason', () => {
		for (const each of [
			row(),
			row({ status: 'uncertain' }),
			row({ kind: 'failure', payload: 'x' }),
		]) {
			expect(discard(each, ' 过期了 ', doing)).toMatchObject({
				row: { status: 'discarded', settledAtMs: NOW, version: each.version + 1 },
			});
		}
		const outcome = discard(row(), ' 过期了 ', doing);
		expect('row' in outcome && JSON.parse(outcome.row.audit)).toEqual([
			{ at: '2026-03-02T08:00:00.000Z', by: 'ops', action: 'discard', note: '过期了' },
		]);
	});

	it('leaves alone what nobody has to decide about', () => {
		expect(discard(row({ status: 'waiting' }), 'x', doing)).toEqual({ refused: 'waiting' });
		expect(discard(row({ status: 'delivered' }), 'x', doing)).toEqual({ refused: 'settled' });
		expect(discard(row(), '  ', doing)).toEqual({ refused: 'noReason' });
	});
});
