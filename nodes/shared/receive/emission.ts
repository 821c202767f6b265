import { createHash, randomUUID } from 'node:crypto';
import {
	ExecutionCancelledError,
	sleep,
	type INodeExecutionData,
	type IRun,
	type ITriggerFunctions,
} from 'n8n-workflow';
import type { Batch, SeenNote } from './inbox';
import { remember, type StartExecution, type Trigger } from './intake';

/*
 * How a connection's messages become executions, and how it shows that n8n has stored them. n8n's `emit` says
 * nothing, and its promise is the execution's end. But the trigger node is itself the first node of the
 * execution: when it has its turn, the execution is stored. So the first item carries a start key, which the
 * node takes out again.
 *
 * In queue mode the node has its turn in another process, a worker: this one knows of the end alone. What has ended
 * without having begun here is stored, whatever became of it: it ran in a worker, was cancelled or refused, or an
 * earlier execution has the same message (then there is no result at all). The promise fails where n8n could not
 * store it.
 */

/** Where the start key stands in the first item. */
const START_KEY = 'clawbotStart';

/** Executions that have not begun yet, by their start keys: called when one begins, with its static data. */
const starts = new Map<string, (note: SeenNote) => void>();

/** Whether executions run in this process; undefined as long as nobody knows. */
let runHere: boolean | undefined;

/** How long a batch waits for its execution to begin before the next may start, where it may run elsewhere. */
const UNKNOWN_MS = 2000;
/** The same where executions are known to run in workers: messages that arrive meanwhile share an execution. */
const ELSEWHERE_MS = 100;

/**
 * Executions that messages share begin no closer to each other. By a connection they would be stored so soon that
 * hardly anything has gathered; each costs n8n more than another message in the last one, and keeps the process
 * from acknowledging.
 */
const APART_MS = 50;

/** Starts executions by the `emit` of a trigger. */
export function startBy(
	ctx: ITriggerFunctions,
	{ workflowId, settings }: Pick<Trigger, 'workflowId' | 'settings'>,
): StartExecution {
	return async (items, markStored, batch) => {
		const key = randomUUID();
		const over = new AbortController();
		const begun = new Promise<void>((resolve) => {
			starts.set(key, (note) => {
				markStored(note);
				resolve();
			});
		});
		const ended = ctx.helpers.createDeferredPromise<IRun>();
		const deduplicationKey = batch && deduplicationKeyOf(workflowId, batch);
		try {
			ctx.emit([withKey(items, key)], undefined, ended, deduplicationKey);
			if (batch) void releaseSoon(batch, over.signal);
			if (settings.together) batch?.holdNext(sleep(APART_MS));
			const atEnd = ended.promise.then(
				(run: IRun | undefined) => {
					if (run?.jobId !== undefined) runHere = false;
					// The note of a worker's execution is the worker's.
					markStored({});
				},
				(error) => {
					if (error instanceof ExecutionCancelledError) markStored({});
					else if (deduplicationKey) noteFailed(deduplicationKey);
				},
			);
			await Promise.race([begun, atEnd]);
		} finally {
			over.abort();
			starts.delete(key);
		}
	};
}

/**
 * The items of an execution that begins, without their start key.
 *
 * One that this process does not know comes from another process: that has died, and a crashed execution is started
 * again; or this is a worker. The messages are noted here then: they must not start a second execution.
 */
export function begin(
	items: INodeExecutionData[],
	trigger: Pick<Trigger, 'workflowId' | 'nodeId' | 'note'>,
): INodeExecutionData[] {
	const [first, ...others] = items;
	const key = first?.json[START_KEY];
	if (typeof key !== 'string') return items;
	const json = { ...first!.json };
	delete json[START_KEY];
	const clean = [{ ...first!, json }, ...others];
	const hasBegun = starts.get(key);
	if (hasBegun) {
		starts.delete(key);
		runHere = true;
		hasBegun(trigger.note);
	} else {
		remember(trigger, clean);
	}
	return clean;
}

/** Later messages do not wait for an execution that this process cannot see beginning. */
async function releaseSoon(batch: Batch, over: AbortSignal): Promise<void> {
	if (runHere) return;
	await sleep(runHere === undefined ? UNKNOWN_MS : ELSEWHERE_MS, over).catch(() => undefined);
	batch.release();
}

const withKey = ([first, ...others]: INodeExecutionData[], key: string): INodeExecutionData[] => [
	{ ...first!, json: { ...first!.json, [START_KEY]: key } },
	...others,
];

/**
 * A start that failed may have left an execution with its deduplication key: the next one of the message goes
 * without.
 */
const failedKeys = new Set<string>();
const MAX_FAILED_KEYS = 10_000;

function noteFailed(deduplicationKey: string): void {
	if (failedKeys.size >= MAX_FAILED_KEYS) failedKeys.clear();
	failedKeys.add(deduplicationKey);
}

/**
 * n8n's deduplication key: n8n stores one execution of it at most, as long as it keeps that one. It matters where
 * this process has died before it knew of the end, and the platform delivers the message again while a worker has
 * it. An execution has one such key, so that only a message alone has one. Where executions run here, they die with
 * the process, and nobody else works the message that comes again.
 */
function deduplicationKeyOf(workflowId: string, { messages }: Batch): string | undefined {
	if (runHere || messages.size !== 1) return undefined;
	const [key] = messages.keys();
	const hash = createHash('sha256')
		.update(JSON.stringify([workflowId, key]))
		.digest('hex');
	const deduplicationKey = `clawbot ${hash}`;
	return failedKeys.delete(deduplicationKey) ? undefined : deduplicationKey;
}
