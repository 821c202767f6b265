import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { JobOutcome } from '../../core/maintenance/job';
import {
	withOutcome,
	type Result,
	type MaintenanceRun,
	type RunWithTask,
	type MaintenanceTask,
} from '../../core/maintenance/tasks';

/** What goes around in the loops of the workflows: a run, with its task and what became of that. */
export interface RunItem extends MaintenanceRun {
	task?: MaintenanceTask;
	outcome?: JobOutcome;
}

/** One item that carries a whole run. */
export const asItem = (value: object): INodeExecutionData => ({
	json: value as IDataObject,
	pairedItem: { item: 0 },
});

/** The run of an item; an empty one where the item carries none. */
export function runIn(json: IDataObject): RunItem {
	const { tasks, results, problems, task, outcome } = json;
	const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
	return {
		tasks: list(tasks) as MaintenanceTask[],
		results: list(results) as Result[],
		problems: list(problems) as string[],
		...(task !== undefined && { task: task as unknown as MaintenanceTask }),
		...(outcome !== undefined && { outcome: outcome as unknown as JobOutcome }),
	};
}

/** The run of an item, with what became of its task among the results. */
export function settledRunIn(json: IDataObject): MaintenanceRun {
	const { outcome, ...run } = runIn(json);
	return outcome && hasTask(run) ? withOutcome(run, outcome) : run;
}

export const hasTask = (run: RunItem): run is RunItem & RunWithTask => run.task !== undefined;
