'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { run, start, untilReady } = require('./processes.js');
const { send } = require('./signals.js');

/** @import { Started } from './processes.js' */

const VERSIONS = '/usr/lib/postgresql';
const HOST = '127.0.0.1';
const USER = 'clawbot';
/** n8n's own database and that of the deliveries. */
const DATABASES = ['n8n', 'deliveries'];

/** The folder with PostgreSQL's programs, the newest where there are several; or undefined. */
function postgresFolder() {
	const versions = fs.existsSync(VERSIONS) ? fs.readdirSync(VERSIONS) : [];
	return versions
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => path.join(VERSIONS, version, 'bin'))
		.find((folder) => fs.existsSync(path.join(folder, 'initdb')));
}

/**
 * PostgreSQL refuses to run as root: what to put before a command so that somebody else runs it, and how
 * to give that user a file.
 *
 * @returns {{ before: string[], own: (place: string) => void }}
 */
function unprivileged() {
	if (process.getuid?.() !== 0) return { before: [], own: () => {} };
	const users = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
	const entry =
		users.find((line) => line.startsWith('postgres:')) ??
		users.find((line) => line.startsWith('nobody:'));
	if (!entry) throw new Error('/etc/passwd names neither postgres nor nobody');
	const [, , uid, gid] = entry.split(':');
	return {
		before: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
		own: (place) => fs.chownSync(place, Number(uid), Number(gid)),
	};
}

/** A PostgreSQL for a test, with the databases `n8n` and `deliveries`, in a folder of its own. */
class Postgres {
	host = HOST;
	user = USER;
	/** @type {Started | undefined} */
	#server;
	#before;
	#own;

	/**
	 * @param {string} bin the folder with its programs
	 * @param {{ folder: string, port: number, password: string }} options
	 */
	constructor(bin, { folder, port, password }) {
		this.bin = bin;
		this.folder = folder;
		this.port = port;
		this.password = password;
		this.data = path.join(folder, 'postgres');
		this.env = { ...process.env, LC_ALL: 'C.UTF-8', PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' };
		const { before, own } = unprivileged();
		this.#before = before;
		this.#own = own;
	}

	/**
	 * A command line that runs one of PostgreSQL's programs as somebody who may.
	 *
	 * @param {string} program
	 * @param {string[]} args
	 * @returns {[command: string, args: string[]]}
	 */
	#command(program, args) {
		const [first, ...rest] = [...this.#before, path.join(this.bin, program), ...args];
		return [/** @type {string} */ (first), rest];
	}

	/** Makes the data folder and the databases, and starts the server. */
	async create() {
		const passwordFile = path.join(this.folder, 'password');
		this.#own(this.folder);
		fs.writeFileSync(passwordFile, this.password, { mode: 0o600 });
		this.#own(passwordFile);
		const options = [
			`--pgdata=${this.data}`,
			`--username=${USER}`,
			`--pwfile=${passwordFile}`,
			'--auth=scram-sha-256',
			'--encoding=UTF8',
			'--no-sync',
		];
		await run(...this.#command('initdb', options), {
			cwd: this.folder,
			env: this.env,
			title: 'initdb',
		});
		await this.start();
		for (const name of DATABASES) await this.sql('postgres', `CREATE DATABASE ${name}`);
	}

	/** Starts the server on its data and port, and waits until it answers. */
	async start() {
		const settings = [
			`listen_addresses=${HOST}`,
			`port=${this.port}`,
			`unix_socket_directories=${this.folder}`,
			'max_connections=200',
			// The folder is gone after the test: nothing has to survive a power cut.
			'fsync=off',
		].flatMap((setting) => ['-c', setting]);
		this.#server = start(...this.#command('postgres', ['-D', this.data, ...settings]), {
			cwd: this.folder,
			env: this.env,
		});
		const answers = async () =>
			await this.sql('postgres', 'SELECT 1').then(
				() => true,
				() => false,
			);
		await untilReady(this.#server, 'PostgreSQL', answers);
	}

	/** A fast shutdown: SIGTERM would wait until every client has gone. */
	async stop() {
		if (this.#server?.pid) send(this.#server.pid, 'SIGINT');
		await this.#server?.stop(10_000);
	}

	/**
	 * Runs SQL and returns its rows as lines of text.
	 *
	 * @param {string} database
	 * @param {string} text
	 */
	async sql(database, text) {
		const place = [`--host=${HOST}`, `--port=${this.port}`, `--username=${USER}`];
		const plain = ['--no-psqlrc', '-qAtX', '-v', 'ON_ERROR_STOP=1'];
		const args = [...place, `--dbname=${database}`, ...plain, '-c', text];
		const output = await run(path.join(this.bin, 'psql'), args, { env: this.env, title: 'psql' });
		return output.split('\n').filter(Boolean);
	}
}

module.exports = { Postgres, postgresFolder };
