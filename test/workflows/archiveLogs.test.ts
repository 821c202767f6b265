import { spawn, type ChildProcess } from 'node:child_process';
import {
	appendFileSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { startSshd } from '../../scripts/machine/sshd';
import { until } from '../until';
import { readBundled, runBundled } from './bundled';
import { hurry, readLogs, runOnHosts } from './hosts';


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

describe('archive logs, on a real SSH server', () => {
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
		hurry(20);
	});
	afterEach(() => {
		jest.restoreAllMocks();
		rmSync(join(sshd.commands, 'gzip'), { force: true });
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

	const ageCuts = (): void => {
		for (const cut of cuts()) age(join(folder, 'logs', cut), 24 * 7);
	};
	/** Puts something else in the place of gzip on the host. */
	const gzip = (script: string): void =>
		writeFileSync(join(sshd.commands, 'gzip'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

	async function startWriter(): Promise<{ end: () => Promise<number>; pidFile: string }> {
		const [pidFile, last] = [join(folder, 'pid'), join(folder, 'last')];
		const child = spawn(process.execPath, ['-e', WRITER, log, pidFile, last]);
		writer = child;
		await until(() => existsSync(pidFile));
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
		ageCuts();
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
		const rename = 'mv -n -- \\"$log\\" \\"$cut\\"';
		const emptying = 'cp -- \\"$log\\" \\"$cut\\"; sleep 1; : > \\"$log\\"';
		const text = JSON.stringify(readBundled('archive-logs.json'));
		const careless = JSON.parse(text.replace(rename, emptying)) as ReturnType<typeof readBundled>;
		expect(text).toContain(rename);
		const { end, pidFile } = await startWriter();
		await archive([row({ reopen: `pidfile:${pidFile}:USR1` })], [hostRow], careless);
		const count = await end();
		const kept = (archived() + readFileSync(log, 'utf8')).split('\n').length - 1;
		expect(kept).toBeLessThan(count);
	});

	it('archives late lines of a writer, and removes what was cut when no more came', async () => {
		writeFileSync(log, linesUpTo(3));
		await archive([row()]);
		const [cut] = cuts();
		appendFileSync(join(folder, 'logs', cut!), 'line 4\n');
		writeFileSync(log, 'line 5\n');
		const [soon] = await archive([row({ reserveMb: 0 })]);
		expect(soon!.text).toContain('written to in the last hour, kept until next time');
		ageCuts();
		writeFileSync(log, '');
		await archive([row()]);
		expect(archived()).toBe(linesUpTo(5));
		expect(cuts()).toContain(cut);
		ageCuts();
		const [later] = await archive([row()]);
		expect(later).toMatchObject({ priority: 'broadcast' });
		expect(cuts()).toEqual([]);
	});

	it('gives a writer its log back that kept still in the old one', async () => {
		writeFileSync(log, linesUpTo(3));
		const file = openSync(log, 'a');
		await archive([row()]);
		ageCuts();
		const [quiet] = await archive([row()]);
		expect(quiet!.text).toContain('no new log has begun, kept until next time');
		writeSync(file, 'line 4\n');
		ageCuts();
		const [notice] = await archive([row()]);
		closeSync(file);
		expect(notice).toMatchObject({ priority: 'alert' });
		expect(notice!.text).toContain('is reopen right for it?');
		expect(readFileSync(log, 'utf8')).toBe(linesUpTo(4));
	});

	it('goes on where a run was killed, whatever it was at', async () => {
		const { end, pidFile } = await startWriter();
		const rows = [row({ reopen: `pidfile:${pidFile}:USR1` })];
		// Killed while it packs, and once more before it had told the writer.
		gzip('kill -9 $PPID');
		const [killed] = await archive(rows);
		expect(killed).toMatchObject({ priority: 'alert' });
		rmSync(join(sshd.commands, 'gzip'));
		expect(filesIn(archives).filter((file) => !file.endsWith('.part'))).toEqual([]);
		renameSync(log, `${log}.cut-20261116-023000`);
		ageCuts();
		await archive(rows);
		expect(existsSync(log)).toBe(true);
		ageCuts();
		const [later] = await archive(rows);
		expect(later).toMatchObject({ priority: 'broadcast' });
		const count = await end();
		const lines = (archived() + readFileSync(log, 'utf8')).split('\n').slice(0, -1);
		expect(new Set(lines)).toEqual(new Set(linesUpTo(count).split('\n').slice(0, -1)));
		expect(filesIn(archives).filter((file) => file.endsWith('.part'))).toEqual([]);
	});

	it('leaves a log alone on which another run is at work', async () => {
		writeFileSync(log, linesUpTo(3));
		const lock = join(archives, '.app.log.lock');
		const held = spawn('flock', ['--no-fork', lock, 'sleep', '60']);
		try {
			await until(() => existsSync(lock));
			const [notice] = await archive([row()]);
			expect(notice!.text).toContain('an earlier run is still at work');
			expect(readFileSync(log, 'utf8')).toBe(linesUpTo(3));
		} finally {
			held.kill();
		}
	});

	it('follows no link, and takes no folder for a log', async () => {
		const secret = join(folder, 'secret');
		writeFileSync(secret, 'secret\n');
		const [link, place] = [join(folder, 'logs', 'link.log'), join(folder, 'logs', 'place.log')];
		symlinkSync(secret, link);
		mkdirSync(place);
		writeFileSync(log, '');
		symlinkSync(secret, `${log}.cut-20261116-023000`);
		const [notice] = await archive([row({ path: link }), row({ path: place }), row()]);
		expect(notice!.text).toContain('a symbolic link');
		expect(notice!.text).toContain('no file');
		expect(notice!.text).toContain('nothing new');
		expect(filesIn(archives)).toEqual([]);
		expect(readFileSync(secret, 'utf8')).toBe('secret\n');
	});

	it('takes names in Chinese and with spaces', async () => {
		log = join(folder, 'logs', '访问 日志.log');
		writeFileSync(log, linesUpTo(2));
		await archive([row({ path: log })]);
		expect(filesIn(archives)).toEqual([expect.stringMatching(/^访问 日志\.log-.*\.gz$/)]);
	});

	it('says that something else cuts the same log', async () => {
		writeFileSync(log, linesUpTo(2));
		writeFileSync(`${log}.1`, 'rotated\n');
		const [notice] = await archive([row({ folder: join(folder, 'logs') })]);
		expect(notice).toMatchObject({ priority: 'broadcast' });
		expect(notice!.text).toContain(`switch that off: ${log}.1`);
		rmSync(`${log}.1`);
		const [alone] = await archive([row({ folder: join(folder, 'logs') })]);
		expect(alone!.text).not.toContain('switch that off');
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
		gzip('exec /usr/bin/gzip "$@" > /dev/full');
		const [notice] = await archive([row()]);
		expect(notice!.text).toMatch(/step "cut".*\n.*No space left on device/);
		expect(filesIn(archives)).toEqual([]);
		const [cut] = cuts();
		expect(readFileSync(join(folder, 'logs', cut!), 'utf8')).toBe(linesUpTo(3));
		rmSync(join(sshd.commands, 'gzip'));
		age(join(folder, 'logs', cut!), 2);
		const [later] = await archive([row()]);
		expect(later).toMatchObject({ priority: 'broadcast' });
		expect(archived()).toBe(linesUpTo(3));
	});

	it.each([
		['cut short', 'head -c 12'],
		// All lines are there, and yet gzip calls it damaged.
		['without its last bytes', 'head -c -4'],
	])('takes no archive that is %s, and removes no other', async (_, damage) => {
		writeFileSync(log, linesUpTo(3));
		const old = Array.from({ length: 6 }, (_, index) => `app.log-2020010${index}-023000.gz`);
		for (const name of old) writeFileSync(join(archives, name), gzipSync(''));
		gzip(`[ "$1" = -c ] || exec /usr/bin/gzip "$@"; /usr/bin/gzip "$@" | ${damage}`);
		const [notice] = await archive([row({ keepDays: 30 })]);
		expect(notice!.text).toContain('the archive differs');
		expect(filesIn(archives)).toEqual(old);
		expect(readFileSync(join(folder, 'logs', cuts()[0]!), 'utf8')).toBe(linesUpTo(3));
	});

	it('makes an archive anew that was damaged later', async () => {
		writeFileSync(log, linesUpTo(3));
		await archive([row()]);
		const [name] = filesIn(archives);
		const whole = readFileSync(join(archives, name!));
		writeFileSync(join(archives, name!), whole.subarray(0, -4));
		ageCuts();
		await archive([row()]);
		expect(archived()).toBe(linesUpTo(3));
		expect(cuts()).toHaveLength(1);
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
		// The new one is the fourth that stays.
		expect(filesIn(archives)).toEqual(expect.arrayContaining([...old.slice(2), ...foreign]));
		for (const gone of old.slice(0, 2)) expect(filesIn(archives)).not.toContain(gone);
	});

	it('touches nothing where the clocks of n8n and the host differ by days', async () => {
		const later = Date.now() + 200 * 86_400_000;
		jest.spyOn(Date, 'now').mockImplementation(() => later);
		const names = Array.from({ length: 6 }, (_, index) => `app.log-2026010${index}-023000.gz`);
		for (const name of names) writeFileSync(join(archives, name), gzipSync(''));
		writeFileSync(log, linesUpTo(1));
		const [notice] = await archive([row()]);
		expect(notice!.text).toContain('the clocks of n8n and of this host differ');
		expect(filesIn(archives)).toEqual(names);
		expect(readFileSync(log, 'utf8')).toBe(linesUpTo(1));
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
