import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi, createApiKey } from '../../scripts/system/api';
import { freePorts } from '../../scripts/machine/ports';
import { send } from '../../scripts/machine/signals';
import { apiBody } from '../../scripts/transfer/body';
import type { Workflow } from '../../scripts/workflows/workflows';
import { bots, World, type System } from './bot';
import { holdsOn, until } from './until';

// `npm start` as a person uses it, in a data folder of its own.

const root = join(__dirname, '..', '..');
/** A start that asks npm's registry for anything fails. */
const NO_REGISTRY = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: '/dev/null' };
let data: string;
let ports: number[];
const started: Start[] = [];

/** One run of the start script: what it printed, and how it ended. */
class Start {
	output = '';

	readonly exited: Promise<number | null>;

	readonly process: ChildProcess;

	constructor(folder = data, further: NodeJS.ProcessEnv = {}) {
		this.process = spawn(process.execPath, [join(root, 'scripts', 'start.js')], {
			cwd: root,
			env: {
				...process.env,
				CLAWBOT_DATA: folder,
				CLAWBOT_N8N_PORT: String(ports[0]),
				CLAWBOT_SANDBOX_PORT: String(ports[1]),
				...further,
			},
		});
		const keep = (chunk: Buffer) => {
			this.output += chunk.toString();
		};
		this.process.stdout!.on('data', keep);
		this.process.stderr!.on('data', keep);
		this.exited = new Promise((resolve) => this.process.on('close', (code) => resolve(code)));
		started.push(this);
	}

	async ready() {
		await Promise.race([
			holds('it is ready', () => this.output.includes('Ready after'), 240_000),
			this.exited,
		]);
		if (!this.output.includes('Ready after')) throw new Error(this.output);
		return this;
	}

	/** Every process that this one started, directly or through others. */
	descendants() {
		const parents = new Map<number, number[]>();
		for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
			const parent = Number(stat(Number(name))?.[1]);
			parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
		}
		const found: number[] = [];
		const open = [this.process.pid!];
		while (open.length > 0) {
			const children = parents.get(open.pop()!) ?? [];
			found.push(...children);
			open.push(...children);
		}
		return found;
	}

	async stop(signal: NodeJS.Signals) {
		const pids = this.descendants();
		this.process.kill(signal);
		return { code: await this.exited, pids };
	}
}

/** State and parent of a process from /proc, or undefined when it is gone. */
function stat(pid: number) {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /, '')
			.split(' ');
	} catch {
		return undefined;
	}
}

/** Its arguments, each with a zero byte behind it. */
const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

const isRunning = (pid: number) => send(pid, 0) && !['Z', 'X'].includes(stat(pid)?.[0] ?? 'X');

/** Waits until something is so. */
const holds = async (what: string, test: () => boolean, ms?: number): Promise<unknown> =>
	await until(what, test, Boolean, ms);

const secrets = () =>
	JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as {
		apiKey: string;
		recoveryKey: string;
		ownerPassword: string;
	};
const api = (key = secrets().apiKey) => createApi(`http://127.0.0.1:${ports[0]}`, key);

beforeAll(async () => {
	data = mkdtempSync(join(tmpdir(), 'clawbot-start-'));
	ports = Object.values(await freePorts('n8n', 'sandbox'));
});

afterAll(async () => {
	for (const start of started) start.process.kill('SIGTERM');
	await Promise.all(started.map(async ({ exited }) => await exited));
	rmSync(data, { recursive: true, force: true });
});

