import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingPackages } from '../../../scripts/machine/install';
import { freePorts, isFree } from '../../../scripts/machine/ports';
import { run, start } from '../../../scripts/machine/processes';
import { summarize } from '../../../scripts/machine/results';
import { pause, send } from '../../../scripts/machine/signals';
import { StepFailure, createSteps, duration } from '../../../scripts/machine/steps';
import { openStore } from '../../../scripts/system/store';
import { until } from '../../until';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'clawbot-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A zombie still has its id: what counts is whether it runs. */
function isRunning(pid: number) {
	if (!send(pid, 0)) return false;
	try {
		return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return process.platform !== 'linux';
	}
}

const STUBBORN =
	"process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid)";

describe('processes', () => {
	it('that ignore SIGTERM are killed after the grace, with their children', async () => {
		const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}], { stdio: 'inherit' }); ${STUBBORN}`;
		const handle = start(process.execPath, ['-e', parent]);
		await until(() => handle.output().split('\n').filter(Boolean).length === 2);
		const pids = handle.output().split('\n').filter(Boolean).map(Number);
		expect(pids.map(isRunning)).toEqual([true, true]);
		await handle.stop(200);
		await until(() => !pids.some(isRunning));
	});

	it('that end and leave a child behind take it along', async () => {
		const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(STUBBORN)}])
			.stdout.on('data', (id) => process.stdout.write(id, () => process.exit(0)))`;
		const handle = start(process.execPath, ['-e', parent]);
		expect(await handle.exited).toEqual({ code: 0, signal: null });
		const pid = Number(handle.output());
		expect(pid).toBeGreaterThan(0);
		await until(() => !isRunning(pid));
	});

	it('end when the script that started them is killed outright', async () => {
		const library = join(__dirname, '..', '..', '..', 'scripts', 'machine', 'processes.js');
		const script = `const { start } = require(${JSON.stringify(library)});
			const handle = start(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
			console.log(handle.pid);`;
		const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
		await until(() => output.includes('\n'));
		const pid = Number(output);
		expect(isRunning(pid)).toBe(true);
		child.kill('SIGKILL');
		await until(() => !isRunning(pid));
	});

	it('that fail are reported with their last lines', async () => {
		await expect(
			run(process.execPath, ['-e', 'console.error("the cause"); process.exit(3)'], {
				title: 'the step',
				cure: 'do this',
			}),
		).rejects.toMatchObject({
			message: 'the step ended with code 3',
			cure: 'do this',
			details: 'the cause',
		});
	});

	it('that cannot be found are reported', async () => {
		await expect(run('clawbot-no-such-command', [])).rejects.toMatchObject({
			details: expect.stringContaining('ENOENT') as string,
		});
	});
});

describe('ports', () => {
	it('free ones differ and can be taken', async () => {
		const ports = Object.values(await freePorts('one', 'another', 'a third'));
		expect(new Set(ports).size).toBe(3);
		expect(await Promise.all(ports.map(isFree))).toEqual([true, true, true]);
	});
});

describe('the install check', () => {
	const lock = {
		packages: {
			'': { name: 'root' },
			'node_modules/a': { version: '1.0.0' },
			'node_modules/b': { version: '2.0.0' },
			'node_modules/optional': { version: '1.0.0', optional: true },
			'node_modules/for-another-system': { version: '1.0.0', os: ['aix'] },
			'node_modules/for-another-processor': { version: '1.0.0', cpu: ['mips'] },
			'node_modules/for-another-library': { version: '1.0.0', libc: ['musl'] },
			'node_modules/linked': { link: true },
			'node_modules/wanted-by-nobody': { version: '1.0.0', extraneous: true },
			'node_modules/a/node_modules/wanted-by-nobody': { version: '2.0.0', extraneous: true },
		},
	};

	it.each([
		['no record of an install', undefined, ['node_modules/a', 'node_modules/b']],
		[
			'a package that is missing',
			{ packages: { 'node_modules/a': { version: '1.0.0' } } },
			['node_modules/b'],
		],
		[
			'a package of another version',
			{
				packages: {
					'node_modules/a': { version: '1.0.0' },
					'node_modules/b': { version: '1.9.0' },
				},
			},
			['node_modules/b'],
		],
		[
			'a complete install',
			{
				packages: {
					'node_modules/a': { version: '1.0.0' },
					'node_modules/b': { version: '2.0.0' },
				},
			},
			[],
		],
	])('%s', (_, installed, missing) => {
		expect(missingPackages(lock, installed)).toEqual(missing);
	});
});

