import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { missingSshd, startSshd } from '../../scripts/lib/sshd';
import { readBundled, runBundled, type Bundled } from './bundled';
import { runOnHosts } from './hosts';

jest.setTimeout(120_000);

const missing = missingSshd();
const suite = missing.length > 0 ? describe.skip : describe;
const skipped = missing.length > 0 ? ` (SKIPPED: no ${missing.join(', no ')} here)` : '';

type Sshd = Awaited<ReturnType<typeof startSshd>>;

/** Programs that would change the machine of the test write down that they were called. */
const STAND_INS = {
	sudo: '[ "$1" = -n ] || exit 9; shift; exec "$@"',
	'apt-get': 'echo "$(basename "$HOME") apt-get $*" >> "$JOURNAL"; [ ! -e "$FAIL-apt-get" ]',
	dpkg: '[ ! -e "$FAIL-dpkg" ] || echo "half installed: nginx"',
	sleep: 'exec /bin/sleep 0.1',
};

suite(`patch hosts, on real SSH servers${skipped}`, () => {
	let folder: string;
	let journal: string;
	const hosts: Record<string, Sshd> = {};

	beforeAll(async () => {
		for (const name of ['web-1', 'web-2', 'n8n-1']) hosts[name] = await startSshd();
	});
	afterAll(async () => {
		for (const host of Object.values(hosts)) await host.stop();
	});
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'clawbot-patches-'));
		journal = join(folder, 'journal');
		writeFileSync(journal, '');
		for (const [name, { commands }] of Object.entries(hosts)) {
			for (const [program, work] of Object.entries(STAND_INS)) {
				const text = work
					.replace('$(basename "$HOME")', name)
					.replaceAll('$JOURNAL', journal)
					.replaceAll('$FAIL', join(folder, `fail-${name}`));
				writeFileSync(join(commands, program), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
			}
			for (const hook of ['check', 'drain', 'resume']) addHook(name, hook);
		}
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const hooksOf = (name: string): string => join(hosts[name]!.home, 'hooks');
	function addHook(name: string, hook: string): void {
		mkdirSync(hooksOf(name), { recursive: true });
		const fail = join(folder, `fail-${name}-${hook}`);
		writeFileSync(
			join(hooksOf(name), hook),
			`#!/bin/sh\necho "${name} ${hook}" >> ${journal}\n[ ! -e ${fail} ]\n`,
			{ mode: 0o755 },
		);
	}
	const fail = (name: string, what: string): void =>
		writeFileSync(join(folder, `fail-${name}-${what}`), '');

	/** The workflow with the operator's scripts elsewhere than in the /etc of this machine. */
	const workflow = (): Bundled =>
		JSON.parse(
			JSON.stringify(readBundled('patch-hosts.json')).replaceAll('/etc/clawbot', '$HOME/hooks'),
		) as Bundled;

	const row = (name: string, fields: IDataObject = {}): IDataObject => ({
		name,
		address: '127.0.0.1',
		port: 22,
		user: 'clawbot',
		role: 'web',
		order: 1,
		enabled: true,
		...fields,
	});
	const three = (): IDataObject[] => [
		row('n8n-1', { role: 'n8n', order: 0 }),
		row('web-2', { order: 2 }),
		row('web-1'),
	];

	async function patch(rows: IDataObject[]): Promise<{ told: IDataObject[]; done: string[] }> {
		const told: IDataObject[] = [];
		const credentials = Object.fromEntries(
			Object.entries(hosts).map(([name, { credential }]) => [name, credential]),
		);
		const { error } = await runBundled(workflow(), 'Make the table of hosts at first use', [{}], {
			tables: { clawbot_hosts: rows },
			called: {
				clawbotHostRun1: runOnHosts(credentials),
				clawbotNotifyOps: (items) => {
					told.push(...items);
					return items;
				},
			},
		});
		if (error) throw error;
		const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
		return { told, done: lines.map((line) => line.split(' -')[0]!) };
	}

	const stepsOn = (name: string): string[] =>
		['check', 'drain', 'apt-get', 'apt-get', 'check', 'resume'].map((step) => `${name} ${step}`);

	it('takes one host after the other, that of n8n last', async () => {
		const { told, done } = await patch(three());
		expect(done).toEqual([...stepsOn('web-1'), ...stepsOn('web-2'), ...stepsOn('n8n-1')]);
		expect(told).toMatchObject([{ priority: 'broadcast', title: '✅ 系统补丁 System patches' }]);
		expect(told[0]!.text).toContain('3 完成 done, 0 失败 failed, 0 未做 not begun');
		expect(told[0]!.text).not.toContain('out of service');
	});

	it('updates without questions, and removes nothing', async () => {
		await patch([row('web-1')]);
		const calls = readFileSync(journal, 'utf8').match(/apt-get .*/g)!;
		expect(calls[0]).toMatch(/ update$/);
		expect(calls[1]).toMatch(/ -y .*force-confold upgrade$/);
	});

	it.each([
		['drain', ['web-1 check', 'web-1 drain'], 'drain'],
		['apt-get', ['web-1 check', 'web-1 drain', 'web-1 apt-get'], 'patch'],
		['check', ['web-1 check'], 'look'],
		['resume', stepsOn('web-1'), 'resume'],
		['dpkg', [], 'look'],
	])('stops where %s fails, and touches no other host', async (what, expected, step) => {
		fail('web-1', what);
		const { told, done } = await patch(three());
		expect(done).toEqual(expected);
		expect(told).toMatchObject([{ priority: 'alert' }]);
		expect(told[0]!.text).toContain(`❌ web-1 (web) · 步骤 step "${step}"`);
		const text = told[0]!.text as string;
		expect(text.includes('the host is out of service')).toBe(step !== 'look');
		expect(told[0]!.text).toContain('⏸ web-2 (web): 未动 not touched');
		expect(told[0]!.text).toContain('⏸ n8n-1 (n8n): 未动 not touched');
	});

	it('leaves a host out of service that is not well after its patches', async () => {
		const apt = join(hosts['web-1']!.commands, 'apt-get');
		writeFileSync(apt, `#!/bin/sh\ntouch ${join(folder, 'fail-web-1-check')}\n`, { mode: 0o755 });
		const { told, done } = await patch(three());
		expect(done).toEqual(['web-1 check', 'web-1 drain', ...Array(10).fill('web-1 check')]);
		expect(told[0]!.text).toContain('the host stays out of service');
	});

	it('stops at a host that does not answer', async () => {
		await hosts['web-2']!.stop();
		const { told, done } = await patch(three());
		hosts['web-2'] = await startSshd();
		expect(done).toEqual(stepsOn('web-1'));
		expect(told[0]!.text).toContain('1 完成 done, 1 失败 failed, 1 未做 not begun');
		expect(told[0]!.text).toMatch(/❌ web-2 \(web\): .*does not answer.*\n.*ECONNREFUSED/);
	});

	it('says what a host has nobody to check, and names rows that are wrong', async () => {
		rmSync(hooksOf('web-1'), { recursive: true });
		const { told, done } = await patch([
			row('web-1'),
			row('web-1', { address: '10.0.0.9' }),
			row('web 3', { address: 'x; reboot' }),
			row('web-4', { enabled: false }),
			{ name: '', address: null, user: '' },
		]);
		expect(done).toEqual(['web-1 apt-get', 'web-1 apt-get']);
		expect(told).toMatchObject([{ priority: 'alert' }]);
		for (const text of ['nothing checks the services here', 'web-1 is there twice', 'address']) {
			expect(told[0]!.text).toContain(text);
		}
	});

	it('does nothing, without a word, while the table is empty or switched off', async () => {
		expect(await patch([])).toEqual({ told: [], done: [] });
		expect(await patch([row('web-1', { enabled: false })])).toEqual({ told: [], done: [] });
	});
});

it('needs no more rights than its page asks an operator for', () => {
	const page = readFileSync(join(__dirname, '../../docs/operations/patches.md'), 'utf8');
	const asked = [...page.matchAll(/NOPASSWD: ([^`\n]+)/g)].flatMap(([, commands]) =>
		commands!.split(', ').map((command) => command.replaceAll(/\\([:=])/g, '$1')),
	);
	const shown = readBundled('patch-hosts.json').nodes.find(({ id }) => id === 'steps')!;
	const { assignments } = shown.parameters.assignments as { assignments: IDataObject[] };
	const commands = assignments.map(({ value }) => String(value)).join('\n');
	const used = [...commands.matchAll(/sudo -n ([^;|\n]+)/g)].map(([, command]) =>
		command!.trim().replace(/^(apt-get|dnf) /, '/usr/bin/$1 '),
	);
	expect(new Set(used)).toEqual(new Set(asked));
});
