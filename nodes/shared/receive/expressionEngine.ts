import type { IExecuteFunctions, IWebhookFunctions, NodeExecutionHint } from 'n8n-workflow';

/*
 * n8n's expression engine, by default, starts a sandbox for each callback, also where no expression is used
 * (`webhookPhaseNeedsIsolate`): callbacks that come together wait for each other's. A node cannot spare them
 * that. What it can do is to say so where it is seen: in the log once, and at each execution that follows.
 */

/** So many callbacks at once: with the default engine the last one waits for more than half a second. */
const MANY = 8;

const CURE =
	'Set N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true in n8n’s environment and restart n8n (docs/install.md).';

/** Callbacks of this process whose messages n8n has not stored yet. */
let underWay = 0;
/** The engine does not change while n8n runs: it is looked at once. */
let isLookedAt = false;
let isSlow = false;

/**
 * Counts a callback while its message is taken in, and tells the operator where many wait for the default engine.
 * @param taken the message is taken in, or not
 */
export async function countCallback<T>(ctx: IWebhookFunctions, taken: Promise<T>): Promise<T> {
	underWay++;
	if (underWay >= MANY && !isLookedAt) lookAtEngine(ctx);
	try {
		return await taken;
	} finally {
		underWay--;
	}
}

/** What n8n's panel says of the engine at an execution; nothing where it was not met under load. */
export function hintOfEngine(ctx: IExecuteFunctions): void {
	if (!isSlow) return;
	const message = `Callbacks that come together are acknowledged late: n8n starts a sandbox for expressions for each of them. ${CURE}`;
	const hint: NodeExecutionHint = { message, type: 'warning', location: 'outputPane' };
	ctx.addExecutionHints(hint);
}

function lookAtEngine(ctx: IWebhookFunctions): void {
	isLookedAt = true;
	isSlow = startsAtOnce(ctx);
	if (!isSlow) return;
	ctx.logger.warn(
		`${ctx.getNode().name}: ${MANY} callbacks wait at once, because n8n starts a sandbox for expressions for each of them. ${CURE}`,
		{ workflowId: ctx.getWorkflow().id },
	);
}

/** n8n's own, and private: by the workflow, since the package may find another copy of `n8n-workflow`. */
interface Inside {
	workflow?: {
		expression?: {
			expression?: { constructor?: { vmEvaluator?: { config?: { lazyAcquire?: unknown } } } };
		};
	};
}

/** Whether the engine's sandboxes start before an expression needs one; unknown is no. */
function startsAtOnce(ctx: unknown): boolean {
	const { workflow } = ctx as Inside;
	return workflow?.expression?.expression?.constructor?.vmEvaluator?.config?.lazyAcquire === false;
}
