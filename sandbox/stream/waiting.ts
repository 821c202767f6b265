/** Acknowledgements that are waited for, by the id that they carry. */
export function createWaiting<Value>() {
	const waiting = new Map<string, (value: Value | undefined) => void>();
	return {
		/** Resolves to undefined when nothing comes within that time of the machine, or when it is given up. */
		async for(id: string, deadlineMs: number): Promise<Value | undefined> {
			return await new Promise((resolve) => {
				const settle = (value: Value | undefined) => {
					clearTimeout(timer);
					waiting.delete(id);
					resolve(value);
				};
				const timer = setTimeout(() => settle(undefined), deadlineMs);
				waiting.set(id, settle);
			});
		},
		/** False where nobody waits for it (any more). */
		settle(id: string, value: Value): boolean {
			const settle = waiting.get(id);
			settle?.(value);
			return settle !== undefined;
		},
		giveUp() {
			for (const settle of [...waiting.values()]) settle(undefined);
		},
	};
}
