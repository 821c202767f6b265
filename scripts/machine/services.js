'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { randomBytes } = require('node:crypto');
const { installDebian } = require('./apt.js');
const { freePorts } = require('./ports.js');
const { run, start, untilReady } = require('./processes.js');
const { send } = require('./signals.js');
const { StepFailure } = require('./steps.js');

const REDIS = '/usr/bin/redis-server';
const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const USER = 'clawbot';
/** n8n's own database and that of the deliveries. */
const DATABASES = ['n8n', 'deliveries'];

/** The folder with PostgreSQL's programs, the newest where there are several; or undefined. */
function postgresFolder() {
	const versions = fs.existsSync(POSTGRES_VERSIONS) ? fs.readdirSync(POSTGRES_VERSIONS) : [];
	return versions
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => path.join(POSTGRES_VERSIONS, version, 'bin'))
		.find((folder) => fs.existsSync(path.join(folder, 'initdb')));
}

/** Debian packages that are missing for `startServices`. */
const missingServices = () => [
	...(fs.existsSync(REDIS) ? [] : ['redis-server']),
	...(postgresFolder() ? [] : ['postgresql']),
];

/** Installs Redis and PostgreSQL where they are missing and may be installed. */
async function prepareServices(progress) {
	return await installDebian(
		missingServices(),
		progress,
		() => 'THE TESTS OF QUEUE MODE WILL BE SKIPPED',
	);
}

/** PostgreSQL refuses to run as root: what to put before a command so that somebody else runs it. */
function unprivileged() {
	if (process.getuid?.() !== 0) return { before: [], own: () => {} };
	const users = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
	const entry =
		users.find((line) => line.startsWith('postgres:')) ??
		users.find((line) => line.startsWith('nobody:'));
	const [, , uid, gid] = entry.split(':');
	return {
		before: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
		own: (place) => fs.chownSync(place, Number(uid), Number(gid)),
	};
}

async function startRedis(folder, port, password) {
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
	const nothingOnDisk = ['--save', '', '--appendonly', 'no'];
	const server = start(REDIS, [...args, ...nothingOnDisk, '--requirepass', password]);
	await untilReady(server, 'Redis', () => server.output().includes('Ready to accept connections'));
	return server;
}

/**
 * A PostgreSQL with the databases `n8n` and `deliveries`, in `folder`. `stop` and `start` end it and
 * bring it back on the same data and port; `sql(database, text)` returns rows as lines of text.
 */
async function startPostgres(folder, port, password) {
	const bin = postgresFolder();
	const { before, own } = unprivileged();
	const command = (program, args) => {
		const [first, ...rest] = [...before, path.join(bin, program), ...args];
		return [first, rest];
	};
	const data = path.join(folder, 'postgres');
	const passwordFile = path.join(folder, 'password');
	const env = { ...process.env, LC_ALL: 'C.UTF-8', PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' };
	const place = ['--host=127.0.0.1', `--port=${port}`, `--username=${USER}`];
	let server;

	async function psql(database, text) {
		const args = [
			...place,
			`--dbname=${database}`,
			'--no-psqlrc',
			'-qAtX',
			'-v',
			'ON_ERROR_STOP=1',
		];
		const output = await run(path.join(bin, 'psql'), [...args, '-c', text], { env, title: 'psql' });
		return output.split('\n').filter(Boolean);
	}

	async function boot() {
		const settings = [
			'listen_addresses=127.0.0.1',
			`port=${port}`,
			`unix_socket_directories=${folder}`,
			'max_connections=200',
			// The folder is gone after the test: nothing has to survive a power cut.
			'fsync=off',
		].flatMap((setting) => ['-c', setting]);
		server = start(...command('postgres', ['-D', data, ...settings]), { cwd: folder, env });
		await untilReady(server, 'PostgreSQL', async () => {
			return await psql('postgres', 'SELECT 1').then(
				() => true,
				() => false,
			);
		});
	}

	/** A fast shutdown: SIGTERM would wait until every client has gone. */
	async function halt() {
		if (server?.pid) send(server.pid, 'SIGINT');
		await server?.stop(10_000);
	}

	own(folder);
	fs.writeFileSync(passwordFile, password, { mode: 0o600 });
	own(passwordFile);
	const options = [`--pgdata=${data}`, `--username=${USER}`, `--pwfile=${passwordFile}`];
	await run(
		...command('initdb', [...options, '--auth=scram-sha-256', '--encoding=UTF8', '--no-sync']),
		{ cwd: folder, env, title: 'initdb' },
	);
	await boot();
	for (const name of DATABASES) await psql('postgres', `CREATE DATABASE ${name}`);
	return { start: boot, stop: halt, sql: psql };
}

/**
 * Starts Redis and PostgreSQL for a test, on free ports of 127.0.0.1, in a temporary folder that is
 * removed on stop.
 *
 * Returns `{ redis: { host, port, password }, postgres: { host, port, user, password, sql, start, stop
 * }, stop }`.
 */
async function startServices() {
	const missing = missingServices();
	if (missing.length > 0) {
		throw new StepFailure(
			`queue mode needs ${missing.join(' and ')}`,
			`Install them (Debian, Ubuntu): apt-get install ${missing.join(' ')}`,
		);
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-services-'));
	const [redisPort, postgresPort] = await freePorts(2);
	const password = randomBytes(16).toString('hex');
	const host = '127.0.0.1';
	let redis;
	let postgres;

	async function stop() {
		await Promise.all([redis?.stop(2_000), postgres?.stop()]);
		fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	try {
		[redis, postgres] = await Promise.all([
			startRedis(folder, redisPort, password),
			startPostgres(folder, postgresPort, password),
		]);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		redis: { host, port: redisPort, password },
		postgres: { host, port: postgresPort, user: USER, password, ...postgres },
		stop,
	};
}

module.exports = { missingServices, prepareServices, startServices };
