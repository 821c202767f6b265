'use strict';

/*
 * The other thread of clock.ts: n8n's own Schedule Trigger, n8n's own list of schedules and the cron library
 * that it uses, in plain Node. Three years take that library some seconds here, and minutes in the sandbox
 * in which jest runs a test.
 */

require('reflect-metadata');
const { createRequire } = require('node:module');
const { parentPort: port } = require('node:worker_threads');
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
/** @type {{ key?: string, next?: ReturnType<typeof sendAt> }} */
let known = {};
CronTime.prototype.sendAt = /** @this {any} */ function () {
	const key = `${this.source} ${this.timeZone} ${Date.now()}`;
	if (known.key !== key) known = { key, next: sendAt.call(this) };
	return known.next;
};

/**
 * What n8n asks for and hardly uses here: as little of it as works.
 *
 * @param {object} parts
 * @returns {any}
 */
const standIn = (parts) => parts;

const logger = standIn({ debug() {}, info() {}, warn() {}, error() {}, scoped: () => logger });
Container.set(Logger, logger);
Container.set(InstanceSettings, standIn({}));

/**
 * Runs `work` on a clock that stands still between one timer and the next.
 *
 * @template T
 * @param {number} start ms since 1970
 * @param {(runUntil: (end: number) => void) => T} work
 */
function onClock(start, work) {
	const own = { Date, setTimeout, clearTimeout };
	/** @type {Map<number, { at: number, then: () => void }>} */
	const timers = new Map();
	let now = start;
	let last = 0;
	class StandingDate extends own.Date {
		/** @param {unknown[]} given */
		constructor(...given) {
			super(.../** @type {[any]} */ (given.length > 0 ? given : [now]));
		}
		/** @override */
		static now() {
			return now;
		}
	}
	Object.assign(globalThis, {
		Date: StandingDate,
		/** @type {(then: () => void, ms: number) => number} */
		setTimeout: (then, ms) => {
			timers.set(++last, { at: now + ms, then });
			return last;
		},
		/** @type {(timer: number) => void} */
		clearTimeout: (timer) => {
			timers.delete(timer);
		},
	});
	/** @param {number} end */
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

/**
 * When the triggers of a workflow start it, and with which items.
 *
 * @param {import('../../scripts/workflows/workflows.js').Workflow} workflow
 * @param {number} from ms since 1970
 * @param {number} to
 */
function ticksOf({ id, name, nodes, settings }, from, to) {
	const trigger = new ScheduleTrigger();
	const nodeTypes = standIn({ getByName: () => trigger, getByNameAndVersion: () => trigger });
	const workflow = new Workflow({ id, name, nodes, connections: {}, active: true, nodeTypes, settings });
	const leader = standIn({ isLeader: true, instanceRole: 'leader' });
	const schedules = new ScheduledTaskManager(leader, logger, { activeInterval: 0 });
	Container.set(ScheduledTaskManager, schedules);
	/** @type {{ at: number, item: object }[]} */
	const ticks = [];
	return onClock(from - 1, (runUntil) => {
		/** @param {{ json: object }[][]} outputs */
		const emit = ([[{ json } = { json: {} }] = []]) => ticks.push({ at: Date.now(), item: json });
		for (const node of Object.values(workflow.nodes)) {
			const context = new TriggerContext(
				workflow,
				node,
				standIn({}),
				'trigger',
				'activate',
				emit,
			);
			// It has done all that it does before its first await.
			void trigger.trigger.call(context);
		}
		runUntil(to);
		schedules.deregisterGroup({ type: 'workflow', id });
		return ticks;
	});
}

port?.on('message', ({ workflow, from, to }) => {
	/** @type {{ ticks?: object[], error?: string }} */
	const answer = {};
	try {
		answer.ticks = ticksOf(workflow, from, to);
	} catch (error) {
		answer.error = String(error);
	}
	port?.postMessage(answer);
});
