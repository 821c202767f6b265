import { checkSecurity, type SecurityReport } from '../../../core/checks/security';
import { reportNotifications } from '../../../core/checks/securityWords';
import { DAY, gathered, host, look, NOW, OUTPUT } from './gathered';

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

	it('says when there is no last one, and makes the best of one that is damaged', () => {
		const textOf = (before: unknown[]): string =>
			reportNotifications(checkSecurity(gathered({ before })), context)[0]!.text;
		expect(textOf([])).toContain('The table holds no earlier report');
		const damaged = [null, 7, {}, { key: 'ports:bot-1:tcp/18789', count: 'x', firstSeenMs: '' }];
		expect(textOf(damaged)).not.toContain('no earlier report');
		const report = checkSecurity(gathered({ before: [...damaged, { key: 'old', check: 9 }] }));
		expect(keysOf(report, 'still')).toEqual(['ports:bot-1:tcp/18789']);
		expect(keysOf(report, 'gone')).toEqual(['old']);
		for (const row of savedBy(report)) {
			expect(row).toMatchObject({ firstSeenMs: expect.any(Number), count: expect.any(Number) });
			expect(Object.values(row)).not.toContain(NaN);
		}
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
				keys: [{ error: 'There is no table clawbot_keys' }],
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
		const [notification] = reportNotifications(report, context);
		expect(notification!.text).toContain('securityAudit:generate');
		expect(notification!.text).toContain('密钥 keys — There is no table clawbot_keys');
		expect(notification!.text).toContain(
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
		const [notification] = reportNotifications(checkSecurity(gathered({ before })), context);
		expect(notification!.text).toContain('高 high 0，中 medium 0，低 low 0');
		expect(notification!.text).toContain('已接受 accepted 7');
		expect(notification!.text).not.toContain('18789');
	});

	it('calls itself a scan, and brings the ticket for the real test', () => {
		const [scan, ticket] = reportNotifications(checkSecurity(gathered()), context);
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
		const [notification] = reportNotifications(
			checkSecurity(gathered({ looks: [look({ output })] })),
			context,
		);
		expect(notification!.text.length).toBeLessThan(8000);
		expect(notification!.text).toMatch(/… \+29\d\d/);
	});
});
