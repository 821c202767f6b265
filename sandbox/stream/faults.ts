/** Waits for the next frames to the bot. */
const FRAME_FAULTS = ['cut', 'duplicate', 'reorder', 'delay'] as const;
/** Waits for the next bots that want to connect. */
const ENTRY_FAULTS = ['refuse', 'wrongCredentials', 'acceptFrozen'] as const;
/** Happens at once to the connections that are open. */
const LIVE_FAULTS = ['freeze', 'drop', 'announceDisconnect', 'garbage', 'pingFlood'] as const;

export type FrameFaultName = (typeof FRAME_FAULTS)[number];
export type EntryFaultName = (typeof ENTRY_FAULTS)[number];
export type LiveFaultName = (typeof LIVE_FAULTS)[number];

/** What goes wrong on purpose with the connections of a platform. */
export interface StreamFault {
	service: string;
	/**
	 * `cut`: TCP ends in the middle of a frame. `duplicate`: sent twice. `reorder`: sent after the next one.
	 * `delay`: sent after `delayMs`. `refuse`: the gateway is unwell (WeCom, which has none: the handshake
	 * fails). `wrongCredentials`: right ones are refused. `acceptFrozen`: connects, then is frozen.
	 * `freeze`: neither speaks nor hears, TCP stays. `drop`: TCP ends. `announceDisconnect`: as the platform
	 * does it. `garbage`: sends what is no frame. `pingFlood`: pings without a pause.
	 */
	does: FrameFaultName | EntryFaultName | LiveFaultName;
	/** How many frames, attempts to connect, pings or pieces of garbage; -1: until cleared. */
	times: number;
	/** For so long instead of `times`, in ms of the machine's time. */
	forMs?: number;
	/** Frames of this kind only, as the ledger names it: `delivery`, `ping` … */
	kind?: string;
	delayMs?: number;
	/** Of `garbage`: `text`, `binary`, `html`, `big` (10 MB); else `data`. */
	content?: string;
	/** Of `garbage`: these bytes in base64, as a text frame with `content: "text"`, else as a binary one. */
	data?: string;
	/** Only this connection, of those that are open. */
	connection?: string;
}

interface Waiting extends StreamFault {
	/** Machine time, ms; null (as JSON has it) in an answer means without end. */
	until: number;
}

const includes = (names: readonly string[], name: string) => names.includes(name);

export const isLiveFault = (does: string): does is LiveFaultName => includes(LIVE_FAULTS, does);

export const STREAM_FAULTS: readonly string[] = [...FRAME_FAULTS, ...ENTRY_FAULTS, ...LIVE_FAULTS];

export type StreamFaults = ReturnType<typeof createStreamFaults>;

export function createStreamFaults() {
	let faults: Waiting[] = [];
	const take = (matches: (fault: Waiting) => boolean): StreamFault | undefined => {
		faults = faults.filter((fault) => fault.until > Date.now());
		const fault = faults.find(matches);
		if (fault && fault.times > 0 && --fault.times === 0) {
			faults = faults.filter((candidate) => candidate !== fault);
		}
		return fault;
	};
	return {
		add(fault: StreamFault) {
			const { forMs } = fault;
			const bounds =
				forMs === undefined ? { until: Infinity } : { until: Date.now() + forMs, times: -1 };
			faults.push({ ...fault, ...bounds });
		},
		/** What happens to the next frame of that kind. */
		frame: (service: string, connection: string, kind: string) =>
			take(
				(fault) =>
					fault.service === service &&
					includes(FRAME_FAULTS, fault.does) &&
					(!fault.connection || fault.connection === connection) &&
					(!fault.kind || fault.kind === kind),
			),
		/** Whether that happens to a bot that wants to connect. */
		entry: (service: string, does: EntryFaultName) =>
			take((fault) => fault.service === service && fault.does === does) !== undefined,
		list: () => faults.filter((fault) => fault.until > Date.now()),
		clear() {
			faults = [];
		},
	};
}
