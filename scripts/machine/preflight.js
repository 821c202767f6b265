'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { paths } = require('./paths.js');
const { errorOf } = require('./errors.js');
const { isFree } = require('./ports.js');
const { run } = require('./processes.js');
const { StepFailure } = require('./steps.js');

/** @typedef {{ port: number, use: string, variable: string }} WantedPort `variable` of .env moves it */

const GB = 1024 ** 3;
const LEAST_NODE = 20;
// Measured: n8n and its packages take 2.7 GB installed, and npm's cache and unpacking as much
// again.
const SPACE_TO_INSTALL = 6 * GB;
const SPACE_TO_RUN = 0.5 * GB;

/** @param {string} version */
function checkNode(version) {
	const major = Number(/^v?(\d+)/.exec(version)?.[1]);
	if (major >= LEAST_NODE) return;
	throw new StepFailure(
		`this is Node ${version}; Node ${LEAST_NODE} or newer is needed`,
		'Install a current Node from https://nodejs.org/, open a new terminal and try again.',
	);
}

/** @param {string} platform */
function checkPlatform(platform) {
	if (platform !== 'win32') return;
	throw new StepFailure(
		'Windows itself is not supported',
		'Run the same command inside WSL 2 (https://learn.microsoft.com/windows/wsl/install).',
	);
}

/** @param {() => Promise<string>} npmVersion */
async function checkNpm(npmVersion) {
	try {
		return (await npmVersion()).trim();
	} catch {
		throw new StepFailure(
			'npm was not found',
			'Install Node from https://nodejs.org/: npm comes with it.',
		);
	}
}

/**
 * Free space of the project's file system against what installing or running takes.
 *
 * @param {number} freeBytes
 * @param {boolean} installed
 */
function checkDisk(freeBytes, installed) {
	const needed = installed ? SPACE_TO_RUN : SPACE_TO_INSTALL;
	if (freeBytes >= needed) return;
	/** @param {number} bytes */
	const gb = (bytes) => `${(bytes / GB).toFixed(1)} GB`;
	throw new StepFailure(
		`the disk has ${gb(freeBytes)} free; ${gb(needed)} are needed to ${installed ? 'run' : 'install and run'}`,
		'Free some space (or move the project to a larger disk) and start again.',
	);
}

/** @param {string} folder */
function checkWritable(folder) {
	const probe = path.join(folder, `.write-test-${process.pid}`);
	try {
		fs.writeFileSync(probe, '');
		fs.rmSync(probe);
	} catch (error) {
		throw new StepFailure(
			`the folder ${folder} cannot be written to (${errorOf(error).code})`,
			'Give your user write permission on it, or copy the project to your home folder.',
		);
	}
}

/**
 * Says which variable moves a taken port.
 *
 * @param {WantedPort[]} ports
 */
async function checkPorts(ports, free = isFree) {
	for (const { port, use, variable } of ports) {
		if (!Number.isInteger(port) || port < 1 || port > 65_535) {
			throw new StepFailure(`${variable} is not a port number`, 'Use a number from 1024 to 65535.');
		}
		if (await free(port)) continue;
		throw new StepFailure(
			`port ${port}, for ${use}, is taken by another program`,
			`End that program, or choose another port: ${variable}=${port + 100} npm start`,
		);
	}
	const numbers = ports.map(({ port }) => port);
	if (new Set(numbers).size < numbers.length) {
		throw new StepFailure(
			`port ${numbers[0]} is set for two servers`,
			`Give ${ports.map(({ variable }) => variable).join(' and ')} different numbers.`,
		);
	}
}

/**
 * @typedef {object} Machine
 * @property {string} nodeVersion
 * @property {string} platform
 * @property {string} folder
 * @property {() => Promise<string>} npmVersion
 * @property {() => number} freeBytes
 * @property {(port: number) => Promise<boolean>} isPortFree
 */

/**
 * Everything that can be known to fail before anything is changed. `machine` replaces what is asked
 * of this machine, for tests.
 *
 * @param {object} options
 * @param {boolean} options.installed
 * @param {WantedPort[]} [options.ports]
 * @param {Partial<Machine>} [options.machine]
 */
async function preflight({ installed, ports = [], machine = {} }) {
	const {
		nodeVersion = process.version,
		platform = process.platform,
		folder = paths.root,
		npmVersion = async () => await run('npm', ['--version']),
		freeBytes = () => {
			const { bavail, bsize } = fs.statfsSync(folder);
			return bavail * bsize;
		},
		isPortFree = isFree,
	} = machine;
	checkPlatform(platform);
	checkNode(nodeVersion);
	checkWritable(folder);
	checkDisk(freeBytes(), installed);
	await checkPorts(ports, isPortFree);
	const npm = await checkNpm(npmVersion);
	return `Node ${nodeVersion.replace(/^v/, '')}, npm ${npm}`;
}

module.exports = { preflight };
