import type { JobOutcome } from './job';
import type { Host } from '../common/hosts';

/* One task after the other: which comes next, and when to stop. */

/** One thing to do on one host. */
export interface MaintenanceTask {
	/** For people. */
	title: string;
	host: Host;
	/** What the commands know as `$name`. */
	variables: Record<string, string>;
}

export interface Result {
	title: string;
	outcome: JobOutcome;
}

/** A run under way: what goes around in the workflow's loop. */
export interface MaintenanceRun {
	/** Those that have not begun, in their order. */
	tasks: MaintenanceTask[];
	results: Result[];
	/** What kept rows of the tables from becoming tasks. */
	problems: string[];
}

/** With the task whose turn it is. */
export interface RunWithTask extends MaintenanceRun {
	task: MaintenanceTask;
}

/** Takes what became of the task that was under way into the results. */
export function withOutcome({ task, ...run }: RunWithTask, outcome: JobOutcome): MaintenanceRun {
	return { ...run, results: [...run.results, { title: task.title, outcome }] };
}

/**
 * The run with its next task, or without one when it is over.
 * @param stopAtFailure the first task that fails ends the run: the others stay as they are
 */
export function nextTask(run: MaintenanceRun, stopAtFailure: boolean): RunWithTask | undefined {
	const [task, ...tasks] = run.tasks;
	const failed = run.results.some(({ outcome }) => !outcome.ok);
	if (task === undefined || (stopAtFailure && failed)) return undefined;
	return { ...run, tasks, task };
}
