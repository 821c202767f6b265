import type {
	DeduplicationItemTypes,
	ICheckProcessedContextData,
	IDataDeduplicator,
} from 'n8n-workflow';

/** n8n's lists of processed items, kept like n8n keeps them: each read as a whole, written as a whole. */
export class ProcessedItems implements IDataDeduplicator {
	lists = new Map<string, DeduplicationItemTypes[]>();
	calls: string[] = [];
	/** What the database does next, beside its work. */
	interrupt: (call: string) => void | Promise<void> = () => {};
	private busy = 0;

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		_scope: unknown,
		{ workflow, node }: ICheckProcessedContextData,
		{ maxEntries = Infinity }: { maxEntries?: number },
	) {
		return await this.change('record', workflow.id, node!.id, (list) => {
			const processed = items.filter((item) => list.includes(item));
			const fresh = items.filter((item) => !list.includes(item));
			list.push(...fresh);
			list.splice(0, list.length - maxEntries);
			return { new: fresh, processed };
		});
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		_scope: unknown,
		{ workflow, node }: ICheckProcessedContextData,
	): Promise<void> {
		await this.change('remove', workflow.id, node!.id, (list) => {
			for (const item of items) if (list.includes(item)) list.splice(list.indexOf(item), 1);
		});
	}

	async clearAllProcessedItems(): Promise<void> {}

	async getProcessedDataCount(): Promise<number> {
		return 0;
	}

	private async change<T>(
		call: string,
		workflow: string,
		node: string,
		change: (list: DeduplicationItemTypes[]) => T,
	): Promise<T> {
		this.calls.push(call);
		await this.interrupt(call);
		if (++this.busy > 1) throw new Error('two changes at once: one would be lost');
		const list = [...(this.lists.get(`${workflow} ${node}`) ?? [])];
		await new Promise((resolve) => setTimeout(resolve, 2));
		const result = change(list);
		this.lists.set(`${workflow} ${node}`, list);
		this.busy--;
		return result;
	}
}
