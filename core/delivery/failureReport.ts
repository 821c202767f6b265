import { sha256 } from '../common/hash';
import { strikeSecrets } from '../common/redact';
import type { FailureClass } from '../../protocol/errors';
import { asFields, asText, type Fields } from '../../protocol/fields';
import type { DeliveryRow } from './delivery';
import { DELIVERY_TRIGGER, isBotTrigger } from './execution';
import { addAttempt } from './history';
import { writePayload } from './payload';
import { describeFailure } from './policy';
import { reportedCrash } from './crashedRow';
import { EMPTY_ROW } from './row';

const HOUR_MS = 3_600_000;

/**
 * The row of a failed workflow, for people to look at. What a schedule starts fails again and again, and what
 * a webhook starts as often as a stranger likes: of like failures of one workflow, one an hour is kept.
 * @param report what n8n hands to an error workflow
 * @returns undefined for what needs nobody: crashed executions that are run again anyway
 */
export function reportFailure(report: Fields, now: number): DeliveryRow | undefined {
	const execution = asFields(report.execution);
	const trigger = asFields(report.trigger);
	const workflow = asFields(report.workflow);
	const error = asFields(execution.error ?? trigger.error);
	if (isCrash(error) && isRunAgain(execution, workflow)) return undefined;
	const executionId = asText(execution.id);
	const { class: failureClass, code } = classify(error);
	const place = [asText(workflow.name), asText(execution.lastNodeExecuted)].filter(Boolean);
	const message = strikeSecrets(`${place.join(', ')}: ${wordsOf(error)}`);
	const workflowId = asText(workflow.id);
	const failure = describeFailure(
		{ platform: '', bot: workflowId },
		{ class: failureClass, code, message },
	);
	const happening = [workflowId, asText(execution.lastNodeExecuted), failureClass, code];
	const key = keyOf(execution, { fingerprint: failure.fingerprint, happening }, now);
	return {
		...EMPTY_ROW,
		...failure,
		key,
		version: 1,
		kind: 'failure',
		status: 'dead',
		payload: writePayload({
			workflow: asText(workflow.name),
			node: asText(execution.lastNodeExecuted),
			url: asText(execution.url),
		}),
		history: JSON.stringify(addAttempt([], { class: failureClass, code, message }, now)),
		workflowId,
		executionId,
		createdAtMs: now,
		settledAtMs: now,
	};
}

/**
 * The row by which a crashed execution of a bot is run again. Where a worker of queue mode ended, n8n's list
 * of crashed executions leaves out those that its main process still waits for: only this report names them.
 * @param report what n8n hands to an error workflow
 * @returns undefined for every other failure; the crash of a retry is told by the row that holds its lease
 */
export function reportCrash(report: Fields, now: number): DeliveryRow | undefined {
	const execution = asFields(report.execution);
	const { id, mode, retryOf } = execution;
	const first = (mode === 'webhook' || mode === 'trigger') && !retryOf;
	if (!first || !isCrash(asFields(execution.error))) return undefined;
	if (!isBotTrigger(triggerTypeOf(execution))) return undefined;
	return reportedCrash(asText(id), asText(asFields(report.workflow).id), now);
}

/** n8n's words for an execution that its process, or its worker, left behind. */
function isCrash({ name, message }: Fields): boolean {
	return (
		name === 'WorkflowCrashedError' ||
		asText(message).startsWith('This execution failed to be processed too many times')
	);
}

/**
 * Bots' executions are recovered; a called one is its caller's matter; what this bundle does again and again
 * is done by the next run.
 */
function isRunAgain(execution: Fields, { name }: Fields): boolean {
	const type = triggerTypeOf(execution);
	if (execution.mode === 'integrated' || isBotTrigger(type)) return true;
	return OWN_CLOCKS.includes(type) && OWN_NAME.test(asText(name));
}

/** *ClawBot: …* is how the workflows of version 0.1 are named. */
const OWN_NAME = /^ClawBot(?: \d \w+)?: /;

const OWN_CLOCKS: readonly string[] = ['n8n-nodes-base.scheduleTrigger', DELIVERY_TRIGGER];

function triggerTypeOf({ executionContext }: Fields): string {
	return asText(asFields(asFields(executionContext).triggerNode).type);
}

function classify(error: Fields): { class: FailureClass; code: string } {
	// Nodes of this package say themselves what went wrong.
	const failure = asFields(asFields(error.context).failure);
	const code = [failure.code, error.httpCode, error.code, error.name].map(asText).find(Boolean);
	return {
		class: (asText(failure.class) || 'unclassified') as FailureClass,
		code: code ?? '',
	};
}

function wordsOf({ message, description }: Fields): string {
	const words = [message, description].map(asText).filter(Boolean);
	return words.length > 0 ? [...new Set(words)].join(' – ') : 'n8n did not say what went wrong';
}

/** A row for each failed execution, or one an hour for all that are alike. */
function keyOf(
	execution: Fields,
	{ fingerprint, happening }: { fingerprint: string; happening: string[] },
	now: number,
): string {
	const id = asText(execution.id);
	const hour = Math.floor(now / HOUR_MS);
	const hourly = (like: string): string => `failure:${sha256(`${like} ${hour}`).slice(0, 16)}`;
	// A stranger chooses the words of a failure, and with them the fingerprint, but not where it happens.
	if (isBegunByAnybody(execution)) return hourly(JSON.stringify(happening));
	return id === '' || execution.mode === 'trigger' ? hourly(fingerprint) : `failure:${id}`;
}

/**
 * By a request that no platform has signed, or called by what such a request began: the caller's own failure
 * is reported, too.
 */
function isBegunByAnybody(execution: Fields): boolean {
	if (execution.mode === 'integrated') return true;
	return execution.mode === 'webhook' && !isBotTrigger(triggerTypeOf(execution));
}
