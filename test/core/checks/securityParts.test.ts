import { quarterIn } from '../../../core/common/time';
import { spawnSync } from 'node:child_process';
import { readAllowed } from '../../../core/checks/allowed';
import { judgeCertificates } from '../../../core/checks/certificates';
import { judgeFiles } from '../../../core/checks/files';
import { judgeKeys } from '../../../core/checks/keys';
import { judgeAudit } from '../../../core/checks/n8nAudit';
import { judgePackages } from '../../../core/checks/packages';
import { judgePorts } from '../../../core/checks/ports';
import { quoted } from '../../../core/maintenance/job';
import { AUDIT, DAY, lines, NOW, SS } from './gathered';

describe('Ports', () => {
	const judge = (ports: string, name = 'bot-1'): string[] =>
		judgePorts(name, lines(SS), readAllowed({ ports }).ports).map(({ key }) => key);

	it('that others can reach and nobody allowed are found, each once', () => {
		expect(judge('80,443')).toEqual([
			'ports:bot-1:udp/68',
			'ports:bot-1:tcp/22',
			'ports:bot-1:tcp/18789',
		]);
	});

	it('are allowed everywhere, or on one host', () => {
		expect(judge('80,443,22,18789@bot-1,udp/68')).toEqual([]);
		expect(judge('80,443,22,18789@bot-2,udp/68')).toEqual(['ports:bot-1:tcp/18789']);
		// An allowed TCP port says nothing of the UDP port of that number.
		expect(judge('80,443,22,18789,68')).toEqual(['ports:bot-1:udp/68']);
	});
});

describe('What is allowed', () => {
	it('is read as people write it', () => {
		expect(
			readAllowed({
				ports: '80，443; 22@bot-1\nUDP/123',
				files: '/a b/c 0640',
				certificates: 'a:443',
			}),
		).toEqual({
			ports: [
				{ protocol: 'tcp', port: 80 },
				{ protocol: 'tcp', port: 443 },
				{ protocol: 'tcp', port: 22, host: 'bot-1' },
				{ protocol: 'udp', port: 123 },
			],
			files: [{ path: '/a b/c', mode: 0o640 }],
			certificates: ['a:443'],
			wrong: [],
		});
	});

	it.each([
		{ ports: '0' },
		{ ports: '65536' },
		{ ports: '80-90' },
		{ ports: 'ssh' },
		{ files: 'etc/passwd 644' },
		{ files: '/etc/passwd' },
		{ files: '/etc/passwd 888' },
		{ certificates: 'https://bot.example.com' },
		{ certificates: "x';reboot;':443" },
		{ certificates: '-help:443' },
	])('says what it does not understand: %j', (fields) => {
		const allowed = readAllowed(fields);
		expect(allowed.wrong.length).toBeGreaterThan(0);
		expect([...allowed.ports, ...allowed.files, ...allowed.certificates]).toEqual([]);
	});

	it('has an end', () => {
		const ports = Array.from({ length: 5000 }, (_, index) => index + 1).join();
		expect(readAllowed({ ports }).ports).toHaveLength(100);
	});
});

describe('Certificates', () => {
	const judge = (date: string, verdict = '0 (ok)') =>
		judgeCertificates([`a:443 notAfter=${date} ${verdict}`], ['a:443'], NOW);

	it.each([
		['Jan 31 04:00:00 2027 GMT', []],
		['Jan 31 03:59:59 2027 GMT', ['medium']],
		['Jan 15 04:00:00 2027 GMT', ['medium']],
		['Jan 15 03:59:59 2027 GMT', ['high']],
		['Dec  5 00:00:00 2026 GMT', ['high']],
	])('that end on %s: %j', (date, severities) => {
		expect(judge(date).findings.map(({ severity }) => severity)).toEqual(severities);
	});

	it('that nobody trusts are found, and those that were not read are named', () => {
		const { findings } = judge('Jan 31 04:00:00 2028 GMT', '18 (self-signed certificate)');
		expect(findings).toMatchObject([{ key: 'certificates:a:443:trust', severity: 'high' }]);
		expect(judgeCertificates(['a:443 '], ['a:443', 'b:443'], NOW)).toEqual({
			findings: [],
			unread: ['a:443', 'b:443'],
		});
	});
});

