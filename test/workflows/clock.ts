import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IDataObject, INode } from 'n8n-workflow';

/* A workflow's Schedule Trigger on a simulated clock. Only the clock is the test's. */

export interface BundledWorkflow {
	id: string;
	name: string;
	nodes: INode[];
	settings: { timezone?: string };
}

/** One start of a workflow. */
export interface Tick {
	/** ms since 1970. */
	at: number;
	/** What the trigger gives to the next node. */
	item: IDataObject;
}

export const SCHEDULE = 'n8n-nodes-base.scheduleTrigger';

/** Lives from `startClock` to its `stop`; answers one question after the other. */
export interface Clock {
	/**
	 * When a workflow starts by itself, from the one moment up to the other (ms since 1970, the end not
	 * included).
	 * @param timezone instead of the workflow's own
	 */
	ticksOf: (
		workflow: BundledWorkflow,
		span: readonly [from: number, to: number],
		timezone?: string,
	) => Promise<Tick[]>;
	stop: () => Promise<unknown>;
}

export function startClock(): Clock {
	const worker = new Worker(join(__dirname, 'clockWorker.js'));
	return {
		async ticksOf({ id, name, nodes, settings }, [from, to], timezone = settings.timezone) {
			const schedules = nodes.filter(({ type, disabled }) => type === SCHEDULE && !disabled);
			const workflow = { id, name, nodes: schedules, settings: { ...settings, timezone } };
			worker.postMessage({ workflow, from, to });
			const [answer] = (await once(worker, 'message')) as [{ ticks: Tick[]; error?: string }];
			if (answer.error !== undefined) throw new Error(answer.error);
			return answer.ticks;
		},
		stop: async () => await worker.terminate(),
	};
}
