import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { IDataObject, INode } from 'n8n-workflow';
import { THIS_MACHINE } from '../../core/checks/clockStates';
import { startSshd } from '../../scripts/machine/sshd';
import type { RunResult } from '../harness';
import { startServer, type Answerer, type Answering, type TestServer } from '../nodes/server';
import { readBundled, runBundled, type Bundled } from './bundled';

const DAY = 86_400_000;

const nodeOf = ({ nodes }: Bundled, name: string): INode =>
	nodes.find((node) => node.name === name)!;

/** What a node gave, or an error that says why it did not run. */
function given({ outputs, error }: RunResult, name: string, output = 0): IDataObject[] {
	if (error) throw error;
	if (!outputs[name]) throw new Error(`${name} did not run`);
	return outputs[name][output]!.map(({ json }) => json);
}

/** A platform whose clock is `ms` behind ours, which is the same as ours being ahead. */
const platform =
	(ms: number, headers: Record<string, string> = {}): Answerer =>
	() => ({ headers: { date: new Date(Date.now() - ms).toUTCString(), ...headers }, status: 404 });

const servers: TestServer[] = [];
async function serve(answer: Answerer): Promise<string> {
	const server = await startServer(answer);
	servers.push(server);
	return server.origin;
}
afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

/** The workflow that asks platforms, with addresses of the test: what it returns. */
async function askPlatforms(urls: string[]): Promise<IDataObject[]> {
	const workflow = readBundled('ask-platforms.json');
	const { assignments } = nodeOf(workflow, 'Platforms').parameters.assignments as {
		assignments: IDataObject[];
	};
	const platforms = urls.map((url, index) => ({ source: `p${index + 1}`, url }));
	assignments[0]!.value = JSON.stringify(platforms);
	return given(await runBundled(workflow, 'When a check asks', [{}]), 'One after the other');
}

describe('ask-platforms', () => {
	it('brings each date with the times around it, whatever the platform answers', async () => {
		const began = Date.now();
		const readings = await askPlatforms([
			await serve(platform(0)),
			await serve((_, response) => void response.destroy()),
			await serve(platform(90_000, { age: '30' })),
		]);
		expect(readings.map(({ source }) => source)).toEqual(['p1', 'p2', 'p3']);
		expect(readings[0]).toMatchObject({ date: expect.stringMatching(/ GMT$/), error: '' });
		expect(readings[1]).toMatchObject({ date: '', error: expect.stringMatching(/\w/) });
		expect(readings[2]).toMatchObject({ age: '30' });
		let last = began;
		for (const { before, after } of readings) {
			expect(before).toBeGreaterThanOrEqual(last);
			expect(after).toBeGreaterThanOrEqual(before as number);
			last = after as number;
		}
	});

	it('asks for a header alone, and follows nobody elsewhere', async () => {
		const elsewhere = await serve(platform(0));
		const moved = platform(0, { location: elsewhere });
		const origin = await serve(async (...call) => ({ ...(await moved(...call)), status: 302 }));
		await askPlatforms([origin]);
		expect(servers[1]!.asked).toMatchObject([{ method: 'HEAD', body: undefined }]);
		expect(servers[0]!.asked).toEqual([]);
	});
});

const hostRow = (fields: IDataObject = {}): IDataObject => ({
	name: 'bot-1',
	address: '127.0.0.1',
	port: 22,
	user: 'clawbot',
	order: 1,
	enabled: true,
	...fields,
});

