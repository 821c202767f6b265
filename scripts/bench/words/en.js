'use strict';

/** @import { Figures } from '../figures.js' */
/** @import { Redelivered } from '../measure.js' */
/** @import { Engine, NetworkName, SideName } from '../plan.js' */

/** @type {Record<Engine, string>} */
const engines = {
	lazy: 'lazy engine',
	default: 'default engine',
};
/** @type {Record<Engine, string>} */
const engineTitles = {
	lazy: 'Lazy engine (`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`, as `npm start` sets it)',
	default: "n8n's default engine",
};
/** @type {Record<NetworkName, string>} */
const networks = { plain: 'plain', tls0: 'TLS 0 ms', tls40: 'TLS 40 ms' };
/** @type {Record<NetworkName, string>} */
const networkTitles = {
	plain: 'plain HTTP, no distance',
	tls0: 'TLS, no distance',
	tls40: 'TLS, a round trip takes 40 ms',
};
/** @type {Record<SideName, string>} */
const sides = {
	floor: 'floor',
	http: 'HTTP',
	noKeepAlive: 'connection, Keep-Alive off',
	stream: 'connection',
};
/** @type {Record<string, string>} */
const loads = {
	'1/s': '1/s',
	'17/s': '17/s',
	'50/s': '50/s',
	'200/s': '200/s',
	burst: '500 in 2 s',
	'17/s-three': '17/s, three platforms',
	'burst-three': '500 in 2 s, three platforms',
	'burst-after-start': '500 in 2 s, just after a start',
};
const AGAINST = ['HTTP', 'floor'].flatMap((other) =>
	['ack p99', 'extra p95', 'CPU'].map((what) => `${what} ÷ ${other}`),
);
const columns = [
	...['load: side', 'ack p50', 'ack p95', 'ack p99', 'ack max'],
	...['extra p50', 'extra p95', 'extra p99', 'CPU ms', 'no ack', 'lost', 'twice', ...AGAINST],
];

const wanted = {
	/** @param {number} ms */
	burst: (ms) => `each of 500 messages in 2 s acknowledged within ${ms} ms`,
	burstShare: {
		lazy: "ack p99 of 500 in 2 s at most a quarter of HTTP's",
		default: "ack p99 of 500 in 2 s at most a twentieth of HTTP's",
	},
	steady: "ack p99 of 17/s not above HTTP's",
	/** @param {number} ms */
	overhead: (ms) =>
		`at 17/s, over TLS with a round trip of 40 ms, an answer takes at most ${ms} ms beyond the model's own time (p95)`,
	keepAlive:
		'over TLS, Keep-Alive at least halves the processor time of an answer, compared with a new connection for each call',
	belowHttp: "processor time of an answer below HTTP's at every load",
	once: 'each message answered once',
	belowFloor: "processor time of an answer not above the floor's at every load",
	restart: 'messages acknowledged before a restart are recognised after it',
	/** @param {number} ms */
	idle: (ms) =>
		`retry, store, recovery and announcements idle at ${ms} ms of processor time a second or less`,
	/** @param {number} seconds */
	due: (seconds) => `what waits a second is tried within ${seconds} s of its due time`,
	/** @param {number} seconds */
	recovery: (seconds) => `after a crash, recovery begins within ${seconds} s of n8n's readiness`,
	noHarm: 'no message lost, none answered twice, in all of it',
};

const texts = {
	title: 'Performance',
	otherLanguage: '[中文](performance.zh-CN.md) · [README](../README.md)',
	written: 'Written by `npm run bench`; the figures are those of the machine that ran it last.',
	machine: 'Machine',
	wanted: 'What was wanted',
	notReached: 'not reached',
	method: 'How it is measured',
	figures: 'Figures',
	/** @param {string} ms */
	idleCpu: (ms) => `Idle, this n8n uses ${ms} ms of processor time a second.`,
	/** @param {string} cells */
	leftOut: (cells) => `Left out, because this machine was too slow: ${cells}.`,
	duplicates: 'De-duplication',
	reliability: 'Reliability',
	idle: 'Idle',
};

const METHOD = `- **Floor**: n8n's own Webhook → HTTP Request to the model → Respond to Webhook, the least that answers a
  DingTalk robot. It verifies no signature, recognises no redelivery, and its acknowledgement is its answer.
- **HTTP**: \`workflows/answer-bot-messages.json\` as bundled: trigger → Bot Router → AI Reply, messages by HTTP callbacks,
  with all other bundled workflows published beside it.
- **Connection**: a copy whose messages come by the platforms' long connections. *Keep-Alive off*: the same with that
  switch of its credentials off, so that each call makes a connection of its own, as n8n does by itself.
- All run in the same n8n, by turns, the floor last; published, SQLite, n8n's settings otherwise its own. All get DingTalk
  messages of as many people as messages, and the same model, which answers at once. *Three platforms* are DingTalk, Feishu and
  WeCom by turns; by HTTP a WeCom app, by connection an AI bot, which acknowledges nothing. The platforms' rate limits are
  off; the nodes keep to them all the same, so that of a burst on three platforms the Feishu answers above 50 a second wait in
  the retry queue.
- **TLS**: all that leaves n8n for a platform or the model goes over TLS, the long connections included, with a
  test authority named in \`NODE_EXTRA_CA_CERTS\`. Where a round trip takes 40 ms, a relay lets each direction wait for half of
  it: connects, handshakes and requests pay what they pay on a network. Callbacks come as plain HTTP and without
  distance everywhere, so that over the 40 ms an acknowledgement by connection holds a round trip that HTTP's does not.
- Open loop: messages are sent at their times, whatever comes back. Times are milliseconds from the moment
  a message was to be sent. *ack*: to the end of the acknowledgement, by connection measured at the platform.
  *extra*: to the arrival of the answer at the platform (for the floor: in the acknowledgement), less the model's own time,
  which is none here. *CPU ms*: processor time of n8n and its child processes per answered message; at 1/s it
  holds what an idle n8n uses as well.
- *no ack*: messages not acknowledged; *lost*: acknowledged, never answered; *twice*: answered more than once.
- The simulated platforms, the relay and the sender of the load share the machine's processors with n8n.`;

