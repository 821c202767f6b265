import { spawn, type ChildProcess } from 'node:child_process';
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { missingSshd, startSshd } from '../../scripts/lib/sshd';
import { readBundled, runBundled } from './bundled';
import { readLogs, runOnHosts } from './hosts';

jest.setTimeout(120_000);

const missing = missingSshd();
const suite = missing.length > 0 ? describe.skip : describe;
const skipped = missing.length > 0 ? ` (SKIPPED: no ${missing.join(', no ')} here)` : '';

/** Writes numbered lines as fast as it may, and opens its log anew at SIGUSR1. */
const WRITER = `
const fs = require('node:fs');
const [log, pidFile, last] = process.argv.slice(1);
let file = fs.openSync(log, 'a');
process.on('SIGUSR1', () => { const old = file; file = fs.openSync(log, 'a'); fs.closeSync(old); });
process.on('SIGTERM', () => { fs.writeFileSync(last, String(count)); process.exit(); });
let count = 0;
fs.writeFileSync(pidFile, String(process.pid));
setInterval(() => { for (let i = 0; i < 20; i++) fs.writeSync(file, 'line ' + ++count + '\\n'); }, 5);
`;

const linesUpTo = (count: number): string =>
	Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

suite(`archive logs, on a real SSH server${skipped}`, () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	let folder: string;
	let log: string;
	let archives: string;
	let writer: ChildProcess | undefined;

	beforeAll(async () => {
		sshd = await startSshd();
		// The commands give writers some seconds.
		writeFileSync(join(sshd.commands, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.2\n', { mode: 0o755 });
	});
	afterAll(async () => await sshd?.stop());
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'clawbot-logs-'));
		log = join(folder, 'logs', 'app.log');
		archives = join(folder, 'archives');
		for (const place of [join(folder, 'logs'), archives]) mkdirSync(place);
	});
	afterEach(() => {
		writer?.kill('SIGKILL');
		writer = undefined;
		rmSync(folder, { recursive: true, force: true });
	});

	const row = (fields: IDataObject = {}): IDataObject => ({
		host: 'a',
		path: log,
		reopen: 'none',
		folder: archives,
		reserveMb: 1,
		...fields,
	});
	const hostRow = { name: 'a', address: '127.0.0.1', port: 22, user: 'clawbot', role: '' };

	/** The whole workflow; returns what operations are told. */
	async function archive(
		rows: IDataObject[],
		hosts: IDataObject[] = [hostRow],
		workflow = readBundled('archive-logs.json'),
	) {
		const told: IDataObject[] = [];
		const { error } = await runBundled(
			workflow,
			'Read logs and hosts',
			[{}],
			{
				called: {
					clawbotReadLogs: readLogs({ clawbot_hosts: hosts, clawbot_logs: rows }),
					clawbotHostRun1: runOnHosts({ a: sshd.credential }),
					clawbotNotifyOps: (items) => {
						told.push(...items);
						return items;
					},
				},
			},
		);
		if (error) throw error;
		return told;
	}

	const filesIn = (place: string): string[] => readdirSync(place).filter((file) => !file.startsWith('.'));
	const archived = (): string =>
		filesIn(archives)
			.filter((file) => file.startsWith('app.log-'))
			.sort()
			.map((file) => gunzipSync(readFileSync(join(archives, file))).toString())
			.join('');
	const cuts = (): string[] => filesIn(join(folder, 'logs')).filter((file) => file.includes('.cut-'));
	const age = (file: string, hours: number): void => {
		const then = Date.now() / 1000 - hours * 3600;
		utimesSync(file, then, then);
	};

	async function startWriter(): Promise<{ end: () => Promise<number>; pidFile: string }> {
		const [pidFile, last] = [join(folder, 'pid'), join(folder, 'last')];
		const child = spawn(process.execPath, ['-e', WRITER, log, pidFile, last]);
		writer = child;
		while (!existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 20));
		const end = async (): Promise<number> => {
			const gone = new Promise((resolve) => child.on('exit', resolve));
			child.kill('SIGTERM');
			await gone;
			return Number(readFileSync(last, 'utf8'));
		};
		return { end, pidFile };
	}

	it('loses no line under writing load, over two runs', async () => {
		const { end, pidFile } = await startWriter();
		const rows = [row({ reopen: `pidfile:${pidFile}:USR1` })];
		const [first] = await archive(rows);
		expect(first).toMatchObject({ priority: 'broadcast' });
		for (const cut of cuts()) age(join(folder, 'logs', cut), 24 * 7);
		const [second] = await archive(rows);
		expect(second).toMatchObject({ priority: 'broadcast' });
		const count = await end();
		expect(count).toBeGreaterThan(1000);
		expect(filesIn(archives)).toHaveLength(2);
		expect(archived() + readFileSync(log, 'utf8')).toBe(linesUpTo(count));
		// What the first run cut is gone, what the second cut waits for lines that come late.
		expect(cuts()).toHaveLength(1);
	});

	it('would lose lines if it emptied the log instead of renaming it', async () => {
		const rename = 'mv -n -- \\"$log\\" \\"$cut\\"\\nundo';
		const emptying = 'cp -- \\"$log\\" \\"$cut\\"; sleep 1; : > \\"$log\\"\\nundo';
		const text = JSON.stringify(readBundled('archive-logs.json'));
		const careless = JSON.parse(text.replace(rename, emptying)) as ReturnType<typeof readBundled>;
		expect(JSON.stringify(careless)).not.toBe(text);
		const { end, pidFile } = await startWriter();
		await archive([row({ reopen: `pidfile:${pidFile}:USR1` })], [hostRow], careless);
		const count = await end();
		const kept = (archived() + readFileSync(log, 'utf8')).split('\n').length - 1;
		expect(kept).toBeLessThan(count);
	});

	it('archives late lines of a writer with the next run', async () => {
		writeFileSync(log, linesUpTo(3));
		await archive([row()]);
		const [cut] = cuts();
		appendFileSync(join(folder, 'logs', cut!), 'line 4\n');
		const [soon] = await archive([row()]);
		expect(soon!.text).toContain('written to in the last hour, kept until next time');
		age(join(folder, 'logs', cut!), 24 * 7);
		const [later] = await archive([row()]);
		expect(later).toMatchObject({ priority: 'broadcast' });
		expect(archived()).toBe(linesUpTo(4));
		expect(cuts()).toEqual([]);
	});

	it('puts everything back where the writer does not open a new log', async () => {
		const { end } = await startWriter();
		const [notice] = await archive([row({ reopen: 'none' })]);
		expect(notice).toMatchObject({ priority: 'alert' });
		expect(notice!.text).toContain('is reopen right for it?');
		const count = await end();
		expect(readFileSync(log, 'utf8')).toBe(linesUpTo(count));
		expect([...cuts(), ...filesIn(archives)]).toEqual([]);
	});

	it('cuts nothing where there is too little room, and goes on with the others', async () => {
		writeFileSync(log, linesUpTo(3));
		const other = join(folder, 'logs', 'other.log');
		writeFileSync(other, 'other\n');
		const [notice] = await archive([
			row({ reserveMb: 1e9 }),
			row({ path: join(folder, 'logs', 'none.log') }),
			row({ path: other }),
		]);
		expect(notice).toMatchObject({ priority: 'alert' });
		expect(notice!.text).toContain('1 完成 done, 2 失败 failed');
		expect(notice!.text).toMatch(/step "room".*\n.*nothing was cut, too little room/);
		expect(notice!.text).toMatch(/step "look".*\n.*there is no log/);
		expect(readFileSync(log, 'utf8')).toBe(linesUpTo(3));
		expect(filesIn(archives)).toEqual([expect.stringMatching(/^other\.log-.*\.gz$/)]);
	});

	it('loses nothing when the disk is full in the middle, and catches up with the next run', async () => {
		writeFileSync(log, linesUpTo(3));
		const gzip = join(sshd.commands, 'gzip');
		writeFileSync(gzip, '#!/bin/sh\necho begun\necho "gzip: No space left on device" >&2\nexit 1\n', {
			mode: 0o755,
		});
		const [notice] = await archive([row()]);
		expect(notice!.text).toMatch(/step "cut".*\n.*No space left on device/);
		expect(filesIn(archives)).toEqual([]);
		const [cut] = cuts();
		expect(readFileSync(join(folder, 'logs', cut!), 'utf8')).toBe(linesUpTo(3));
		rmSync(gzip);
		age(join(folder, 'logs', cut!), 2);
		const [later] = await archive([row()]);
		expect(later).toMatchObject({ priority: 'broadcast' });
		expect(archived()).toBe(linesUpTo(3));
	});

	it('takes no archive that cannot be read back', async () => {
		writeFileSync(log, linesUpTo(3));
		const gzip = join(sshd.commands, 'gzip');
		writeFileSync(gzip, '#!/bin/sh\n/usr/bin/gzip "$@" | if [ "$1" = -c ]; then head -c 12; else cat; fi\n', {
			mode: 0o755,
		});
		const [notice] = await archive([row()]);
		rmSync(gzip);
		expect(notice!.text).toContain('the archive differs');
		expect(filesIn(archives)).toEqual([]);
		expect(readFileSync(join(folder, 'logs', cuts()[0]!), 'utf8')).toBe(linesUpTo(3));
	});

	it('removes what is too old, but never the newest four', async () => {
		const day = (days: number): string =>
			new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
		const old = [300, 200, 100, 50, 40].map((days) => `app.log-${day(days)}-023000.gz`);
		const foreign = ['other.log-20200101-000000.gz', 'app.log-notes.gz'];
		for (const name of [...old, ...foreign]) writeFileSync(join(archives, name), gzipSync(''));
		writeFileSync(log, linesUpTo(1));
		const [notice] = await archive([row({ keepDays: 30 })]);
		expect(notice!.text).toContain(`removed ${join(archives, old[0]!)}`);
		expect(filesIn(archives)).toEqual(expect.arrayContaining([...old.slice(1), ...foreign]));
		expect(filesIn(archives)).not.toContain(old[0]);
	});

	it('names rows that are wrong, and does the others', async () => {
		writeFileSync(log, linesUpTo(1));
		const [notice] = await archive([
			row({ reopen: 'rm -rf /' }),
			row({ host: 'b' }),
			row({ path: '/var/log/../../etc/passwd' }),
			row(),
		]);
		expect(notice).toMatchObject({ priority: 'alert' });
		for (const problem of ['clawbot_logs 1: reopen', 'clawbot_logs 2: host', 'clawbot_logs 3: path']) {
			expect(notice!.text).toContain(problem);
		}
		expect(archived()).toBe(linesUpTo(1));
	});

	it('does nothing, without a word, while the table is empty or switched off', async () => {
		expect(await archive([])).toEqual([]);
		expect(await archive([row({ enabled: false })])).toEqual([]);
		expect(await archive([{ host: null, path: null }], [])).toEqual([]);
	});
});