describe('check-clock', () => {
	const trueNow = Date.now;
	afterEach(() => {
		jest.restoreAllMocks();
	});

	/** One run of it, with platforms that are `ms` behind. */
	async function check(ms: number, tables: Record<string, IDataObject[]> = {}) {
		const urls = [await serve(platform(ms)), await serve(platform(ms)), await serve(platform(ms))];
		const told: IDataObject[] = [];
		const looked: IDataObject[] = [];
		const run = await runBundled(readBundled('check-clock.json'), 'Every 10 minutes', [{}], {
			tables,
			called: {
				clawbotAskTime1: async () => await askPlatforms(urls),
				clawbotNotifyOps: (items) => (told.push(...items), items),
				clawbotLookHost: (items) => (looked.push(...items), items),
			},
		});
		return { states: given(run, 'Judge the clocks', 1), told, looked, run };
	}

	it('says nothing of a clock that is right, and asks no host where none is listed', async () => {
		const { states, told, looked } = await check(0);
		expect(states).toMatchObject([{ subject: THIS_MACHINE, level: 'ok' }]);
		expect([told, looked]).toEqual([[], []]);
	});

	it.each([
		[3000, 'warn', '🟡'],
		[45_000, 'alarm', '🔴'],
		[-45_000, 'alarm', '🔴'],
	])('tells of a clock that is %i ms ahead: %s', async (ms, level, sign) => {
		const { states, told, run } = await check(ms);
		expect(states).toMatchObject([{ subject: THIS_MACHINE, level }]);
		expect(Math.abs((states[0]!.driftMs as number) - ms)).toBeLessThan(2000);
		expect(told).toMatchObject([{ priority: 'alert', text: expect.stringContaining(sign) }]);
		// Told before it is saved: a crash in between tells it again, under the same key.
		const { index: tellAt } = indexOf(run, 'Tell the operations group');
		expect(tellAt).toBeLessThan(indexOf(run, 'Save what is known').index);
	});

	it('judges the answers of hosts, and asks those that are switched on for the next time', async () => {
		const now = Date.now();
		const answer = {
			host: 'bot-1',
			check: 'clock',
			run: '',
			before: now - 1000,
			after: now - 500,
			output: `## date\n${now - 60_000}\n## timedatectl\nNTPSynchronized=yes\n## chrony`,
			error: '',
		};
		const { states, told, looked } = await check(0, {
			clawbot_hosts: [hostRow(), hostRow({ name: 'off', enabled: false }), hostRow({ port: 'x' })],
			clawbot_looks: [answer, { ...answer, check: 'security', output: '' }],
		});
		expect(states).toMatchObject([
			{ subject: THIS_MACHINE, level: 'ok' },
			{ subject: 'bot-1', level: 'alarm' },
			{ subject: 'clawbot_hosts 3', level: 'unknown' },
		]);
		expect(told).toHaveLength(1);
		expect(looked).toEqual([expect.objectContaining({ name: 'bot-1', check: 'clock' })]);
	});

	it.each([
		[45_000, ['🔴', '', '✅']],
		// What was read before and after contradicts itself: the size is known the next time.
		[-45_000, ['🟡', '🔴', '✅']],
	])('tells once of a clock that jumps by %i ms during a check, and of no host', async (ms, signs) => {
		let jumpMs = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => trueNow() + jumpMs);
		const date = (): Answering => ({ headers: { date: new Date(trueNow()).toUTCString() } });
		let jumpsTo: number | undefined;
		const urls = [
			await serve(date),
			await serve(() => {
				jumpMs = jumpsTo ?? jumpMs;
				return date();
			}),
			await serve(date),
		];
		const tables: Record<string, IDataObject[]> = {
			clawbot_hosts: [hostRow()],
			clawbot_looks: [],
			clawbot_clock: [],
		};
		const told: string[] = [];
		const check = async (): Promise<void> => {
			told.push('');
			const run = await runBundled(readBundled('check-clock.json'), 'Every 10 minutes', [{}], {
				tables,
				called: {
					clawbotAskTime1: async () => await askPlatforms(urls),
					clawbotNotifyOps: (items) => {
						told.push(told.pop() + items.map(({ text }) => [...String(text)][0]).join(''));
						return items;
					},
					clawbotLookHost: (items) => items,
				},
			});
			tables.clawbot_clock = given(run, 'Judge the clocks', 1);
			const output = `## date\n${trueNow()}\n## timedatectl\nNTPSynchronized=yes`;
			const asked = { host: 'bot-1', check: 'clock', run: '', error: '', output };
			tables.clawbot_looks = [{ ...asked, before: Date.now() - 50, after: Date.now() + 50 }];
		};
		await check();
		await check();
		jumpsTo = ms;
		await check();
		jumpsTo = undefined;
		await check();
		jumpMs = 0;
		await check();
		expect(told).toEqual(['', '', ...signs]);
	});

	it('writes states with the columns of its table, and nothing else', async () => {
		const { states } = await check(0);
		const { columns } = nodeOf(
			readBundled('check-clock.json'),
			'Make the table of clocks at first use',
		).parameters as { columns: { column: Array<{ name: string }> } };
		expect(Object.keys(states[0]!).sort()).toEqual(columns.column.map(({ name }) => name).sort());
	});
});

