import type { BotMessage } from '../../../protocol/message';
import { Seen } from './seen';

/**
 * Takes the messages of one trigger node in: each once, and many that arrive together as one execution.
 *
 * 1. The first message leads at once: its request starts an execution.
 * 2. Messages that arrive before n8n has answered that request gather in the next window. When the
 *    answer is out, the first of them leads the window: one execution with an item for each.
 * 3. The others follow: they are acknowledged when the leader's execution is stored, and refused when it
 *    could not be stored, so that the platform delivers them again.
 *
 * Storing an execution costs n8n about as much for a hundred messages as for one.
 */

/** Upper limit of a window: keeps an execution's data small enough to look at. */
const MAX_WINDOW = 500;

/** Where the note of seen messages is kept between restarts: the workflow's static data. */
export interface NoteStore {
	clawbotSeen?: unknown;
}

/** What becomes of a message at the door. */
export type Admission =
	/** Known: acknowledge, start nothing. */
	| { role: 'duplicate' }
	/** Another request's execution has it: acknowledge if that one was stored. */
	| { role: 'follower'; stored: Promise<boolean> }
	/** Start an execution with these messages. */
	| { role: 'leader'; window: Window };

export class Window {
	readonly messages = new Map<string, BotMessage>();
	/** Whether n8n stored the execution; settles when the leader's request is over. */
	readonly stored: Promise<boolean>;
	private settle!: (stored: boolean) => void;
	private isStored = false;

	constructor(
		private readonly seen: Seen,
		private readonly free: () => void,
	) {
		this.stored = new Promise((resolve) => (this.settle = resolve));
	}

	/** n8n has stored the execution: from here on its messages count as taken in. */
	markStored(note: NoteStore): void {
		if (this.isStored) return;
		this.isStored = true;
		const now = Date.now();
		for (const key of this.messages.keys()) this.seen.add(key, now);
		note.clawbotSeen = this.seen.toNote();
	}

	/** The leader's request is over, whatever became of it. */
	close(): void {
		this.settle(this.isStored);
		this.free();
	}
}

export class Inbox {
	/** Its leader's request is under way. */
	private current?: Window;
	/** Gathers until the current one is over. */
	private next?: Window;

	constructor(private readonly seen: Seen) {}

	/** Decides over a message. A leader must call `close` in every case, and `markStored` before if so. */
	async admit(key: string, message: BotMessage): Promise<Admission> {
		if (this.seen.has(key, Date.now())) return { role: 'duplicate' };
		for (const window of [this.current, this.next]) {
			if (window?.messages.has(key)) return { role: 'follower', stored: window.stored };
		}
		const { current, next } = this;
		if (next) {
			if (next.messages.size < MAX_WINDOW) {
				next.messages.set(key, message);
				return { role: 'follower', stored: next.stored };
			}
			await current?.stored;
			return await this.admit(key, message);
		}
		const window = this.open(key, message);
		if (current) {
			this.next = window;
			await current.stored;
			this.next = undefined;
		}
		this.current = window;
		return { role: 'leader', window };
	}

	private open(key: string, message: BotMessage): Window {
		const window = new Window(this.seen, () => {
			if (this.current === window) this.current = undefined;
		});
		window.messages.set(key, message);
		return window;
	}
}

/** One memory per workflow, one door per trigger node: for the whole process. */
const workflows = new Map<string, { seen: Seen; inboxes: Map<string, Inbox> }>();

/** The door of a trigger node. `note` is read when the workflow's first message since the start arrives. */
export function inboxOf(workflowId: string, nodeId: string, note: NoteStore): Inbox {
	let workflow = workflows.get(workflowId);
	if (!workflow) {
		workflow = { seen: new Seen(note.clawbotSeen, Date.now()), inboxes: new Map() };
		workflows.set(workflowId, workflow);
	}
	let inbox = workflow.inboxes.get(nodeId);
	if (!inbox) {
		inbox = new Inbox(workflow.seen);
		workflow.inboxes.set(nodeId, inbox);
	}
	return inbox;
}