describe('the summary of a test run', () => {
	const result = {
		success: true,
		numPassedTests: 5,
		numFailedTests: 0,
		numPendingTests: 0,
		numTodoTests: 0,
		numRuntimeErrorTestSuites: 0,
	};

	it.each([
		['all passed', {}, '5 passed, 0 failed', true],
		['some skipped', { numPendingTests: 2 }, '5 passed, 0 failed, 2 skipped', true],
		['one failed', { success: false, numFailedTests: 1 }, '5 passed, 1 failed', false],
		[
			'a file that could not run',
			{ success: false, numRuntimeErrorTestSuites: 1 },
			'5 passed, 1 failed',
			false,
		],
		['none run', { numPassedTests: 0 }, '0 passed, 0 failed', false],
		['jest says no, whatever the numbers', { success: false }, '5 passed, 0 failed', false],
	])('%s', (_, difference, line, ok) => {
		expect(summarize({ ...result, ...difference })).toEqual({ line, ok });
	});

	it('no result at all is a failure', () => {
		expect(summarize(undefined)).toEqual({ line: '0 passed, 0 failed', ok: false });
	});
});

describe('steps', () => {
	it('print a line with the result and the time', async () => {
		const lines: string[] = [];
		const { step } = createSteps((text: string) => lines.push(text));
		await step('Pack', async () => 'up to date');
		expect(lines).toEqual([expect.stringMatching(/^✓ Pack: up to date {2}\[[\d.]+ s\]\n$/)]);
	});

	it('give a failure their title', async () => {
		const { step } = createSteps(() => {});
		await expect(
			step('Pack', async () => {
				throw new Error('no');
			}),
		).rejects.toMatchObject({ step: 'Pack' });
	});

	it('beside each other all end, and each failure is shown once', async () => {
		const lines: string[] = [];
		const { step, together } = createSteps((text: string) => lines.push(text));
		const fail = async (title: string, ms: number): Promise<void> =>
			await step(title, async () => {
				await pause(ms);
				throw new StepFailure(`${title} failed`, `Mend ${title}.`);
			});
		const running = [fail('Types', 0), step('Lint', async () => await pause(50)), fail('Scan', 10)];
		await expect(together(running)).rejects.toMatchObject({ step: 'Scan', cure: 'Mend Scan.' });
		expect(lines).toEqual([
			expect.stringMatching(/^✓ Lint /),
			'✗ Types: Types failed\n  What to do: Mend Types.\n',
		]);
		await together([step('Build', async () => 'built')]);
		expect(lines.at(-1)).toContain('✓ Build: built');
	});

	it.each([
		[400, '0.4 s'],
		[12_400, '12 s'],
		[185_000, '3 min 05 s'],
	])('say %d ms as %s', (ms, text) => {
		expect(duration(ms)).toBe(text);
	});
});

describe('the store', () => {
	it('makes its secrets once, readable by their owner only', () => {
		const first = openStore(folder);
		const again = openStore(folder);
		expect(again.secrets).toEqual(first.secrets);
		expect(first.secrets.ownerPassword).not.toBe(
			openStore(join(folder, 'other')).secrets.ownerPassword,
		);
		expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
	});

	it('keeps no secret in its state', () => {
		const store = openStore(folder);
		store.state.credentials.clawBotModelApi = store.fingerprint({ apiKey: 'canary-5e1f' });
		store.saveState();
		expect(readFileSync(join(folder, 'state.json'), 'utf8')).not.toContain('canary-5e1f');
	});

	it('says what to do when a file is damaged', () => {
		writeFileSync(join(folder, 'state.json'), '{');
		expect(() => openStore(folder)).toThrow('state.json is damaged');
	});
});
