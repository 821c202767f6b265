import { takePage, type MessageRun } from '../../../core/maintenance/messages';
import { messagesOf } from '../../../core/maintenance/records';
import { weekBefore } from '../../../core/maintenance/week';

describe('weekBefore', () => {
	const of = (now: string, timezone: string): string[] => {
		const { week, monday } = weekBefore(Date.parse(now), timezone);
		return [...week.map((ms) => new Date(ms).toISOString()), monday];
	};

	it.each([
		// Monday 02:45 in Shanghai is still Sunday in UTC.
		[
			'2026-11-22T18:45:00Z',
			'Asia/Shanghai',
			'2026-11-15T16:00:00.000Z',
			'2026-11-22T16:00:00.000Z',
			'20261116',
		],
		[
			'2026-11-22T18:45:00Z',
			'UTC',
			'2026-11-09T00:00:00.000Z',
			'2026-11-16T00:00:00.000Z',
			'20261109',
		],
		[
			'2027-01-04T00:00:00Z',
			'UTC',
			'2026-12-28T00:00:00.000Z',
			'2027-01-04T00:00:00.000Z',
			'20261228',
		],
		// Weeks in which clocks are put on or back are an hour shorter or longer.
		[
			'2026-03-30T10:00:00Z',
			'Europe/Berlin',
			'2026-03-22T23:00:00.000Z',
			'2026-03-29T22:00:00.000Z',
			'20260323',
		],
		[
			'2026-10-26T10:00:00Z',
			'Europe/Berlin',
			'2026-10-18T22:00:00.000Z',
			'2026-10-25T23:00:00.000Z',
			'20261019',
		],
		[
			'2026-11-25T10:00:00Z',
			'America/St_Johns',
			'2026-11-16T03:30:00.000Z',
			'2026-11-23T03:30:00.000Z',
			'20261116',
		],
	])('is at %s in %s the one from %s to %s', (now, timezone, ...expected) => {
		expect(of(now, timezone)).toEqual(expected);
	});
});

describe('messagesOf', () => {
	it('finds nothing in what is no execution', () => {
		for (const value of [
			null,
			'x',
			{},
			{ data: 'x' },
			{ data: { resultData: { runData: [null] } } },
		]) {
			expect(messagesOf(value)).toEqual([]);
		}
	});

	it('says why a message was not answered', () => {
		const json = {
			platform: 'feishu',
			messageId: '1',
			error: { class: 'rateLimited', message: 'x' },
		};
		const runData = { a: [{ data: { main: [null, [{ json }]] } }], b: [{ error: {} }] };
		const found = messagesOf({ id: 1, startedAt: 's', data: { resultData: { runData } } });
		expect(found).toMatchObject([{ executionId: '1', at: 's', error: 'rateLimited', answer: '' }]);
	});
});

describe('takePage', () => {
	const run: MessageRun = {
		tasks: [],
		results: [],
		problems: [],
		task: {
			title: 'a',
			host: { name: 'a', address: 'a', port: 22, user: 'u', role: '', order: 0 },
			variables: { folder: '/srv', staging: '/srv/.x', reserveKb: '1' },
		},
		week: [0, 1000],
		cursor: '',
		parts: 0,
		records: 0,
		complete: false,
	};

	it('fits every command into what Linux takes, whatever people write', () => {
		const item = (text: string, index: number): object => {
			const names = ['kind', 'conversationId', 'conversationType', 'contentType', 'receivedAt'];
			return {
				json: {
					...Object.fromEntries(names.map((name) => [name, text])),
					platform: text,
					messageId: `${index}${text}`,
					text,
					answer: { text },
					sender: { id: text, name: text },
					error: { message: text },
				},
			};
		};
		const texts = ['\u0001', '字', '😀', '\ud800', '"'].map((part) => part.repeat(40_000));
		// The longest that is not shortened further.
		texts.push('\u0001'.repeat(8_333));
		const runData = { a: [{ data: { main: [texts.map(item)] } }] };
		const startedAt = new Date(5).toISOString();
		const page = { data: [{ id: '1', startedAt, data: { resultData: { runData } } }] };
		const { run: after, commands } = takePage(run, page);
		expect(after).toMatchObject({ records: 6, parts: commands.length, complete: true });
		// Linux takes 128 KiB, and the SSH node adds to it.
		for (const command of commands) expect(Buffer.byteLength(command)).toBeLessThan(120 * 1024);
	});

	it('asks on until a whole page is older: some executions wait for their turn', () => {
		const page = (...times: number[]): object => ({
			data: times.map((time) => ({ startedAt: new Date(time).toISOString() })),
			nextCursor: 'next',
		});
		const of = { ...run, week: [1000, 2000] as const };
		expect(takePage(of, page(1500, 999, 1000)).run.complete).toBe(false);
		expect(takePage(of, page(999, 998)).run.complete).toBe(true);
		expect(takePage(of, page()).run.complete).toBe(false);
		expect(takePage(of, { ...page(1500), nextCursor: null }).run.complete).toBe(true);
	});

	it('refuses a page that is none', () => {
		for (const page of [undefined, {}, { error: 'x' }, { data: null }]) {
			expect(() => takePage(run, page)).toThrow('no list of executions');
		}
	});
});
