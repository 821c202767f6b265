import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { missingSshd, startSshd } from '../../scripts/lib/sshd';
import { outcomeOf, runOnHosts, task } from './hosts';

jest.setTimeout(60_000);

const missing = missingSshd();
const suite = missing.length > 0 ? describe.skip : describe;
const skipped = missing.length > 0 ? ` (SKIPPED: no ${missing.join(', no ')} here)` : '';

suite(`commands on a host, over a real SSH server${skipped}`, () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	beforeAll(async () => {
		sshd = await startSshd();
	});
	afterAll(async () => await sshd?.stop());

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
		const file = join(sshd.home, 'slow');
		const outcome = await run({ one: `sleep 7; touch ${file}` }, {}, 0.01);
		expect(outcome).toMatchObject({ ok: false, state: 'overdue' });
		expect(existsSync(file)).toBe(false);
		await new Promise((resolve) => setTimeout(resolve, 7500));
		expect(existsSync(file)).toBe(true);
	});

	it('says why nothing began', async () => {
		const away = await startSshd();
		await away.stop();
		const outcome = outcomeOf(
			await runOnHosts({ a: away.credential })([task({ one: 'touch "$HOME/begun"' })]),
		);
		expect(outcome).toMatchObject({ ok: false, state: 'unreachable', step: '' });
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
			expect(outcome).toMatchObject({ ok: false, state: 'unreachable' });
			expect(outcome.output).toMatch(/timed out/i);
		} finally {
			process.kill(hanging.pid!, 'SIGCONT');
			await hanging.stop();
		}
	});
});
