export interface ModelRule {
	/** Part of the last user message. */
	contains: string;
	delayMs?: number;
	status?: number;
	body?: unknown;
	answer?: string;
}

export interface ModelBehaviour {
	delayMs: number;
	rules: ModelRule[];
}

/** How the model stub answers: the first rule that matches the last user message wins, else an echo. */
export function createModelScript() {
	let behaviour: ModelBehaviour = { delayMs: 0, rules: [] };
	return {
		set(values: Partial<ModelBehaviour>) {
			behaviour = { ...behaviour, ...values };
		},
		state: () => behaviour,
		answerTo(question: string) {
			const rule = behaviour.rules.find((candidate) => question.includes(candidate.contains));
			return {
				delayMs: rule?.delayMs ?? behaviour.delayMs,
				status: rule?.status,
				body: rule?.body,
				text: rule?.answer ?? `Answer to: ${question}`,
			};
		},
		reset() {
			behaviour = { delayMs: 0, rules: [] };
		},
	};
}
