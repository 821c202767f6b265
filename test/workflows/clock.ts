import { Container } from '@n8n/di';
import { ScheduledTaskManager, TriggerContext } from 'n8n-core';
import { Workflow, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';
import { additionalDataWith, logger, nodeTypesWith } from '../harness';

/*
 * A workflow's Schedule Trigger on a simulated clock: n8n's own node, n8n's own list of schedules and the
 * cron library that it uses. Only the clock is the test's.
 */

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

/**
 * When a workflow starts by itself, from the one moment up to the other (ms since 1970, the end not
 * included).
 * @param timezone instead of the workflow's own
 */
export async function ticksOf(
	{ id, name, nodes, settings }: BundledWorkflow,
	[from, to]: readonly [from: number, to: number],
	timezone = settings.timezone,
): Promise<Tick[]> {
	const ticks: Tick[] = [];
	const emit = (data: INodeExecutionData[][]): void => {
		ticks.push({ at: Date.now(), item: data[0]![0]!.json });
	};
	const nodeTypes = nodeTypesWith();
	const workflow = new Workflow({
		id,
		name,
		// n8n's model fills in default parameters, in the nodes that it is given.
		nodes: structuredClone(nodes.filter(({ type, disabled }) => type === SCHEDULE && !disabled)),
		connections: {},
		active: true,
		nodeTypes,
		settings: { ...settings, ...(timezone && { timezone }) },
	});
	jest.useFakeTimers({ now: from - 1 });
	try {
		const leader = { isLeader: true, instanceRole: 'leader' };
		const quiet = { activeInterval: 0 };
		const schedules = new ScheduledTaskManager(leader as never, logger as never, quiet as never);
		Container.set(ScheduledTaskManager, schedules);
		for (const node of Object.values(workflow.nodes)) {
			const context = new TriggerContext(
				workflow,
				node,
				additionalDataWith({}, '1'),
				'trigger',
				'activate',
				emit,
			);
			await nodeTypes.getByNameAndVersion(node.type, node.typeVersion).trigger!.call(context);
		}
		jest.advanceTimersByTime(to - from);
		schedules.deregisterGroup({ type: 'workflow', id });
	} finally {
		jest.useRealTimers();
	}
	return ticks;
}