/** When a node ran, among all nodes of the run. */
function indexOf({ run }: RunResult, name: string): { index: number } {
	return { index: run.data.resultData.runData[name]![0]!.executionIndex };
}

describe('a host, over a real SSH server', () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	let folder: string;
	beforeAll(async () => {
		sshd = await startSshd();
		folder = mkdtempSync(join(tmpdir(), 'clawbot-checks-'));
	});
	afterAll(async () => {
		await sshd?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	/** A program of the host, for as long as a test takes. */
	const program = (name: string, script: string): void => {
		const file = join(sshd.commands, name);
		writeFileSync(file, `#!/bin/sh\n${script}\n`);
		chmodSync(file, 0o755);
	};

	const overSsh =
		(credential: typeof sshd.credential) =>
		async (items: IDataObject[]): Promise<IDataObject[]> =>
			given(
				await runBundled(readBundled('ssh-command.json'), 'Command for a host', items, {
					credentials: { sshPrivateKey: credential },
				}),
				'Run it',
			);

	async function look(item: IDataObject, credential = sshd.credential): Promise<IDataObject> {
		const run = await runBundled(
			readBundled('look-at-host.json'),
			'Which host, and what for?',
			[{ ...hostRow(), run: '1', ...item }],
			{ called: { clawbotSshCmd01: overSsh(credential) } },
		);
		given(run, 'Keep the answer');
		const [answer] = given(run, 'Note its answer');
		return answer!;
	}

	const tablesOf = (...answers: IDataObject[]) => ({
		clawbot_hosts: [hostRow()],
		clawbot_looks: answers,
	});

	it('tells its time, and whether a time service keeps it', async () => {
		program('chronyc', 'echo "7F7F0101,,0,0,0,0,0,0,0,0,0,0,0,Not synchronised"');
		const began = Date.now();
		const answer = await look({ check: 'clock' });
		const [, date] = /^## date\n(\d{13})$/m.exec(answer.output as string)!;
		expect(Number(date)).toBeGreaterThanOrEqual(began);
		expect(Number(date)).toBeLessThanOrEqual(answer.after as number);
		const url = await serve(platform(0));
		const run = await runBundled(readBundled('check-clock.json'), 'Every 10 minutes', [{}], {
			tables: tablesOf(answer),
			called: {
				clawbotAskTime1: async () => await askPlatforms([url]),
				clawbotNotifyOps: (items) => items,
				clawbotLookHost: (items) => items,
			},
		});
		expect(given(run, 'Judge the clocks', 1)[1]).toMatchObject({
			subject: 'bot-1',
			level: 'warn',
			note: expect.stringContaining('not synchronized'),
		});
	});

	it('that cannot be reached is noted with the reason', async () => {
		const away = await startSshd();
		await away.stop();
		for (const check of ['clock', 'security']) {
			const answer = await look({ check, files: '', certificates: '' }, away.credential);
			expect(answer).toMatchObject({ check, host: 'bot-1', output: '' });
			expect(answer.error).toContain('ECONNREFUSED');
		}
	});

	it('is compared with what is allowed: ports, files, packages, certificates, n8n, keys', async () => {
		program('ss', 'echo "tcp LISTEN 0 128 0.0.0.0:6379 0.0.0.0:*"');
		program('apt-get', 'echo "Inst openssl [1] (2 Debian-Security:12/stable-security [amd64])"');
		// A name that a shell would take for more than a name.
		const secret = join(folder, "it's $(touch pwned).key");
		writeFileSync(secret, '');
		chmodSync(secret, 0o644);
		const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
		execFileSync('openssl', [
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '10'],
			...['-keyout', key, '-out', cert, '-subj', '/CN=localhost'],
		], { stdio: 'ignore' });
		const tls = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
			socket.on('error', () => {});
			socket.end();
		});
		await new Promise<void>((done) => tls.listen(0, '127.0.0.1', done));
		const address = `localhost:${(tls.address() as AddressInfo).port}`;
		const n8n = await serve(({ method, path }) =>
			method === 'POST' && path === '/api/v1/audit'
				? {
						body: {
							'Nodes Risk Report': {
								risk: 'nodes',
								sections: [{ title: 'Community nodes', description: 'Some.', location: [] }],
							},
						},
					}
				: { status: 404 },
		);

		const workflow = readBundled('check-security.json');
		nodeOf(workflow, 'Give the hosts 4 minutes').parameters.amount = 0.0001;
		// Only n8n itself can put the key of a credential into a request.
		const { authentication, nodeCredentialType, ...rest } = nodeOf(
			workflow,
			'Ask n8n for its own audit',
		).parameters;
		expect([authentication, nodeCredentialType]).toEqual(['predefinedCredentialType', 'n8nApi']);
		nodeOf(workflow, 'Ask n8n for its own audit').parameters = {
			...rest,
			url: `${n8n}/api/v1/audit`,
		};
		const allowed = nodeOf(workflow, 'What is allowed').parameters.assignments as {
			assignments: IDataObject[];
		};
		const settings: IDataObject = {
			ports: '80, 443',
			files: `${secret} 600, /no/such 600`,
			certificates: `${address}, localhost:1`,
			owner: '王芳',
		};
		for (const entry of allowed.assignments) entry.value = settings[entry.name as string];
		const tables: Record<string, IDataObject[]> = {
			clawbot_hosts: [hostRow(), hostRow({ name: 'bot-2', order: 2 })],
			clawbot_looks: [],
			clawbot_keys: [{ name: 'old', issuedAt: new Date(Date.now() - 200 * DAY).toISOString() }],
			clawbot_security: [{ key: 'ports:bot-1:tcp/23', check: 'ports', host: 'bot-1', status: 'open' }],
		};
		const told: IDataObject[] = [];
		const run = await runBundled(workflow, 'On the first day of each quarter', [{}], {
			tables,
			called: {
				clawbotNotifyOps: (items) => (told.push(...items), items),
				clawbotLookHost: async (items) => {
					// The second host hangs: it never answers.
					tables.clawbot_looks!.push(await look(items[0]!));
					return items;
				},
			},
		});
		tls.close();
		const findings = given(run, 'Hold them against the last check', 1).map(
			({ severity, key: name, status }) => `${severity} ${name} ${status}`,
		);
		expect(findings).toEqual([
			`high certificates:${address}:end open`,
			`high certificates:${address}:trust open`,
			`high files:bot-1:${secret} open`,
			'high keys:old open',
			'high packages:bot-1 open',
			'high ports:bot-1:tcp/6379 open',
			expect.stringMatching(/^medium penetrationTest:\d{4}-Q[1-4] open$/),
			'medium ports:bot-1:tcp/23 gone',
			'low n8n:nodes:Community nodes open',
		]);
		expect(() => readFileSync(join(sshd.home, 'pwned'))).toThrow('ENOENT');
		const [report, ticket] = told;
		expect(report!.text).toContain('bot-2: SSH 没有按时回答');
		expect(report!.text).toContain('localhost:1');
		expect(report!.text).toContain('/no/such');
		expect(ticket!.text).toContain('王芳');
	});
});
