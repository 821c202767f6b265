import type {
	RegistrationAnswer,
	RegistrationCode,
	RegistrationGrant,
	RegistrationQuestion,
	RegistrationTrouble,
} from '../../protocol/registration';

/*
 * From a code to be scanned to what becomes of it, one step for each answer of the platform. A flow is plain JSON:
 * whoever follows it may keep it anywhere that is secret, and go on after a restart. It holds the device code until
 * it ends, and never the credentials.
 *
 *   let flow = begin(code, now);
 *   while (isOpen(flow)) → wait for waitMs(flow, now) → mayAsk(flow, now)? ask, flow = step(flow, answer, now)
 *                                                     : flow = look(flow, now)
 */

/** Times are in ms since 1970. */
export interface OpenRegistration extends RegistrationQuestion {
	/** What the QR code holds. */
	address: string;
	expiresAt: number;
	intervalMs: number;
	/** When to ask next, or to see that the code has expired. */
	nextAskAt: number;
	/** What the answers since then have said, if it may pass: the latest. */
	trouble?: Pick<RegistrationTrouble, 'status' | 'reason'> & { since: number };
}

export type RegistrationEnding = 'granted' | 'cancelled' | RegistrationTrouble['status'];

export interface EndedRegistration {
	ending: RegistrationEnding;
	endedAt: number;
	/** The other side's own words; whoever shows them strikes the secrets out first. */
	reason?: string;
	/** Who scanned the code of a grant, where the platform says it. */
	person?: RegistrationGrant['person'];
}

export type RegistrationFlow = OpenRegistration | EndedRegistration;

/** What RFC 8628 adds to the interval each time. */
const SLOW_DOWN_MS = 5000;
/** How long trouble that may pass is waited through: as DingTalk's own program does it. */
const PATIENCE_MS = 120_000;

export function begin(code: RegistrationCode, now: number): OpenRegistration {
	const { expiresInMs, ...kept } = code;
	const expiresAt = now + expiresInMs;
	return { ...kept, expiresAt, nextAskAt: Math.min(now + code.intervalMs, expiresAt) };
}

export const isOpen = (flow: RegistrationFlow): flow is OpenRegistration => !('ending' in flow);

/** How much earlier the clock is than when the next question was planned: it has been set back since. */
const setBackMs = ({ nextAskAt, intervalMs }: OpenRegistration, now: number): number =>
	Math.max(nextAskAt - intervalMs - now, 0);

/** How long to wait before the next question, or before the code expires. */
export const waitMs = (flow: OpenRegistration, now: number): number =>
	setBackMs(flow, now) > 0 ? 0 : Math.max(flow.nextAskAt - now, 0);

/** Whether to ask the platform now. */
export const mayAsk = (flow: RegistrationFlow, now: number): flow is OpenRegistration =>
	isOpen(flow) && waitMs(flow, now) === 0 && now < flow.expiresAt;

/** The flow as it is now: a code expires without an answer. */
export const look = (flow: RegistrationFlow, now: number): RegistrationFlow =>
	isOpen(flow) && now >= flow.expiresAt ? end('expired', now) : flow;

/** An operator does not want it any more. */
export const cancel = (flow: RegistrationFlow, now: number): RegistrationFlow =>
	isOpen(flow) ? end('cancelled', now) : flow;

/**
 * The flow after an answer. One that comes late counts if it is a grant: the credentials are given once. Whoever
 * follows a flow takes them from the answer with which it ends as `granted`.
 */
export function step(
	flow: RegistrationFlow,
	answer: RegistrationAnswer,
	now: number,
): RegistrationFlow {
	if (!isOpen(flow)) return flow;
	if (answer.status === 'granted') {
		const { person } = answer;
		return { ...end('granted', now), ...(person && { person }) };
	}
	return look(afterAnswer(flow, answer, now), now);
}

function afterAnswer(
	flow: OpenRegistration,
	answer: Exclude<RegistrationAnswer, RegistrationGrant>,
	now: number,
): RegistrationFlow {
	const { trouble, ...rest } = flow;
	const calm = { ...rest, expiresAt: flow.expiresAt - setBackMs(flow, now) };
	switch (answer.status) {
		case 'waiting':
			return planned(calm, now);
		case 'slowDown':
			return planned({ ...calm, intervalMs: flow.intervalMs + SLOW_DOWN_MS }, now);
		case 'moved':
			return planned({ ...calm, movedTo: answer.to }, now);
		default: {
			const { status, reason, mayPass } = answer;
			const since = Math.min(trouble?.since ?? now, now);
			if (!mayPass || now - since >= PATIENCE_MS) return end(status, now, reason);
			return planned({ ...calm, trouble: { status, ...(reason && { reason }), since } }, now);
		}
	}
}

const planned = (flow: OpenRegistration, now: number): OpenRegistration => ({
	...flow,
	nextAskAt: Math.min(now + flow.intervalMs, flow.expiresAt),
});

const end = (ending: RegistrationEnding, endedAt: number, reason?: string): EndedRegistration => ({
	ending,
	endedAt,
	...(reason && { reason }),
});
