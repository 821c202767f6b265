'use strict';

/*
 * The other thread of clock.ts: n8n's own Schedule Trigger, n8n's own list of schedules and the cron library
 * that it uses, in plain Node. Three years take that library some seconds here, and minutes in the sandbox
 * in which jest runs a test.
 */

require('reflect-metadata');
const { createRequire } = require('node:module');
const { parentPort } = require('node:worker_threads');
const { Logger } = require('@n8n/backend-common');
const { Container } = require('@n8n/di');
const { InstanceSettings, ScheduledTaskManager, TriggerContext } = require('n8n-core');
const {
	ScheduleTrigger,
} = require('n8n-nodes-base/dist/nodes/Schedule/ScheduleTrigger.node.js');
const { Workflow } = require('n8n-workflow');

const { CronTime } = createRequire(require.resolve('n8n-core'))('cron');

/** n8n has the next start counted twice at each start, in the same way: once is enough here. */
const sendAt = CronTime.prototype.sendAt;
let known = {};
CronTime.prototype.sendAt = function () {
	const key = `${this.source} ${this.timeZone} ${Date.now()}`;
	if (known.key !== key) known = { key, next: sendAt.call(this) };
	return known.next;
};

const logger = { debug() {}, info() {}, warn() {}, error() {}, scoped: () => logger };
Container.set(Logger, logger);
Container.set(InstanceSettings, {});

/** Runs `work` on a clock that stands still between one timer and the next. */
function onClock(start, work) {
	const own = { Date, setTimeout, clearTimeout };
	const timers = new Map();
	let now = start;
	let last = 0;
	globalThis.Date = class extends own.Date {
		constructor(...given) {
			super(...(given.length > 0 ? given : [now]));
		}
		static now() {
			return now;
		}
	};
	globalThis.setTimeout = (then, ms) => {
		timers.set(++last, { at: now + ms, then });
		return last;
	};
	globalThis.clearTimeout = (timer) => timers.delete(timer);
	const runUntil = (end) => {
		for (;;) {
			const [next] = [...timers].sort(([, a], [, b]) => a.at - b.at);
			if (!next || next[1].at >= end) return;
			timers.delete(next[0]);
			now = next[1].at;
			next[1].then();
		}
	};
	try {
		return work(runUntil);
	} finally {
		Object.assign(globalThis, own);
	}
}

function ticksOf({ id, name, nodes, settings }, from, to) {
	const trigger = new ScheduleTrigger();
	const nodeTypes = { getByName: () => trigger, getByNameAndVersion: () => trigger };
	const workflow = new Workflow({ id, name, nodes, connections: {}, active: true, nodeTypes, settings });
	const leader = { isLeader: true, instanceRole: 'leader' };
	const schedules = new ScheduledTaskManager(leader, logger, { activeInterval: 0 });
	Container.set(ScheduledTaskManager, schedules);
	const ticks = [];
	return onClock(from - 1, (runUntil) => {
		const emit = ([[{ json }]]) => ticks.push({ at: Date.now(), item: json });
		for (const node of Object.values(workflow.nodes)) {
			const context = new TriggerContext(workflow, node, {}, 'trigger', 'activate', emit);
			// It has done all that it does before its first await.
			void trigger.trigger.call(context);
		}
		runUntil(to);
		schedules.deregisterGroup({ type: 'workflow', id });
		return ticks;
	});
}

parentPort.on('message', ({ workflow, from, to }) => {
	try {
		parentPort.postMessage({ ticks: ticksOf(workflow, from, to) });
	} catch (error) {
		parentPort.postMessage({ error: error.message });
	}
});