test.each([
	['600', 600, []],
	['400', 600, []],
	['640', 600, ['high']],
	['644', 640, ['medium']],
	['662', 640, ['high']],
	['4755', 755, []],
])('A file of mode %s, where %i is allowed: %j', (mode, allowed, severities) => {
	const files = readAllowed({ files: `/x ${allowed}` }).files;
	const findings = judgeFiles('a', [`${mode} root /x`, '777 root /y'], files);
	expect(findings.map(({ severity }) => severity)).toEqual(severities);
});

test('Outdated packages are counted, security updates first, and lists that are too old are told', () => {
	const apt = [
		'lists 1700000000',
		'Inst openssl [3.0.15-1] (3.0.16-1 Debian-Security:12/stable-security [amd64])',
		'Inst tzdata [2026a] (2026b Debian:12.9/stable [all])',
		'Conf openssl (3.0.16-1 Debian-Security:12/stable-security [amd64])',
	];
	expect(judgePackages('a', apt, NOW)).toMatchObject([
		{
			severity: 'high',
			count: 2,
			text: expect.stringContaining('1 of them for security: openssl.'),
		},
		{ key: 'packages:a:lists' },
	]);
	const dnf = ['openssl.x86_64    1:3.0.7-28.el9    baseos', 'Obsoleting Packages'];
	expect(judgePackages('a', dnf, NOW)).toMatchObject([{ severity: 'low', count: 1 }]);
	const advised = [...dnf, 'Security RHSA-2026:1 Important/Sec. openssl-1:3.0.7-28.el9.x86_64'];
	expect(judgePackages('a', advised, NOW)).toMatchObject([
		{ severity: 'high', count: 1, text: expect.stringContaining('security: openssl-1:3.0.7') },
	]);
	expect(judgePackages('a', [`lists ${NOW / 1000}`], NOW)).toEqual([]);
});

test('Keys are old by their own limit, else after 90 days; a row that cannot be read is named', () => {
	const at = (days: number): string => new Date(NOW - days * DAY).toISOString();
	const keys = [
		{ name: 'a', issuedAt: at(90) },
		{ name: 'b', issuedAt: at(91) },
		{ name: 'c', issuedAt: at(181) },
		{ name: 'd', issuedAt: at(91), rotatesAfterDays: 365 },
		{ name: 'e', issuedAt: 'spring' },
	];
	const counting = { now: NOW, timezone: 'Asia/Shanghai' };
	expect(judgeKeys(keys, counting)!.map(({ key, severity }) => `${key} ${severity}`)).toEqual([
		'keys:b medium',
		'keys:c high',
		'keys:e:row low',
	]);
	expect(judgeKeys([{ error: 'no such table' }], counting)).toBeUndefined();
});

test('n8n’s own audit becomes findings, with the places counted', () => {
	expect(judgeAudit(AUDIT.body)).toMatchObject([
		{
			key: 'n8n:instance:Unprotected webhooks in instance',
			severity: 'medium',
			count: 2,
			text: expect.stringContaining('[Shop / Order; Shop / Refund]'),
		},
	]);
	expect(judgeAudit([])).toEqual([]);
	for (const none of [undefined, '', {}, [1], { message: 'no' }, { a: { sections: 'x' } }]) {
		expect(judgeAudit(none)).toBeUndefined();
	}
});

test('A quarter is that of the operator’s time zone', () => {
	const eve = Date.UTC(2026, 11, 31, 20);
	expect(quarterIn(eve, 'Asia/Shanghai')).toBe('2027-Q1');
	expect(quarterIn(eve, 'UTC')).toBe('2026-Q4');
});

test('A quoted argument reaches a shell as it is', () => {
	for (const text of ["it's", '$(reboot); `id` "x" \\', ' a  b ', "'", '中文']) {
		const { stdout } = spawnSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' });
		expect(stdout).toBe(text);
	}
});
