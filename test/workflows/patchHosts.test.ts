import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startSshd } from '../../scripts/machine/sshd';
import { runWorkflow } from '../harness';
import { until } from '../until';
import { readBundled, runBundled, type Bundled } from './bundled';
import { hurry, runOnHosts } from './hosts';


type Sshd = Awaited<ReturnType<typeof startSshd>>;

/** Programs that would change the machine of the test write down that they were called. */
const STAND_INS = {
	sudo: '[ "$1" = -n ] || exit 9; shift; exec "$@"',
	'apt-get':
		'echo "$(basename "$HOME") apt-get $*" >> "$JOURNAL"; for last; do :; done; [ ! -e "$FAIL-$last" ]',
	dpkg: '[ ! -e "$FAIL-dpkg" ] || echo "half installed: nginx"',
	sleep: 'exec /bin/sleep 0.1',
};

const stepsOn = (name: string): string[] =>
	['check', 'apt-get', 'drain', 'apt-get', 'check', 'resume'].map((step) => `${name} ${step}`);

describe('patch hosts, on real SSH servers', () => {
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
			rmSync(join(hosts[name]!.home, '.clawbot-jobs'), { recursive: true, force: true });
		}
		hurry(20);
	});
	afterEach(() => {
		jest.restoreAllMocks();
		rmSync(folder, { recursive: true, force: true });
	});

	const hooksOf = (name: string): string => join(hosts[name]!.home, 'hooks');
	function addHook(name: string, hook: string): void {
		mkdirSync(hooksOf(name), { recursive: true });
		const fail = join(folder, `fail-${name}-${hook}`);
		writeFileSync(
			join(hooksOf(name), hook),
			`#!/bin/sh\necho "${name} ${hook}" >> ${journal}\nwhile [ -e ${fail}-wait ]; do /bin/sleep 0.1; done\n[ ! -e ${fail} ]\n`,
			{ mode: 0o755 },
		);
	}
	const fail = (name: string, what: string): void =>
		writeFileSync(join(folder, `fail-${name}-${what}`), '');

	/** The workflow with the operator's scripts elsewhere than in the /etc of this machine. */
	const workflow = (change: (text: string) => string): Bundled =>
		JSON.parse(
			change(JSON.stringify(readBundled('patch-hosts.json')).replaceAll('/etc/clawbot', '$HOME/hooks')),
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

	async function patch(
		rows: IDataObject[],
		change = (text: string) => text,
	): Promise<{ told: IDataObject[]; done: string[] }> {
		const told: IDataObject[] = [];
		const credentials = Object.fromEntries(
			Object.entries(hosts).map(([name, { credential }]) => [name, credential]),
		);
		const { error } = await runBundled(workflow(change), 'Make the table of hosts at first use', [{}], {
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
		['update', stepsOn('web-1').slice(0, 2), 'lists'],
		['drain', stepsOn('web-1').slice(0, 3), 'drain'],
		['upgrade', stepsOn('web-1').slice(0, 4), 'patch'],
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
		expect(text.includes('the host is out of service')).toBe(!['look', 'lists'].includes(step));
		expect(told[0]!.text).toContain('⏸ web-2 (web): 未动 not touched');
		expect(told[0]!.text).toContain('⏸ n8n-1 (n8n): 未动 not touched');
	});

	it('leaves a host out of service that is not well after its patches', async () => {
		const apt = join(hosts['web-1']!.commands, 'apt-get');
		const broken = `for last; do :; done; [ $last = update ] || touch ${join(folder, 'fail-web-1-check')}`;
		writeFileSync(apt, `#!/bin/sh\n${broken}\n`, { mode: 0o755 });
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
		expect(told[0]!.text).toMatch(/❌ web-2 \(web\): .*nothing was done there.*\n.*ECONNREFUSED/);
	});

	it('waits for no drain that never ends, and touches no other host', async () => {
		const wait = join(folder, 'fail-web-1-drain-wait');
		writeFileSync(wait, '');
		const going = patch(three(), (text) => text.replace('"value":90}', '"value":5}'));
		const { told, done } = await going;
		rmSync(wait);
		expect(done).toEqual(stepsOn('web-1').slice(0, 3));
		expect(told[0]!.text).toMatch(/❌ web-1 \(web\) · 步骤 step "drain": .*it runs on, nothing was killed/);
		expect(told[0]!.text).toContain('⏸ web-2 (web): 未动 not touched');
	});

	it('never takes a second host out of service when it is begun twice, and goes on where it failed', async () => {
		const wait = join(folder, 'fail-web-2-drain-wait');
		writeFileSync(wait, '');
		const first = patch(three());
		const drained = `${stepsOn('web-2')[2]}\n`;
		await until(() => readFileSync(journal, 'utf8').includes(drained));
		const before = readFileSync(journal, 'utf8');
		const second = await patch(three());
		expect(readFileSync(journal, 'utf8')).toBe(before);
		expect(second.told[0]!.text).toContain('web-1 (web)');
		expect(second.told[0]!.text).toContain('patched in the last 12 hours, not touched');
		expect(second.told[0]!.text).toMatch(/❌ web-2 .*\n.*another run is patching this host/);
		fail('web-2', 'drain');
		rmSync(wait);
		expect((await first).told[0]!.text).toContain('❌ web-2');
		rmSync(join(folder, 'fail-web-2-drain'));
		writeFileSync(journal, '');
		const { done, told } = await patch(three());
		expect(done).toEqual([...stepsOn('web-2'), ...stepsOn('n8n-1')]);
		expect(told[0]!.text).toContain('3 完成 done');
	});

	it('does not take a file from the future for a host that is patched', async () => {
		await patch([row('web-1')]);
		const later = Date.now() / 1000 + 9e6;
		utimesSync(join(hosts['web-1']!.home, '.clawbot-jobs', 'patched'), later, later);
		writeFileSync(journal, '');
		expect((await patch([row('web-1')])).done).toEqual(stepsOn('web-1'));
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

it.each([
	['Saturday', '01', true],
	['Saturday', '07', true],
	['Saturday', '08', false],
	// The trigger, run by hand in the editor on another day.
	['Tuesday', '03', false],
	['Sunday', '01', false],
])('begins on a %s, day %s of the month: %s', async (weekday, day, begins) => {
	const guard = readBundled('patch-hosts.json').nodes.find(
		({ name }) => name === 'Only the first of the month',
	)!;
	const items = [{ 'Day of week': weekday, 'Day of month': day }];
	const { outputs } = await runWorkflow([guard], { items });
	expect(outputs[guard.name]![0]).toHaveLength(begins ? 1 : 0);
});

const page = readFileSync(join(__dirname, '../../docs/operations/patches.md'), 'utf8');
const steps = readBundled('patch-hosts.json').nodes.find(({ id }) => id === 'steps')!;
const { assignments } = steps.parameters.assignments as { assignments: IDataObject[] };
const commands = assignments.map(({ value }) => String(value)).join('\n');

it('needs no more rights than its page asks an operator for', () => {
	const asked = [...page.matchAll(/NOPASSWD: ([^`\n]+)/g)].flatMap(([, commands]) =>
		commands!.split(', ').map((command) => command.replaceAll(/\\([:=])/g, '$1')),
	);
	const used = [...commands.matchAll(/sudo -n ([^;|\n]+)/g)].map(([, command]) =>
		command!
			.trim()
			.replace(/^(apt-get|dnf) /, '/usr/bin/$1 ')
			// Without these, sudo would allow any arguments.
			.replace(/^\S+$/, '$& ""'),
	);
	expect(new Set(used)).toEqual(new Set(asked));
});

/** Nothing is changed with them. */
const [apt, visudo] = ['/usr/bin/apt-get', '/usr/sbin/visudo'] as const;

it('tells apt-get what it understands', () => {
	const [, options] = /sudo -n apt-get (.+ upgrade)$/m.exec(commands)!;
	// A machine without packages: how this one is does not matter.
	const nothing = ['State::status', 'Etc::sourcelist', 'Etc::sourceparts'];
	const machine = nothing.flatMap((name) => ['-o', `Dir::${name}=/dev/null`]);
	const cache = ['pkgcache', 'srcpkgcache'].flatMap((name) => ['-o', `Dir::Cache::${name}=`]);
	const simulate = (text: string): number | null =>
		spawnSync(apt, ['--simulate', ...machine, ...cache, ...text.split(' ')]).status;
	expect(simulate(options!)).toBe(0);
	expect(simulate(options!.replace('--with-new-pkgs', '--with-new-pkg'))).not.toBe(0);
});

it('asks for rights that sudo understands', () => {
	const folder = mkdtempSync(join(tmpdir(), 'clawbot-sudoers-'));
	const check = (lines: string): number | null => {
		const file = join(folder, 'rights');
		writeFileSync(file, lines, { mode: 0o440 });
		const { status } = spawnSync(visudo, ['-c', '-f', file]);
		rmSync(file);
		return status;
	};
	const rights = [...page.matchAll(/^ +(clawbot ALL.+)$/gm)].map(([, line]) => `${line}\n`);
	expect(rights.length).toBeGreaterThan(3);
	expect(check(rights.join(''))).toBe(0);
	expect(check(rights.join('').replace('ALL=', 'ALL'))).not.toBe(0);
	rmSync(folder, { recursive: true });
});
