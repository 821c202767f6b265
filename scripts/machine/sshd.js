'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { freePorts } = require('./ports.js');
const { run, start, untilReady } = require('./processes.js');
const { StepFailure } = require('./steps.js');

const SSHD = '/usr/sbin/sshd';
/** OpenSSH as root insists on it. */
const PRIVILEGE_SEPARATION = '/run/sshd';

/** Debian packages that are missing for `startSshd`. */
const missingSshd = () => (fs.existsSync(SSHD) ? [] : ['openssh-server']);

/** @param {string} file */
async function makeKey(file) {
	await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file], { title: 'ssh-keygen' });
	return fs.readFileSync(file, 'utf8');
}

/** @param {{ folder: string, port: number, home: string, commands: string }} places */
function configOf({ folder, port, home, commands }) {
	const lines = [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${folder}/host-key`,
		`AuthorizedKeysFile ${folder}/key.pub`,
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PermitRootLogin prohibit-password',
		'UsePAM no',
		'StrictModes no',
		'PidFile none',
		'PrintMotd no',
		`SetEnv HOME=${home} PATH=${commands}:/usr/local/bin:/usr/bin:/bin:/usr/sbin`,
	];
	return `${lines.join('\n')}\n`;
}

/**
 * Starts an SSH server for a test, on a free port of 127.0.0.1, in a temporary folder that is removed
 * on stop. Whoever logs in is the user who runs the test, in the folder `home`; programs in the folder
 * `commands` go before those of the system.
 *
 * Returns `{ credential, home, commands, pid, stop }`; `credential` is what n8n's type `sshPrivateKey`
 * holds.
 */
async function startSshd() {
	const missing = missingSshd();
	if (missing.length > 0) {
		throw new StepFailure(
			`an SSH server needs ${missing.join(' and ')}`,
			`Install it (Debian, Ubuntu): apt-get install ${missing.join(' ')}`,
		);
	}
	if (process.getuid?.() === 0)
		fs.mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-sshd-'));
	const home = path.join(folder, 'home');
	const commands = path.join(folder, 'commands');
	for (const place of [home, commands]) fs.mkdirSync(place);
	const { port } = await freePorts('port');
	await makeKey(path.join(folder, 'host-key'));
	const privateKey = await makeKey(path.join(folder, 'key'));
	const config = path.join(folder, 'sshd_config');
	fs.writeFileSync(config, configOf({ folder, port, home, commands }));
	const server = start(SSHD, ['-D', '-e', '-f', config]);

	async function stop() {
		await server.stop(2_000);
		fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	try {
		const listens = () => server.output().includes('Server listening');
		await untilReady(server, 'the SSH server', listens);
	} catch (error) {
		await stop();
		throw error;
	}
	const username = os.userInfo().username;
	const credential = { host: '127.0.0.1', port, username, privateKey, passphrase: '' };
	return { credential, home, commands, pid: server.pid, stop };
}

module.exports = { missingSshd, startSshd };
