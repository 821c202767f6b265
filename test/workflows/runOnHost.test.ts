import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSshd } from '../../scripts/machine/sshd';
import { until } from '../until';
import { hurry, outcomeOf, runOnHosts, task } from './hosts';

describe('commands on a host, over a real SSH server', () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	beforeAll(async () => {
		sshd = await startSshd();
	});
	afterAll(async () => await sshd?.stop());
	beforeEach(() => hurry(20));
	afterEach(() => jest.restoreAllMocks());

	const run = async (...given: Parameters<typeof task>) =>
		outcomeOf(await runOnHosts({ a: sshd.credential })([task(...given)]));

	it('runs the steps in their order, and takes their notes', async () => {
		const outcome = await run(
			{ one: 'echo first > "$HOME/order"', two: 'echo $word >> "$HOME/order"; echo "note: 你好"' },
			{ word: "it's $HOME `id`; rm -rf x\n$(id)" },
		);
		expect(outcome).toMatchObject({ ok: true, state: 'done', step: 'two', notes: ['你好'] });
		expect(readFileSync(join(sshd.home, 'order'), 'utf8')).toBe(
			"first\nit's $HOME `id`; rm -rf x $(id)\n",
		);
	});

	it('stops at the step that fails', async () => {
		const outcome = await run({
			one: 'true',
			two: 'echo "no such thing"; false; echo never',
			three: 'touch "$HOME/three"',
		});
		expect(outcome).toMatchObject({ ok: false, state: 'failed', step: 'two' });
		expect(outcome.output).toBe('step: one\nstep: two\nno such thing');
		expect(existsSync(join(sshd.home, 'three'))).toBe(false);
	});

	it('shows no secret that a command writes', async () => {
		const outcome = await run({ one: 'echo "password=hunter2hunter2"; false' });
		expect(outcome.output).toContain('password=***');
		expect(JSON.stringify(outcome)).not.toContain('hunter2');
	});

	it('tells of a job that goes without a result', async () => {
		const outcome = await run({ one: 'echo begun; kill -9 $PPID; kill -9 $$' });
		expect(outcome).toMatchObject({ ok: false, state: 'lost', step: 'one' });
	});

	it('waits no longer than allowed, and kills nothing', async () => {
		const [go, gone] = [join(sshd.home, 'go'), join(sshd.home, 'gone')];
		const steps = { one: `until [ -e ${go} ]; do sleep 0.1; done`, two: `touch ${gone}` };
		const outcome = await run(steps, {}, 2);
		expect(outcome).toMatchObject({ ok: false, state: 'overdue', step: 'one' });
		writeFileSync(go, '');
		await until(() => existsSync(gone));
	});

	it('tells of a host that goes away in the middle', async () => {
		jest.restoreAllMocks();
		hurry(100);
		const away = await startSshd();
		const servers = { a: away.credential };
		const left = join(away.home, 'left');
		const steps = { one: `touch ${left}; while [ -e ${left} ]; do sleep 0.1; done` };
		const going = runOnHosts(servers)([task(steps, {}, 60)]);
		await until(() => existsSync(left));
		await away.stop();
		const outcome = outcomeOf(await going);
		expect(outcome).toMatchObject({ ok: false, state: 'unreachable' });
		expect(outcome.output).toContain('ECONNREFUSED');
		// Five minutes of silence, and not one refused connection.
		expect(outcome.seconds).toBeGreaterThanOrEqual(300);
	});

	it('says why nothing began', async () => {
		const away = await startSshd();
		await away.stop();
		const outcome = outcomeOf(
			await runOnHosts({ a: away.credential })([task({ one: 'touch "$HOME/begun"' })]),
		);
		expect(outcome).toMatchObject({ ok: false, state: 'notStarted', step: '' });
		expect(outcome.output).toContain('ECONNREFUSED');
	});

	it('leaves nothing that another account could read', async () => {
		await run({ one: 'true' });
		const folder = join(sshd.home, '.clawbot-jobs');
		const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
		expect(files.some((file) => file.endsWith('script'))).toBe(true);
		for (const file of ['.', ...files]) {
			expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
		}
	});

	it('notices a host that hangs', async () => {
		const hanging = await startSshd();
		process.kill(hanging.pid!, 'SIGSTOP');
		try {
			const outcome = outcomeOf(
				await runOnHosts({ a: hanging.credential })([task({ one: 'true' })]),
			);
			expect(outcome).toMatchObject({ ok: false, state: 'notStarted' });
			expect(outcome.output).toMatch(/timed out/i);
		} finally {
			process.kill(hanging.pid!, 'SIGCONT');
			await hanging.stop();
		}
	});
});
