import { Inbox, type SeenNote } from './inbox';
import { Seen } from './seen';

/* The inboxes of this process: one for each trigger node. */

/** What the trigger nodes of a workflow share. */
interface WorkflowInboxes {
	seen: Seen;
	/** Whether `seen` holds what was noted before this process began. */
	isNoteRead: boolean;
	byNode: Map<string, Inbox>;
}

/** By the workflow's id. */
const workflows = new Map<string, WorkflowInboxes>();

/**
 * A trigger node's inbox.
 * @param note the workflow's, read once: what is noted later comes from this process. Left out by whoever does not
 * know it: n8n gives an execution that it runs again no static data
 */
export function inboxOf({
	workflowId,
	nodeId,
	note,
}: {
	workflowId: string;
	nodeId: string;
	note?: SeenNote;
}): Inbox {
	let workflow = workflows.get(workflowId);
	if (!workflow) {
		workflow = { seen: new Seen(undefined, 0), isNoteRead: false, byNode: new Map() };
		workflows.set(workflowId, workflow);
	}
	const { seen, byNode } = workflow;
	if (note && !workflow.isNoteRead) {
		workflow.isNoteRead = true;
		seen.merge(note.clawbotSeen, Date.now());
	}
	let inbox = byNode.get(nodeId);
	if (!inbox) {
		inbox = new Inbox(seen);
		byNode.set(nodeId, inbox);
	}
	return inbox;
}
