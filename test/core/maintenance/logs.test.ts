import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { planLogs, reopenCommand, stampOf } from '../../../core/maintenance/logs';
import { planPatches } from '../../../core/maintenance/patches';
import { reportOf } from '../../../core/maintenance/report';
import type { JobOutcome } from '../../../core/maintenance/job';

const host = { name: 'web-1', address: 'a', port: 22, user: 'u', role: 'web', order: 0 };
const row = (fields: object = {}): object => ({
	host: 'web-1',
	path: '/var/log/app.log',
	reopen: '',
	folder: '/srv/archive',
	...fields,
});
const NOW = Date.parse('2026-11-22T18:30:00Z');

describe('reopenCommand', () => {
	it.each([
		['', ':'],
		['nginx', 'sudo -n /usr/sbin/nginx -s reopen'],
		['container:n8n_worker-1:HUP', 'sudo -n /usr/bin/docker kill --signal=HUP n8n_worker-1'],
		['pidfile:/run/app/app.pid:USR2', 'kill -USR2 "$(cat /run/app/app.pid)"'],
	])('knows %j', (cell, command) => expect(reopenCommand(cell)).toBe(command));

	it.each([
		'rm -rf /',
		'service:nginx;id:HUP',
		'service:nginx:KILL',
		'service:-H:HUP',
		'pidfile:/run/$(id):HUP',
		'pidfile:run/app.pid:HUP',
		'toString',
		'nginx\nid',
	])('takes no %j', (cell) => expect(reopenCommand(cell)).toBeUndefined());
});

it('needs no more rights for writers than its page asks an operator for', () => {
	const page = readFileSync(join(__dirname, '../../../docs/operations/archive.md'), 'utf8');
	const asked = [...page.matchAll(/NOPASSWD: (.+)/g)].map(([, command]) =>
		command!.replaceAll('\\=', '='),
	);
	const cells = ['nginx', 'service:rsyslog:HUP', 'container:NAME:USR1'];
	expect(asked).toEqual(cells.map((cell) => reopenCommand(cell)!.replace('sudo -n ', '')));
	expect(reopenCommand('rsyslog')).toBe(reopenCommand('service:rsyslog:HUP'));
});

