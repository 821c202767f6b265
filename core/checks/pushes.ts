import { attemptsOf } from '../delivery/history';
import type { Attempt, DeliveryRow } from '../delivery/delivery';
import { asFields, asList, asText, type Fields } from '../../protocol/fields';

/* How long single messages took, and where. */

/** Where time goes, in the order in which a message comes through. */
export const PUSH_PARTS = ['inbound', 'queue', 'model', 'rateLimit', 'n8n', 'send'] as const;

export type PushPart = (typeof PUSH_PARTS)[number];

/** One message that went out. */
export interface Push {
	platform: string;
	/** When it was out, ms since 1970. */
	at: number;
	totalMs: number;
	/** What is left out took no time. */
	parts: Partial<Record<PushPart, number>>;
	/** Empty where there is none. */
	workflowId: string;
	executionId: string;
}

/** Longer than this is no way through a network but a clock that is wrong, or a message of yesterday. */
const MAX_INBOUND_MS = 3_600_000;

const timeOf = (iso: unknown): number => Date.parse(asText(iso));

/** Messages of *take heartbeats*: nobody waits for them, and the times in them are made up. */
const HEARTBEAT = /^heartbeat-/;

/**
 * The answers of an execution as n8n's public API gives it with its data, each once: of a message that
 * was answered with a later one, or before, or is tried again, nothing is told; nor of heartbeats.
 */
export function pushesOf(execution: unknown): Push[] {
	const { id, workflowId, data } = asFields(execution);
	const runData = asFields(asFields(asFields(data).resultData).runData);
	const tasks = Object.values(runData).flatMap(asList).map(asFields);
	const pushes = new Map<string, Push>();
	for (const task of tasks.sort((a, b) => Number(a.startTime) - Number(b.startTime))) {
		const outputs = asList(asFields(task.data).main).flatMap(asList);
		for (const { json } of outputs.map(asFields)) {
			const item = asFields(json);
			const push = pushOf(item, Number(task.startTime));
			const key = asText(item.messageId);
			if (!push || pushes.has(key) || HEARTBEAT.test(key)) continue;
			pushes.set(key, { ...push, workflowId: asText(workflowId), executionId: asText(id) });
		}
	}
	return [...pushes.values()];
}

function pushOf(
	item: Fields,
	startedAt: number,
): Omit<Push, 'workflowId' | 'executionId'> | undefined {
	const delivery = asFields(item.delivery);
	const at = timeOf(delivery.at);
	const receivedAt = timeOf(item.receivedAt);
	// Of what is tried again the store knows more.
	const isTold = delivery.already || delivery.mergedInto || item.retry;
	if (Number.isNaN(at) || Number.isNaN(receivedAt) || isTold) return undefined;
	const answer = asFields(item.answer);
	const answeredAt = timeOf(answer.at);
	const model = Number(answer.tookMs);
	const asked = !Number.isNaN(answeredAt) && model >= 0;
	const inbound = receivedAt - timeOf(item.sentAt);
	const parts = {
		inbound: inbound > 0 && inbound < MAX_INBOUND_MS ? inbound : 0,
		queue: (asked ? answeredAt - model : startedAt) - receivedAt,
		model: asked ? model : 0,
		send: at - (asked ? answeredAt : startedAt),
	};
	return { platform: asText(item.platform), at, ...addedUp(parts) };
}

/**
 * A delivered row of the store: what went out at a later attempt, or on a workflow's own account. The time
 * until an attempt belongs to what made the one before fail.
 */
export function pushOfRow(row: DeliveryRow): Push | undefined {
	const attempts = attemptsOf(row);
	const times = attempts.map(({ at }) => timeOf(at));
	if (row.status !== 'delivered' || times.length === 0 || times.some(Number.isNaN))
		return undefined;
	const parts: Partial<Record<PushPart, number>> = {};
	for (const [index, time] of times.entries()) {
		const part = index === 0 ? 'send' : partOf(attempts[index - 1]!);
		const since = index === 0 ? row.createdAtMs : times[index - 1]!;
		parts[part] = (parts[part] ?? 0) + time - since;
	}
	const { platform, workflowId, executionId } = row;
	return { platform, at: times.at(-1)!, ...addedUp(parts), workflowId, executionId };
}

function partOf({ class: failureClass }: Attempt): PushPart {
	if (failureClass === 'rateLimited' || failureClass === 'quotaExhausted') return 'rateLimit';
	return failureClass === 'crashed' ? 'n8n' : 'send';
}

/** Without what took no time: clocks of two machines may even make it negative. */
function addedUp(parts: Partial<Record<PushPart, number>>): Pick<Push, 'parts' | 'totalMs'> {
	const known = PUSH_PARTS.map((part) => [part, Math.round(parts[part] ?? 0)] as const);
	const positive = known.filter(([, ms]) => ms > 0);
	return {
		parts: Object.fromEntries(positive),
		totalMs: positive.reduce((sum, [, ms]) => sum + ms, 0),
	};
}
