import { spawnSync } from 'node:child_process';
import { readAllowed } from '../../../protocol/checks/allowed';
import { quarterIn } from '../../../protocol/checks/calendar';
import { judgeCertificates } from '../../../protocol/checks/certificates';
import { judgeFiles } from '../../../protocol/checks/files';
import { judgeKeys } from '../../../protocol/checks/keys';
import type { Look } from '../../../protocol/checks/looks';
import { judgeAudit } from '../../../protocol/checks/n8nAudit';
import { judgePackages } from '../../../protocol/checks/packages';
import { judgePorts } from '../../../protocol/checks/ports';
import {
	checkSecurity,
	type Gathered,
	type SecurityReport,
} from '../../../protocol/checks/security';
import { reportNotices } from '../../../protocol/checks/securityWords';
import { quoted } from '../../../protocol/maintenance/job';
import type { Host } from '../../../protocol/maintenance/hosts';

const NOW = Date.UTC(2027, 0, 1, 4);
const DAY = 86_400_000;

// As ss prints them: Debian 12, iproute2 6.1.
const SS = `udp   UNCONN 0      0            127.0.0.53%lo:53         0.0.0.0:*
udp   UNCONN 0      0                  0.0.0.0:68         0.0.0.0:*
tcp   LISTEN 0      128                0.0.0.0:22         0.0.0.0:*
tcp   LISTEN 0      511              127.0.0.1:5678       0.0.0.0:*
tcp   LISTEN 0      4096                     *:443              *:*
tcp   LISTEN 0      128                   [::]:22            [::]:*
tcp   LISTEN 0      128                  [::1]:631           [::]:*
tcp   LISTEN 0      511     [::ffff:127.0.0.1]:9229             *:*
tcp   LISTEN 0      4096               0.0.0.0:18789      0.0.0.0:*`;

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

const OUTPUT = `## ports
${SS}
## files
644 n8n /home/n8n/.n8n/config
600 root /etc/ssh/ssh_host_ed25519_key
## packages
lists ${NOW / 1000 - 3600}
Inst openssl [3.0.15-1] (3.0.16-1 Debian-Security:12/stable-security [amd64])
Inst tzdata [2026a] (2026b Debian:12.9/stable [all])
## certificates
bot.example.com:443 notAfter=Jan 11 04:00:00 2027 GMT 0 (ok)
## end
`;

const look = (fields: Partial<Look> = {}): Look => ({
	host: 'bot-1',
	check: 'security',
	run: '7',
	before: NOW - 5000,
	after: NOW,
	output: OUTPUT,
	error: '',
	...fields,
});

const host = (name: string): Host => ({
	name,
	address: '192.0.2.1',
	port: 22,
	user: 'clawbot',
	role: '',
	order: 0,
});

const AUDIT = {
	statusCode: 200,
	body: {
		'Instance Risk Report': {
			risk: 'instance',
			sections: [
				{
					title: 'Unprotected webhooks in instance',
					description: 'These webhook nodes have no authentication.',
					recommendation: 'Consider setting it.',
					location: [
						{ kind: 'node', workflowName: 'Shop', nodeName: 'Order' },
						{ kind: 'node', workflowName: 'Shop', nodeName: 'Refund' },
					],
				},
			],
		},
	},
};

const gathered = (fields: Partial<Gathered> = {}): Gathered => ({
	hosts: { good: [host('bot-1')], problems: [] },
	looks: [look()],
	run: '7',
	audit: AUDIT,
	keys: [{ name: 'Feishu app secret', issuedAt: '2026-09-01', rotatesAfterDays: 90 }],
	settings: {
		ports: '80, 443, 22, udp/68',
		files: '/home/n8n/.n8n/config 600, /etc/ssh/ssh_host_ed25519_key 600',
		certificates: 'bot.example.com:443',
	},
	before: [],
	quarter: '2027-Q1',
	now: NOW,
	timezone: 'Asia/Shanghai',
	...fields,
});

const keysOf = ({ compared }: SecurityReport, change?: string): string[] =>
	compared.filter((each) => !change || each.change === change).map(({ row }) => row.key);

const savedBy = ({ compared }: SecurityReport): object[] => compared.map(({ row }) => ({ ...row }));

const context = {
	run: '7',
	date: '2027-01-01',
	quarter: '2027-Q1',
	dueDate: '2027-01-31',
	owner: '王芳',
	scope: ['bot.example.com:443'],
};

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

