/** What goes wrong on purpose with the next matching calls of a bot. */
export interface Fault {
	service: string;
	pathContains?: string;
	kind?: string;
	/** How many calls; -1 means until cleared. */
	times: number;
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	delayMs?: number;
	/** Never answers. */
	hang?: boolean;
	/** Ends the connection without an answer. */
	cut?: boolean;
	/** The platform does the work first and only then fails: the outcome is unknown to the bot. */
	after?: boolean;
}

export function createFaults() {
	let faults: Fault[] = [];
	return {
		add(fault: Fault) {
			faults.push(fault);
		},
		take(service: string, path: string, kind: string): Fault | undefined {
			const fault = faults.find(
				(candidate) =>
					candidate.service === service &&
					(!candidate.pathContains || path.includes(candidate.pathContains)) &&
					(!candidate.kind || candidate.kind === kind),
			);
			if (fault && fault.times > 0 && --fault.times === 0) {
				faults = faults.filter((candidate) => candidate !== fault);
			}
			return fault;
		},
		list: () => faults,
		clear() {
			faults = [];
		},
	};
}
