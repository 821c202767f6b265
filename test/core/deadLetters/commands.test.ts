import fc from 'fast-check';
import { runCommand } from '../../../core/deadLetters/commands';
import { parseCommand } from '../../../core/deadLetters/parse';
import type { DeliveryRow } from '../../../core/delivery/delivery';
import { CANARY, HOUR, NOW, answerPayload, context, payloadIn, questionPayload, row } from './rows';
import { codeOf } from '../../../core/common/codes';

const parsing = { now: NOW, timezone: 'Asia/Shanghai' };
const run = (text: string, rows: DeliveryRow[]) => runCommand(text, rows, context);

describe('Reading a command', () => {
	it.each([
		['/dlq', { name: 'help' }],
		['/DLQ Help', { name: 'help' }],
		['/死信 帮助', { name: 'help' }],
		['/dlq list', { name: 'list', filter: {} }],
		[
			'/dlq list platform=Feishu class=temporary age>2h',
			{ name: 'list', filter: { platform: 'feishu', class: 'temporary', olderThanMs: 2 * HOUR } },
		],
		[
			'／死信　列表　平台＝飞书　时长＞2小时',
			{ name: 'list', filter: { platform: 'feishu', olderThanMs: 2 * HOUR } },
		],
		[
			'/dlq list platform=lark status=已送达 class=凭证有误 kind=回答 group=abcd',
			{
				name: 'list',
				filter: {
					platform: 'feishu',
					status: 'delivered',
					class: 'badCredentials',
					kind: 'answer',
					group: 'abcd',
				},
			},
		],
		[
			'/dlq groups bot=app age<1d',
			{ name: 'groups', filter: { bot: 'app', youngerThanMs: 24 * HOUR } },
		],
		['/dlq show abc234', { name: 'show', id: 'abc234' }],
		[
			'/dlq replay abc234',
			{ name: 'replay', which: { id: 'abc234' }, perMinute: 20, dry: false, force: false },
		],
		[
			'/dlq replay group abc234 speed 10/min dry',
			{ name: 'replay', which: { group: 'abc234' }, perMinute: 10, dry: true, force: false },
		],
		[
			'/死信 重发 自 2h 速度 5 强制',
			{ name: 'replay', which: { since: NOW - 2 * HOUR }, perMinute: 5, dry: false, force: true },
		],
		[
			// 15:30 in Shanghai is 07:30 UTC.
			'/dlq replay since 2026-03-02T15:30',
			{
				name: 'replay',
				which: { since: Date.parse('2026-03-02T07:30:00Z') },
				perMinute: 20,
				dry: false,
				force: false,
			},
		],
		[
			'/dlq replay since 2026-03-02T15:30+01:00',
			{
				name: 'replay',
				which: { since: Date.parse('2026-03-02T14:30:00Z') },
				perMinute: 20,
				dry: false,
				force: false,
			},
		],
		[
			'/dlq edit abc234  Two  words\nand a line：ｗｉｄｅ',
			{ name: 'edit', id: 'abc234', text: 'Two  words\nand a line：ｗｉｄｅ', force: false },
		],
		['/dlq edit abc234 force New', { name: 'edit', id: 'abc234', text: 'New', force: true }],
		[
			'/dlq discard abc234 too old',
			{ name: 'discard', which: { id: 'abc234' }, reason: 'too old' },
		],
		[
			'/死信 丢弃 组 abc234 没人要了',
			{ name: 'discard', which: { group: 'abc234' }, reason: '没人要了' },
		],
	])('%s', (text, command) => {
		expect(parseCommand(text, parsing)).toEqual(command);
	});

	it.each([
		'/dlq explode',
		'/dlq constructor',
		'/dlq list platform',
		'/dlq list __proto__=1',
		'/dlq list age>soon',
		'/dlq show',
		'/dlq show a b',
		'/dlq replay',
		'/dlq replay a b',
		'/dlq replay a group b',
		'/dlq replay group',
		'/dlq replay since tomorrow',
		'/dlq replay a speed 0',
		'/dlq replay a speed 601',
		'/dlq replay a speed',
		'/dlq edit abc234',
		'/dlq edit',
		'/dlq discard abc234',
		'/dlq discard group abc234',
	])('does not guess: %s', (text) => {
		expect(parseCommand(text, parsing).name).toBe('mistake');
	});

	it('never throws and changes nothing that was not named, whatever is typed', () => {
		const words = [
			'/dlq',
			'replay',
			'group',
			'since',
			'list',
			'edit',
			'discard',
			'force',
			'dry',
			'2h',
			'age>',
			'=',
			'组',
		];
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc
				.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 8 })
				.map((all) => all.join(' ')),
		);
		const rows = [
			row({ settledAtMs: 1 }),
			row({ payload: '{', history: 'x', audit: '{}', settledAtMs: 1 }),
		];
		fc.assert(
			fc.property(text, (typed) => {
				const { text: answer, changes } = run(`/dlq ${typed}`, rows);
				expect(answer.length).toBeGreaterThan(0);
				// Nothing but `since` names rows that nobody knows the code of.
				if (!/since|自/i.test(typed)) expect(changes).toEqual([]);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('Looking', () => {
	it('lists the newest first with their codes, and only what fits the filter', () => {
		const rows = [
			row({ settledAtMs: NOW - 3 * HOUR }),
			row({ settledAtMs: NOW - HOUR, platform: 'feishu', class: 'temporary' }),
			row({ status: 'delivered' }),
		];
		const all = run('/dlq list', rows).text.split('\n');
		expect(all).toHaveLength(3);
		expect(all[1]).toContain(codeOf(rows[1]!.key));
		expect(all[2]).toContain(codeOf(rows[0]!.key));
		const one = (filter: string): string => run(`/dlq list ${filter}`, rows).text;
		expect(one('age>2h')).toContain('1 条');
		expect(one('age>2h')).toContain(codeOf(rows[0]!.key));
		expect(one('platform=飞书 class=temporary')).toContain(codeOf(rows[1]!.key));
		expect(one('status=delivered')).toContain(codeOf(rows[2]!.key));
		expect(one('platform=wecom')).toBe('没有死信 No dead letters');
	});

	it('stays short, however many there are', () => {
		const rows = Array.from({ length: 500 }, () => row());
		const { text } = run('/dlq list', rows);
		expect(text).toContain('500 条');
		expect(text).toContain('+480');
		expect(text.length).toBeLessThan(4000);
	});

	it('counts like failures', () => {
		const rows = [row(), row(), row({ fingerprint: 'other', class: 'tooLong' })];
		const lines = run('/dlq groups', rows).text.split('\n');
		expect(lines).toHaveLength(3);
		expect(lines[1]).toMatch(new RegExp(`^${codeOf('like failures')}: 2 ×`));
	});

	it('shows everything about one', () => {
		const one = row({
			// Begun anew by the replay.
			attempts: 0,
			audit: JSON.stringify([
				{ at: '2026-03-02T07:30:00Z', by: '李强', action: 'replay', note: '' },
			]),
		});
		const { text, changes } = run(`/dlq show ${codeOf(one.key)}`, [one, row()]);
		expect(changes).toEqual([]);
		for (const part of [
			'未送达 dead',
			'钉钉 DingTalk · app',
			'cid1',
			'permissionDenied (Forbidden.AccessDenied)',
			'死信页 Letter: http://n8n/letters?id=key ',
			'http://n8n/workflow/w1/executions/17',
			'报销三天内到账',
			'失败的尝试 Failed attempts (1)\n· 2026-03-02 15:00 permissionDenied',
			'✎ 2026-03-02 15:30 李强 replay',
		]) {
			expect(text).toContain(part);
		}
	});

	it('shows the messages of an execution that could not be recovered', () => {
		const payload = {
			messages: [{ text: '报销多久到账？' }, { text: 'And mine?' }, null],
		} as never;
		const one = row({ kind: 'execution', class: 'crashed', payload });
		const { text } = run(`/dlq show ${codeOf(one.key)}`, [one]);
		expect(text).toContain('报销多久到账？\nAnd mine?');
		expect(text).toContain('进程中断 crashed');
	});

	it('shows no secret, wherever one stands', () => {
		const said = `password: ${CANARY} sk-${CANARY} Bearer ${CANARY} "apiKey":"${CANARY}" https://x.example/hook/${CANARY}?key=${CANARY}`;
		const rows = [
			row({
				reason: said,
				payload: answerPayload(said),
				history: JSON.stringify([
					{ at: '2026-03-02T07:00:00Z', class: 'temporary', code: '1', message: said },
				]),
				audit: JSON.stringify([
					{ at: '2026-03-02T07:00:00Z', by: 'x', action: 'discard', note: said },
				]),
			}),
			row({ kind: 'question', payload: questionPayload(said) }),
		];
		expect(JSON.stringify(rows)).toContain(CANARY);
		const shown = ['list', 'groups', ...rows.map(({ key }) => `show ${codeOf(key)}`)]
			.map((words) => run(`/dlq ${words}`, rows).text)
			.join('\n');
		expect(shown).toContain('password');
		expect(shown).not.toContain(CANARY);
	});

	it('asks which one is meant where a code means several', () => {
		// Among so many, four characters are not enough for each.
		const rows = Array.from({ length: 5000 }, (_, index) => row({ key: `many ${index}` }));
		const byStart = new Map<string, number>();
		for (const { key } of rows) byStart.set(codeOf(key, 4), (byStart.get(codeOf(key, 4)) ?? 0) + 1);
		const [twice] = [...byStart].find(([, times]) => times > 1)!;
		const asked = run(`/dlq replay ${twice}`, rows);
		expect(asked.changes).toEqual([]);
		const codes = asked.text.split('\n').slice(1);
		expect(codes.length).toBeGreaterThan(1);
		expect(run(`/dlq replay ${codes[0]}`, rows).changes).toHaveLength(1);
	});

	it('knows no codes that are too short or not there', () => {
		const rows = [row()];
		for (const code of [codeOf(rows[0]!.key, 3), 'zzzzzz']) {
			expect(run(`/dlq replay ${code}`, rows)).toMatchObject({
				changes: [],
				text: expect.stringContaining('没有这一条'),
			});
		}
	});
});

describe('Doing', () => {
	it('replays one, and says so', () => {
		const rows = [row(), row()];
		const { text, changes } = run(`/dlq replay ${codeOf(rows[1]!.key)}`, rows);
		expect(changes.map(({ key, status }) => [key, status])).toEqual([[rows[1]!.key, 'waiting']]);
		expect(JSON.parse(changes[0]!.audit)).toMatchObject([{ by: '李强 dingtalk:ops1' }]);
		expect(text).toContain('将重发');
	});

	it('counts without changing anything on a dry run', () => {
		const rows = [row(), row(), row({ fingerprint: 'other' }), row({ status: 'uncertain' })];
		const group = codeOf('like failures');
		const dry = run(`/dlq replay group ${group} dry`, rows);
		expect(dry.changes).toEqual([]);
		expect(dry.text).toContain('2 条将重发');
		expect(dry.text).toContain('1 × 它可能已经送达');
		expect(run(`/dlq replay group ${group}`, rows).changes).toHaveLength(2);
		expect(run(`/dlq replay group ${group} force`, rows).changes).toHaveLength(3);
		expect(run(`/dlq replay ${codeOf(rows[0]!.key)} dry`, rows).changes).toEqual([]);
	});

	it('replays what died since a time, and nothing that was delivered', () => {
		const rows = [
			row({ settledAtMs: NOW - HOUR }),
			row({ settledAtMs: NOW - 3 * HOUR }),
			row({ status: 'delivered', settledAtMs: NOW - HOUR }),
		];
		const { changes } = run('/dlq replay since 2h force', rows);
		expect(changes.map(({ key }) => key)).toEqual([rows[0]!.key]);
	});

	it('edits and discards', () => {
		const rows = [row(), row()];
		const edited = run(`/dlq edit ${codeOf(rows[0]!.key)} 新的  内容`, rows).changes;
		expect(payloadIn(edited[0]).unsent!.content!.text).toBe('新的  内容');
		const gone = run(`/dlq discard group ${codeOf('like failures')} 没人要了`, rows);
		expect(gone.changes.map(({ status }) => status)).toEqual(['discarded', 'discarded']);
	});

	it('refuses with the reason', () => {
		const rows = [row({ status: 'delivered' }), row({ kind: 'execution', payload: {} })];
		expect(run(`/dlq replay ${codeOf(rows[0]!.key)}`, rows)).toMatchObject({
			changes: [],
			text: expect.stringContaining('force'),
		});
		expect(run(`/dlq replay ${codeOf(rows[1]!.key)} force`, rows).text).toContain('Retry');
	});
});