describe('The report', () => {
	it('holds everything that was found', () => {
		const report = checkSecurity(gathered());
		expect(keysOf(report)).toEqual([
			'certificates:bot.example.com:443:end',
			'files:bot-1:/home/n8n/.n8n/config',
			'packages:bot-1',
			'ports:bot-1:tcp/18789',
			'keys:Feishu app secret',
			'n8n:instance:Unprotected webhooks in instance',
			'penetrationTest:2027-Q1',
		]);
		expect(report.notChecked).toEqual([]);
	});

	it('says against the last one what is new, worse, still there and gone', () => {
		const before = savedBy(checkSecurity(gathered({ now: NOW - DAY })));
		const closed = OUTPUT.replace(/^.*:18789.*$/m, '').replace(
			'## files',
			'tcp   LISTEN 0  128   0.0.0.0:6379   0.0.0.0:*\n## files',
		);
		const more = `${closed.replace('## packages', '## packages\nInst bash [1] (2 Debian:12.9/stable [amd64])')}`;
		const report = checkSecurity(gathered({ before, looks: [look({ output: more })] }));
		expect(keysOf(report, 'new')).toEqual(['ports:bot-1:tcp/6379']);
		expect(keysOf(report, 'more')).toEqual(['packages:bot-1']);
		expect(keysOf(report, 'gone')).toEqual(['ports:bot-1:tcp/18789']);
		expect(keysOf(report, 'still')).toHaveLength(5);
		const still = report.compared.find(({ row }) => row.check === 'keys')!.row;
		expect(still).toMatchObject({ firstSeenMs: NOW - DAY, lastSeenMs: NOW, status: 'open' });
		// What is gone and comes back is new again.
		const again = checkSecurity(gathered({ before: savedBy(report) }));
		expect(keysOf(again, 'new')).toEqual(['ports:bot-1:tcp/18789']);
	});

	it.each([
		['failed', [look({ error: 'Timed out while waiting for handshake', output: '' })], 'Timed out'],
		['hung', [], 'SSH did not answer in time'],
		['answered an earlier run only', [look({ run: '6' })], 'SSH did not answer in time'],
		['was cut off', [look({ output: OUTPUT.replace('## end', '') })], 'did not run to its end'],
	])('calls nothing gone of a host that %s, and goes on with the others', (_, looks, reason) => {
		const hosts = { good: [host('bot-1'), host('bot-2')], problems: [] };
		const before = savedBy(checkSecurity(gathered()));
		const report = checkSecurity(
			gathered({ hosts, looks: [...looks, look({ host: 'bot-2' })], before }),
		);
		expect(keysOf(report, 'gone')).toEqual([]);
		expect(keysOf(report, 'unknown')).toEqual([
			'files:bot-1:/home/n8n/.n8n/config',
			'packages:bot-1',
			'ports:bot-1:tcp/18789',
		]);
		expect(keysOf(report, 'new')).toContain('ports:bot-2:tcp/18789');
		expect(report.notChecked.map((each) => each.check)).toEqual(['ports', 'files', 'packages']);
		expect(report.notChecked[0]!.reason).toContain(reason);
	});

	it('takes silence for nothing: a host without tools is not clean', () => {
		const bare =
			'## ports\n! ss is not there\n## files\n## packages\n! no package manager\n## certificates\n## end';
		const report = checkSecurity(gathered({ looks: [look({ output: bare })] }));
		expect(report.notChecked.map(({ check, host: name }) => `${check} ${name}`)).toEqual([
			'ports bot-1',
			'files bot-1',
			'packages bot-1',
			'certificates ',
		]);
		const silent = checkSecurity(gathered({ looks: [look({ output: '## end' })] }));
		expect(silent.notChecked.map(({ check }) => check)).toContain('ports');
	});

	it('says what is not checked where nothing is filled in, and why n8n gave no audit', () => {
		const report = checkSecurity(
			gathered({
				hosts: { good: [], problems: [] },
				looks: [],
				keys: [],
				audit: { statusCode: 403, body: { message: 'Forbidden' } },
				settings: { ports: '', files: '', certificates: '' },
			}),
		);
		expect(report.notChecked.map(({ check }) => check)).toEqual([
			'ports',
			'files',
			'packages',
			'certificates',
			'n8n',
			'keys',
		]);
		const [notice] = reportNotices(report, context);
		expect(notice!.text).toContain('securityAudit:generate');
		expect(notice!.text).toContain(
			'端口 ports、文件权限 file permissions、软件包 packages — 表 clawbot_hosts 为空',
		);
	});

	it('names entries and rows that are wrong', () => {
		const report = checkSecurity(
			gathered({
				hosts: { good: [host('bot-1')], problems: ['clawbot_hosts 9: port 端口 有误 is wrong'] },
				settings: { ...gathered().settings, ports: '80, 443, 22, udp/68, ssh' },
			}),
		);
		expect(keysOf(report).filter((key) => key.startsWith('settings'))).toEqual([
			'settings:allowed:ssh',
			'settings:hosts:clawbot_hosts 9: port 端口 有误 is wrong',
		]);
	});

	it('leaves out what the operator has accepted, but counts it', () => {
		const before = savedBy(checkSecurity(gathered())).map((row) => ({ ...row, accepted: true }));
		const [notice] = reportNotices(checkSecurity(gathered({ before })), context);
		expect(notice!.text).toContain('高 high 0，中 medium 0，低 low 0');
		expect(notice!.text).toContain('已接受 accepted 7');
		expect(notice!.text).not.toContain('18789');
	});

	it('calls itself a scan, and brings the ticket for the real test', () => {
		const [scan, ticket] = reportNotices(checkSecurity(gathered()), context);
		expect(scan!.text).toContain('not a penetration test');
		expect(scan!.text).toContain('· [高 high] bot-1: 端口 tcp/18789');
		expect(ticket).toMatchObject({ key: 'penetrationTest:2027-Q1' });
		expect(ticket!.text).toContain('负责人 Owner: 王芳\n截止 Due: 2027-01-31');
	});

	it('keeps the ticket of a quarter open until somebody says that the test was made', () => {
		const before = savedBy(checkSecurity(gathered()));
		const later = checkSecurity(gathered({ before, quarter: '2027-Q2' }));
		expect(keysOf(later).filter((key) => key.startsWith('penetration'))).toEqual([
			'penetrationTest:2027-Q1',
			'penetrationTest:2027-Q2',
		]);
		expect(keysOf(later, 'gone')).toEqual([]);
	});

	it('fits a chat whatever was found', () => {
		const ports = Array.from(
			{ length: 3000 },
			(_, i) => `tcp LISTEN 0 128 0.0.0.0:${i + 1000} 0.0.0.0:*`,
		);
		const output = OUTPUT.replace('## files', `${ports.join('\n')}\n## files`);
		const [notice] = reportNotices(checkSecurity(gathered({ looks: [look({ output })] })), context);
		expect(notice!.text.length).toBeLessThan(8000);
		expect(notice!.text).toMatch(/… \+29\d\d/);
	});
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
