'use strict';
// Runs as a process of its own, beside the one that starts servers, and reads "+pid" and "-pid"
// lines. Its input ends when the starting process is gone, however it went (even by SIGKILL): then
// the guard ends what that process left behind. No signal handler in the starting process can
// promise that.
const { endGroup } = require('./signals.js');

/** @type {Set<number>} */
const pids = new Set();
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
	const lines = (rest + text).split('\n');
	rest = lines.pop() ?? '';
	for (const line of lines) {
		const pid = Number(line.slice(1));
		if (line.startsWith('+')) pids.add(pid);
		else pids.delete(pid);
	}
});
process.stdin.on('end', async () => {
	await Promise.all([...pids].map((pid) => endGroup(pid, 5_000)));
	process.exit(0);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
