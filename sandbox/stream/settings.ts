/** What connections are told and held to. */
export interface StreamSettings {
	dingtalk: {
		/** Between the platform's pings; not published. One unanswered until the next ends the connection. */
		pingEveryMs: number;
	};
	feishu: {
		/** The platform's `ClientConfig`, in seconds; a count of -1 is without end. */
		reconnectCount: number;
		reconnectInterval: number;
		reconnectNonce: number;
		pingInterval: number;
	};
	wecom: {
		/** A connection that says nothing for so long is ended; the platform's figure is between 60 and 90 s. */
		silenceMs: number;
	};
}

const defaults = (): StreamSettings => ({
	dingtalk: { pingEveryMs: 30_000 },
	feishu: { reconnectCount: -1, reconnectInterval: 120, reconnectNonce: 30, pingInterval: 120 },
	wecom: { silenceMs: 75_000 },
});

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

/**
 * The numbers above, until somebody changes them; an open connection takes a change up with its next ping, or
 * with its next frame.
 */
export function createStreamSettings() {
	let settings = defaults();
	return {
		get: () => settings,
		/** @throws an Error in words for a name that is none or a value that is no number */
		set(changes: Partial<Record<string, Record<string, unknown>>>) {
			const next = structuredClone(settings) as unknown as Record<string, Record<string, number>>;
			for (const [service, values] of Object.entries(changes)) {
				for (const [name, value] of Object.entries(values ?? {})) {
					if (!Object.hasOwn(next[service] ?? {}, name)) throw new Error(`no ${service}.${name}`);
					if (!isNumber(value)) throw new Error(`${service}.${name} must be a number`);
					next[service]![name] = value as number;
				}
			}
			settings = next as unknown as StreamSettings;
		},
		reset() {
			settings = defaults();
		},
	};
}
