'use strict';

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends a signal to a process (pid > 0) or a process group (pid < 0); false when it is gone. Signal 0
 * only asks whether it is there.
 *
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 */
function send(pid, signal) {
	try {
		process.kill(pid, signal);
		return true;
	} catch {
		return false;
	}
}

/**
 * Asks the leader of a process group to end (SIGTERM to it alone, so that it can end its own
 * helpers in order), waits `graceMs` at most, then kills whatever is left of the group.
 *
 * @param {number} pid
 * @param {number} graceMs
 */
async function endGroup(pid, graceMs) {
	send(pid, 'SIGTERM');
	const limit = Date.now() + graceMs;
	while (send(pid, 0) && Date.now() < limit) await pause(50);
	send(-pid, 'SIGKILL');
}

module.exports = { endGroup, pause, send };