describe('npm start', () => {
	const bundled = readdirSync(join(root, 'workflows'))
		.filter((name) => name.endsWith('.json'))
		.map(
			(name) =>
				JSON.parse(readFileSync(join(root, 'workflows', name), 'utf8')) as {
					id: string;
					name: string;
				},
		);
	let first: Start;
	let kept: Workflow;
	let recoveryKey: string;

	it('ends in a system that answers where it says', async () => {
		first = await new Start().ready();
		const printed = (label: string) =>
			new RegExp(`${label}\\s+(\\S+)`).exec(first.output)?.[1] ?? '';
		const login = { email: printed('Login'), password: printed('Password') };
		await expect(createApiKey(printed('Editor'), login, 'test')).resolves.toEqual(
			expect.any(String),
		);
		expect((await fetch(printed('Playground'))).status).toBe(200);
		const operator = `operator:${printed('these pages: operator,')}`;
		const headers = { authorization: `Basic ${Buffer.from(operator).toString('base64')}` };
		for (const label of ['Dead letters', 'Keys', 'Bots']) {
			expect((await fetch(printed(label))).status).toBe(401);
			expect((await fetch(printed(label), { headers })).status).toBe(200);
		}
		const active = ((await api().workflows()) as Array<{ id: string; active: boolean }>).filter(
			(w) => w.active,
		);
		expect(active.map(({ id }) => id).sort()).toEqual(bundled.map(({ id }) => id).sort());
	});

	it('takes the messages of the playground by connection, also after a restart of the sandbox', async () => {
		const states = first.output.match(/ClawBot .* {2,}(connected|callback .*)$/gm) ?? [];
		expect(states.map((line) => line.replace(/ {2,}(connected|callback).*/, ' $1'))).toEqual([
			'ClawBot DingTalk App connected',
			'ClawBot Feishu App connected',
			'ClawBot WeCom App callback',
			'ClawBot WeCom AI Bot connected',
		]);
		const world = new World({ sandbox: { origin: `http://127.0.0.1:${ports[1]}` } } as System);
		const talk = async (): Promise<void> => {
			await world.connected();
			for (const [name, said] of bots) {
				const { messageId, deliveries } = await world.say(said);
				const by = name === 'WeCom app' ? 'http' : 'stream';
				expect([name, deliveries[0]!.by, deliveries[0]!.refused]).toEqual([name, by, undefined]);
				await world.answered(messageId);
			}
		};
		await talk();
		const sandbox = first
			.descendants()
			.find((pid) => commandOf(pid).includes(`--port\0${ports[1]}\0`));
		process.kill(sandbox!, 'SIGKILL');
		await holds('the sandbox was started again', () => first.output.includes('was started again'));
		await talk();
	});

	it('gives the recovery of executions a key that serves nothing else', async () => {
		({ recoveryKey } = secrets());
		await expect(api(recoveryKey).executions()).resolves.toEqual(expect.any(Array));
		await expect(api(recoveryKey).workflows()).rejects.toThrow('403');
	});

	it('says that it is running when it is started again', async () => {
		const second = new Start();
		expect(await second.exited).toBe(1);
		expect(second.output).toContain(`already running: http://127.0.0.1:${ports[0]}`);
		expect(second.output.match(/What to do:/g)).toHaveLength(1);
	});

	it('says which port is taken, how to choose another, and leaves nothing running', async () => {
		const other = mkdtempSync(join(tmpdir(), 'clawbot-start-'));
		const second = new Start(other);
		expect(await second.exited).toBe(1);
		expect(second.output).toContain(`port ${ports[0]}, for n8n, is taken`);
		expect(second.output).toContain('CLAWBOT_N8N_PORT=');
		expect(second.output).not.toContain('Start n8n');
		rmSync(other, { recursive: true, force: true });
	});

	it('ends every process on Ctrl-C', async () => {
		kept = await api().workflow(bundled[0]!.id);
		await api().update(kept.id, apiBody({ ...kept, name: 'Renamed by a person' }));
		const { code, pids } = await first.stop('SIGINT');
		expect(code).toBe(0);
		// n8n, its task runner and the sandbox at least.
		expect(pids.length).toBeGreaterThanOrEqual(3);
		await holds('all have ended', () => !pids.some(isRunning));
	});

	it('keeps a person’s changes in the next start, and the workflows stay published', async () => {
		const again = await new Start(data, NO_REGISTRY).ready();
		for (const step of ['Install packages', 'Install the package into n8n']) {
			expect(again.output).toContain(`✓ ${step}: up to date`);
		}
		expect(await api().workflow(kept.id)).toMatchObject({
			name: 'Renamed by a person',
			active: true,
		});
		expect(again.output).toContain('nothing new');
		// The credential still holds a key that works: no look at crashed executions fails, nor is repeated after 15 s.
		expect(secrets().recoveryKey).toBe(recoveryKey);
		const looks = '?status=error&workflowId=clawbotRecover1';
		await holdsOn(async () => expect(await api().executions(looks)).toEqual([]), 20_000);
		const { pids } = await again.stop('SIGTERM');
		await holds('all have ended', () => !pids.some(isRunning));
	});

	it('ends every process when it is interrupted before it is ready', async () => {
		const early = new Start();
		await holds('the sandbox starts', () => early.output.includes('Start the sandbox'));
		const { code, pids } = await early.stop('SIGHUP');
		expect(code).toBe(130);
		expect(pids.length).toBeGreaterThan(0);
		await holds('all have ended', () => !pids.some(isRunning));
		expect(early.output).not.toContain('What to do');
	});
});