describe('planLogs', () => {
	it('fills in what a cell leaves open', () => {
		expect(planLogs([row()], [host], NOW)).toEqual({
			problems: [],
			good: [
				{
					title: 'web-1 /var/log/app.log',
					host,
					variables: {
						log: '/var/log/app.log',
						folder: '/srv/archive',
						name: 'app.log',
						reopen: ':',
						stamp: '20261122-183000',
						// 180 days before.
						oldest: '20260526-183000',
						reserveKb: '1048576',
					},
				},
			],
		});
	});

	it.each([
		['path', 'app.log'],
		['path', '/var/log/*.log'],
		['path', '/var/log/'],
		['path', '/var/log/a\nb.log'],
		['path', '/var/log/a*.log'],
		['path', "/var/log/a'b.log"],
		['path', `/${'a'.repeat(1000)}`],
		['folder', '/srv/../etc'],
		['folder', '/srv/./x'],
		['keepDays', 0],
		['keepDays', 'for ever'],
		['keepDays', '99999999999'],
		['reserveMb', -1],
		['reserveMb', '1000000000000000000000000'],
		['reopen', 'reboot'],
		['host', 'web-2'],
	])('names a row whose %s is %j', (column, value) => {
		const { good, problems } = planLogs([row({ [column]: value })], [host], NOW);
		expect(good).toEqual([]);
		expect(problems).toEqual([expect.stringContaining(`clawbot_logs 1: ${column}`)]);
	});

	it('takes names in Chinese and with spaces', () => {
		const path = '/数据/应用 日志/访问+1.log';
		expect(planLogs([row({ path })], [host], NOW).good).toMatchObject([
			{ variables: { log: path } },
		]);
	});

	it('refuses to cut a log twice', () => {
		const { good, problems } = planLogs([row(), row({ folder: '/srv/other' })], [host], NOW);
		expect(good).toHaveLength(1);
		expect(problems).toEqual([expect.stringContaining('/var/log/app.log is there twice')]);
	});

	it('lets no cell of a table become a command', () => {
		const hostile = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc
				.tuple(
					fc.constantFrom('/var/log/', 'nginx', 'service:', 'pidfile:/run/', 'web-1'),
					fc.constantFrom('$(', '`', ';', "'", '"', '\n', '\\', '&&', '|', '\u0000', '%', '*', '~'),
					fc.constantFrom('touch x', 'id)', '`', ':HUP', ''),
				)
				.map((parts) => parts.join('')),
		);
		const cells = fc.record({ path: hostile, folder: hostile, reopen: hostile, host: hostile });
		fc.assert(
			fc.property(cells, fc.constantFrom('path', 'folder', 'reopen', 'host'), (wild, one) => {
				// One cell at a time, as well as all: a wrong one must not hide behind another.
				for (const cells of [wild, { [one]: wild[one as keyof typeof wild] }]) {
					for (const { variables } of planLogs([row(cells)], [host], NOW).good) {
						for (const value of [variables.log!, variables.folder!, variables.name!]) {
							expect(value).toMatch(/^[\p{L}\p{M}\p{N}./_@+ -]+$/u);
						}
						expect(variables.reopen).toMatch(
							/^(:|(sudo -n \/usr\/[a-z/]+ )[A-Za-z0-9=_.@ -]+|kill -[A-Z0-9]+ "\$\(cat [A-Za-z0-9._/-]+\)")$/,
						);
					}
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('refuses two logs that would share their archives', () => {
		const { good, problems } = planLogs([row(), row({ path: '/opt/app.log' })], [host], NOW);
		expect(good).toHaveLength(1);
		expect(problems).toEqual([expect.stringContaining('/srv/archive/app.log')]);
	});

	it('gives moments names that sort as time goes', () => {
		const moments = [0, 1e12, NOW, NOW + 1000, NOW + 86_400_000 * 40];
		expect(moments.map(stampOf).sort()).toEqual(moments.map(stampOf));
	});
});

describe('reportOf', () => {
	const outcome = (fields: Partial<JobOutcome> = {}): JobOutcome => ({
		ok: true,
		state: 'done',
		step: '',
		output: '',
		notes: [],
		seconds: 5,
		...fields,
	});

	it('has nothing to say where there was nothing to do', () => {
		expect(reportOf({ tasks: [], results: [], problems: [] }, 'x')).toBeUndefined();
	});

	it('stays short enough for a chat, with what failed first', () => {
		const many = Array.from({ length: 500 }, (_, index) => ({
			title: `host ${index}`,
			outcome: outcome({
				notes: Array(20).fill('n'.repeat(999)),
				ok: index !== 499,
				state: index === 499 ? 'failed' : 'done',
			}),
		}));
		const hosts = Array.from({ length: 500 }, () => host);
		const { ok, text } = reportOf(
			{ tasks: planPatches(hosts), results: many, problems: Array(500).fill('p'.repeat(999)) },
			'x',
		)!;
		expect(ok).toBe(false);
		expect(text.length).toBeLessThan(15_000);
		expect(text.indexOf('❌ host 499')).toBeLessThan(text.indexOf('✅'));
		expect(text).toContain('499 完成 done, 1 失败 failed, 500 未做 not begun');
	});

	it('shows no secret of an output', () => {
		const failed = outcome({ ok: false, state: 'failed', output: 'password=hunter2hunter2' });
		const report = reportOf(
			{ tasks: [], results: [{ title: 'a', outcome: failed }], problems: [] },
			'x',
		);
		expect(report!.text).toContain('password=***');
	});
});