const picture = {
	alt: 'How soon messages are acknowledged and answered: floor, HTTP and connection, from the tables below',
	/** @param {string} engine */
	acknowledged: (engine) => `Time to acknowledge (p99), ${engine}`,
	answered: "Time to answer beyond the model's (p95), 17/s",
	scale: 'Further left is faster; each step of the scale is ten times as long.',
	deadline: 'Feishu gives up after 3 s',
	sides: {
		floor: "n8n's own nodes",
		http: 'ClawBot, HTTP callbacks',
		noKeepAlive: 'ClawBot, connection, Keep-Alive off',
		stream: 'ClawBot, long connection',
	},
};

/** @type {Record<string, string>} */
const states = {
	none: 'no workflow starts by itself',
	delivery: '+ retry, store, recovery and announcements',
	watching: '+ heartbeat and watch metrics, one source each',
	all: '+ all bundled workflows',
};

/** Of the parts that are about promises and rest. */
const tables = {
	duplicates: `The note of seen messages survives restarts in the workflow's static data. *full*: it held its 16,384 ids when n8n
started. By HTTP at 17/s:`,
	duplicateColumns: [
		'messages',
		'ack p50',
		'ack p95',
		'ack max',
		'CPU ms',
		'no ack',
		'answered again',
	],
	fresh: { empty: 'new, empty note', full: 'new, full note' },
	redelivered: { empty: 'redelivered, empty note', full: 'redelivered, full note' },
	/** @param {string[]} names */
	reliability: (
		names,
	) => `A message that is answered touches no store of the package: n8n's execution store is the inbox. What reliability costs is
the claim and the turn in the answering node, which are in every line above; the workflows that start by themselves
(${names.join('; ')}); and a record in n8n's database for the answers of WeCom apps,
for which the platform has no key. *CPU ms* is per message, with what an idle n8n uses. By HTTP at 17/s:`,
	reliabilityColumns: ['messages', 'ack p50', 'extra p50', 'extra p95', 'CPU ms', 'idle CPU ms/s'],
	cases: {
		on: 'DingTalk',
		off: 'DingTalk, without workflows that start by themselves',
		wecom: 'WeCom app, with its record',
	},
	/** @param {number} seconds */
	idle: (
		seconds,
	) => `Processor time of an n8n that has nothing to do, in ms a second: first without any workflow that starts by itself, then what
each group adds. The tables hold what an hour leaves behind (600 deliveries sent at a later attempt, 40 dead ones that were
announced, 10 that wait for hours, crashed executions that were recovered). Retry, store, recovery and announcements are
measured for ${seconds} s. Heartbeat, metrics and the rest work by the clock, once a minute at most; the first three wake when
something is due ([how](life-of-a-message.md#what-wakes-the-workflows)).`,
	idleColumns: ['what runs', 'ms/s'],
	states,
};

const en = {
	lang: 'en',
	engines,
	engineTitles,
	networks,
	networkTitles,
	sides,
	loads,
	columns,
	wanted,
	texts,
	method: METHOD,
	picture,
	tables,
	/**
	 * @param {Engine} engine
	 * @param {string} what
	 */
	byConnection: (engine, what) => `By connection, ${engines[engine]}: ${what}`,
	/**
	 * @param {Engine} engine
	 * @param {string} what
	 */
	byHttp: (engine, what) => `By HTTP, ${engines[engine]}: ${what}`,
	/**
	 * @param {string} own
	 * @param {string} http
	 */
	toHttp: (own, http) => `${own} ms to ${http} ms`,
	/**
	 * @param {number} messages
	 * @param {number} missing
	 * @param {number} twice
	 */
	answered: (messages, missing, twice) =>
		`${messages} messages: ${missing} not answered, ${twice} twice`,
	/**
	 * @param {number} before
	 * @param {Redelivered} after
	 * @param {Figures} fresh
	 */
	restarted: (before, { figures, answeredAgain }, fresh) =>
		`${before} delivered again: ${figures.notAcknowledged} not acknowledged, ${answeredAgain} answered again; ${fresh.count} new ones: ${fresh.notAnswered} not answered`,
	/**
	 * @param {number} count
	 * @param {number} all
	 * @param {number} median
	 * @param {number} latest
	 */
	arrived: (count, all, median, latest) =>
		`${count} of ${all} arrived, p50 ${median} ms, latest ${latest} ms`,
	never: 'not within a minute',
	/**
	 * @param {number} messages
	 * @param {number} lost
	 * @param {number} twice
	 */
	harmed: (messages, lost, twice) =>
		`${messages} messages: ${lost} acknowledged and never answered, ${twice} answered twice`,
};

module.exports = { en };
