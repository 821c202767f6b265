'use strict';
const { table } = require('../machine/table.js');
const { figure } = require('./figures.js');
const { idleText, idleVerdicts } = require('./idleReport.js');
const { loadTable } = require('./lines.js');
const { verdicts } = require('./verdicts.js');

/** @import { Figures } from './figures.js' */
/** @import { Idle, Verdict } from './idleReport.js' */
/** @import { EngineResult } from './engine.js' */
/** @typedef {EngineResult & { idle: Idle }} Result */

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {NonNullable<EngineResult['duplicates']>} duplicates */
function duplicateTable({ load, runs, redelivered }) {
	const head = ['messages', 'ack p50', 'ack p95', 'ack max', 'CPU ms', 'no ack', 'answered again'];
	/** @type {('empty' | 'full')[]} */
	const names = ['empty', 'full'];
	const fresh = names.map((name) => {
		/** @param {(run: Figures) => number | undefined} read */
		const of = (read) => figure(mean(runs[name].map((run) => read(run) ?? NaN)));
		return [
			`new, ${name} note`,
			of((run) => run.acknowledgement.p50),
			of((run) => run.acknowledgement.p95),
			figure(Math.max(...runs[name].map((run) => run.acknowledgement.max ?? NaN))),
			of((run) => run.cpuPerMessage),
			String(runs[name].reduce((sum, run) => sum + run.notAcknowledged, 0)),
			'',
		];
	});
	const known = names.map((name) => {
		const { acknowledgement, cpuPerMessage, notAcknowledged, answeredAgain } = redelivered[name];
		const times = [acknowledgement.p50, acknowledgement.p95, acknowledgement.max, cpuPerMessage];
		return [
			`redelivered, ${name} note`,
			...times.map(figure),
			String(notAcknowledged),
			String(answeredAgain),
		];
	});
	return `At ${load.title}:\n\n${table(head, [...fresh, ...known])}`;
}

/** @param {NonNullable<EngineResult['reliability']>} reliability */
function reliabilityText({ load, names, idleCpu, cases }) {
	const titles = {
		on: 'DingTalk',
		off: 'DingTalk, without workflows that start by themselves',
		wecom: 'WeCom app, with its record',
	};
	const head = ['messages', 'ack p50', 'ans p50', 'ans p95', 'CPU ms', 'idle CPU ms/s'];
	const rows = Object.entries(titles).flatMap(([name, title]) => {
		const run = cases[name];
		if (!run) return [];
		const { acknowledgement, answer, cpuPerMessage } = run;
		const figures = [acknowledgement.p50, answer.p50, answer.p95, cpuPerMessage].map(figure);
		return [[title, ...figures, idleCpu[name] === undefined ? '' : figure(idleCpu[name])]];
	});
	return `## Reliability

A message that is answered touches no store of the package: n8n's execution store is the inbox. What reliability costs is
the claim and the turn in the answering node, which are in every line above; the workflows that start by themselves
(${names.join('; ')}); and a record in n8n's database for the answers of WeCom apps,
for which the platform has no key. *CPU ms* is per message, with what an idle n8n uses. At ${load.title}:

${table(head, rows)}`;
}

/** @param {Verdict[]} found */
const listOf = (found) =>
	found
		.map(([good, what, figures]) => `- ${good ? '✓' : '✗ **not reached**'} ${what}: ${figures}.`)
		.join('\n');

const METHOD = `- **Floor**: n8n's own Webhook → HTTP Request to the model → Respond to Webhook, the least that answers a
  DingTalk robot. It verifies no signature, recognises no redelivery, and its acknowledgement is its answer.
- **Ours**: \`workflows/answer-bot-messages.json\` as bundled: trigger → Bot Router → AI Reply, with all other bundled
  workflows published beside it.
- **Stream**: a copy of ours whose messages come by the platforms' long connections instead of HTTP requests: in the same
  run, by turns before and after it.
- All run in the same n8n, the floor last, published, SQLite, its settings otherwise n8n's own. All get DingTalk messages
  (validly signed ones, where they come by HTTP), of as many people as messages, and the same model, which answers at once
  unless a line says otherwise. 1/s is one message on an idle system, sixty times. *One execution per message* is the
  trigger's option: nothing is taken in together. The simulated platforms' rate limits are off; the nodes keep to them all
  the same, so that of a burst on three platforms the Feishu answers above 50 a second wait in the retry queue.
- Open loop: messages are sent at their times, whatever comes back. Times are milliseconds from the moment
  a message was to be sent. *ack*: to the end of the acknowledgement, by connection measured in the simulated platform;
  WeCom's AI bots acknowledge nothing there. *ans*: to the arrival of the answer at
  the platform (for the floor: in the acknowledgement), less the model's own time.
- *done/s*: messages answered per second, first message to last answer. *CPU ms*: processor time of n8n
  and its child processes per message; the 1/s line holds what an idle n8n uses as well. *RSS MB*: the
  highest memory of these processes together; it seldom shrinks from line to line.
- *no ack*, *no answer*, *twice*: messages not acknowledged, not answered, answered more than once.
- The simulated platforms and the sender of the load share the machine's processors with n8n.`;

/**
 * Only what an n8n costs that has nothing to do, as Markdown.
 *
 * @param {Result[]} results
 * @param {string} machine
 */
function idleReport(results, machine) {
	const idle = results.map((result) => result.idle);
	const verdictList = listOf(idle.flatMap(idleVerdicts));
	return [`Machine: ${machine}.`, verdictList, idleText(idle)].join('\n\n').concat('\n');
}

/**
 * The whole report as Markdown.
 *
 * @param {Result[]} results
 * @param {string} machine in one line
 * @param {Record<string, string>} titles of the engines
 */
function report(results, machine, titles) {
	const engines = results.map(
		({ engine, idleCpu, lines, leftOut }) =>
			`### ${engine}: ${titles[engine]}\n\nIdle, this n8n uses ${figure(idleCpu)} ms of processor time a second.\n\n${loadTable(lines)}` +
			(leftOut.length > 0
				? `\n\nLeft out, because this machine was too slow: ${leftOut.join('; ')}.`
				: ''),
	);
	const duplicates = results
		.flatMap((result) => result.duplicates ?? [])
		.map(
			(measured) =>
				`## De-duplication\n\nThe note of seen messages survives restarts in the workflow's static data. *full*: it held its 16,384 ids when n8n started. ${duplicateTable(measured)}`,
		);
	return [
		'# Performance',
		'Written by `npm run bench`; the figures are those of the machine that ran it last.',
		`Machine: ${machine}.`,
		'## What was wanted',
		listOf(verdicts(results)),
		'## How it is measured',
		METHOD,
		'## Figures',
		...engines,
		...duplicates,
		...results.flatMap(({ reliability }) => (reliability ? [reliabilityText(reliability)] : [])),
		idleText(results.map(({ idle }) => idle)),
	]
		.join('\n\n')
		.concat('\n');
}

module.exports = { idleReport, report };
