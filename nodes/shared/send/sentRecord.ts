import type { IExecuteFunctions } from 'n8n-workflow';

/*
 * n8n's own list of processed items: it outlives a crash, as its database does. There is one for each
 * workflow and node, with the newest 2000 entries. Several processes that work one workflow change a list
 * without knowing of each other, and one may undo what another has noted.
 */

const LIST = { mode: 'entries', maxEntries: 2000 } as const;

/** What is noted of an answer: nothing, that it is out, or that it may be. */
export type Found = 'nothing' | 'sent' | 'unknown';

interface Change {
	record: string[];
	remove: string[];
	/** @param known those of `record` that were in the list already; undefined where it could not be read */
	done(known: ReadonlySet<unknown> | undefined): void;
}

const openOf = (seed: string): string => `open ${seed}`;

/**
 * The list of one node. n8n reads and writes it as a whole, so one change is under way at a time, and what
 * gathers meanwhile goes with the next.
 */
export class SentRecord {
	private gathered: Change[] = [];
	private busy = false;

	/** @param node tells this node from all others of the instance */
	constructor(readonly node: string) {}

	/** Notes that an answer is about to be sent: its seed as begun, and as open until it is out. */
	async begin(ctx: IExecuteFunctions, seed: string): Promise<Found> {
		// Begun before open: the oldest entries leave first, and open alone is still no "sent".
		const known = await this.change(ctx, { record: [seed, openOf(seed)], remove: [] });
		if (known?.has(openOf(seed))) return 'unknown';
		if (!known?.has(seed)) return 'nothing';
		await this.close(ctx, seed);
		return 'sent';
	}

	/** Whether a hint was there; it is now. */
	async hint(ctx: IExecuteFunctions, hint: string): Promise<boolean> {
		const known = await this.change(ctx, { record: [hint], remove: [] });
		return known?.has(hint) ?? false;
	}

	/** Notes that an answer is out. */
	async close(ctx: IExecuteFunctions, seed: string): Promise<void> {
		await this.change(ctx, { record: [], remove: [openOf(seed)] });
	}

	/** Takes an answer out of the list, with its hints. */
	async forget(ctx: IExecuteFunctions, seed: string, ...hints: string[]): Promise<void> {
		await this.change(ctx, { record: [], remove: [seed, openOf(seed), ...hints] });
	}

	private async change(
		ctx: IExecuteFunctions,
		change: Omit<Change, 'done'>,
	): Promise<ReadonlySet<unknown> | undefined> {
		return await new Promise((done) => {
			this.gathered.push({ ...change, done });
			if (!this.busy) void this.work(ctx);
		});
	}

	private async work(ctx: IExecuteFunctions): Promise<void> {
		this.busy = true;
		while (this.gathered.length > 0) {
			const changes = this.gathered;
			this.gathered = [];
			const known = await apply(ctx, changes);
			for (const { done } of changes) done(known);
		}
		this.busy = false;
	}
}

/** Never fails: an answer does not wait for a database that is away. */
async function apply(
	ctx: IExecuteFunctions,
	changes: Change[],
): Promise<ReadonlySet<unknown> | undefined> {
	const record = changes.flatMap((change) => change.record);
	const remove = changes.flatMap((change) => change.remove);
	try {
		const known =
			record.length > 0
				? (await ctx.helpers.checkProcessedAndRecord(record, 'node', LIST)).processed
				: [];
		if (remove.length > 0) await ctx.helpers.removeProcessed(remove, 'node', LIST);
		return new Set(known);
	} catch (error) {
		ctx.logger.warn(`The record of sent answers could not be changed: ${String(error)}`);
		return undefined;
	}
}

const records = new Map<string, SentRecord>();

/** The record of the node that is running. */
export function recordOf(ctx: IExecuteFunctions): SentRecord {
	const node = `${ctx.getWorkflow().id} ${ctx.getNode().id}`;
	let record = records.get(node);
	if (!record) {
		record = new SentRecord(node);
		records.set(node, record);
	}
	return record;
}
