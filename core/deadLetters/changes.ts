import { auditOf } from '../delivery/history';
import type { AuditEntry, DeliveryRow, Payload } from '../delivery/delivery';
import { writePayload } from '../delivery/payload';
import { isText } from '../../protocol/outgoing';
import { isOpen, payloadOf } from './rows';

const MINUTE_MS = 60_000;

/** An answer is of use for minutes, a notification for a day; both count from when it is due. */
const lifeOf = (row: DeliveryRow): number =>
	row.kind === 'notification' ? 24 * 60 * MINUTE_MS : 10 * MINUTE_MS;

/** Group robots take 20 messages a minute: the slowest of all targets. */
export const DEFAULT_SPEED = 20;

/** Who does it, and when (ms since 1970). */
export interface ChangeContext {
	by: string;
	now: number;
}

/** Why something is not done, in words for people. */
export interface Refusal {
	refused: keyof typeof REFUSALS;
}

export type ChangeOutcome = { row: DeliveryRow } | Refusal;

export const REFUSALS = {
	waiting: '已在等待重试。 It waits for a further attempt already.',
	answered:
		'已经送达，再发一次对方会看到两遍；确实要再发，请加 force。 It was delivered: sending it again shows it twice. Add force if you mean it.',
	merged:
		'已并入一条摘要送出；确实要单独再发，请加 force。 It went out as part of a digest. Add force to send it by itself.',
	uncertain:
		'它可能已经送达：请先在会话中确认，没有收到再加 force。 It may have been sent: look first, and add force if it did not arrive.',
	execution:
		'这是一次没有恢复的执行：请打开它的链接，在 n8n 中点 Retry。 This is an execution: open its link and retry it in n8n.',
	failure:
		'这是工作流失败的记录，无法重发，只能丢弃。 This records a failed workflow: it cannot be replayed, only discarded.',
	damaged: '内容已损坏，无法重发，只能丢弃。 Its content is damaged: it can only be discarded.',
	noText:
		'模型还没有回答，没有可编辑的文字；重发会再问模型。 There is no answer yet to edit; a replay asks the model again.',
	notText:
		'这不是文字消息，不能编辑，只能重发或丢弃。 This is no text message: it cannot be edited, only replayed or discarded.',
	empty: '请写出新的内容。 Say what the new text is.',
	noReason: '请写出丢弃的原因。 Say why it is discarded.',
	settled: '它不在死信中。 It is no dead letter.',
} as const;

/**
 * Puts a row back into the queue, as the same message: the platform recognises a repetition where it can.
 * What was delivered is sent as a new message, because that is what forcing it means.
 * @param dueAt ms since 1970
 */
export function replay(
	row: DeliveryRow,
	{ by, now, dueAt, force }: ChangeContext & { dueAt: number; force: boolean },
): ChangeOutcome {
	const refusal = refuseReplay(row, force);
	if (refusal) return refusal;
	const wasSent = row.status === 'delivered' || row.status === 'merged';
	const payload = payloadOf(row);
	return {
		row: queued(
			row,
			wasSent ? asNew(payload, now) : payload,
			dueAt,
			auditEntry({ by, now }, 'replay', force ? 'force' : ''),
		),
	};
}

/**
 * Puts a row back into the queue with another text. The first original is kept. Only a text can be edited:
 * whoever writes a new text for an image does not expect the image to be sent.
 */
export function edit(
	row: DeliveryRow,
	text: string,
	{ by, now, force }: ChangeContext & { force: boolean },
): ChangeOutcome {
	const refusal = refuseReplay(row, force);
	if (refusal) return refusal;
	const payload = payloadOf(row);
	const { unsent } = payload;
	if (!unsent) return { refused: 'noText' };
	const { content } = unsent;
	if (!isText(content)) return { refused: 'notText' };
	if (text.trim() === '') return { refused: 'empty' };
	const edited = {
		...payload,
		original: payload.original ?? content,
		unsent: { ...unsent, content: { ...content, text } },
	};
	return {
		row: queued(
			row,
			asNew(edited, now),
			now,
			auditEntry({ by, now }, 'edit', force ? 'force' : ''),
		),
	};
}

export function discard(
	row: DeliveryRow,
	reason: string,
	{ by, now }: ChangeContext,
): ChangeOutcome {
	if (!isOpen(row)) return { refused: row.status === 'waiting' ? 'waiting' : 'settled' };
	if (reason.trim() === '') return { refused: 'noReason' };
	const entry = auditEntry({ by, now }, 'discard', reason.trim().slice(0, 500));
	return {
		row: {
			...row,
			version: row.version + 1,
			status: 'discarded',
			claim: '',
			settledAtMs: now,
			audit: JSON.stringify([...auditOf(row), entry]),
		},
	};
}

const auditEntry = (
	{ by, now }: ChangeContext,
	action: AuditEntry['action'],
	note: string,
): AuditEntry => ({ at: new Date(now).toISOString(), by, action, note });

function refuseReplay(row: DeliveryRow, force: boolean): Refusal | undefined {
	if (row.kind === 'execution') return { refused: 'execution' };
	if (row.kind === 'failure') return { refused: 'failure' };
	if (row.status === 'waiting') return { refused: 'waiting' };
	const payload = payloadOf(row);
	if (!payload.question && !payload.unsent) return { refused: 'damaged' };
	if (force) return undefined;
	if (row.status === 'delivered') return { refused: 'answered' };
	if (row.status === 'merged') return { refused: 'merged' };
	return row.status === 'uncertain' ? { refused: 'uncertain' } : undefined;
}

/** Another seed: the platform must not take it for a repetition of what it has. */
function asNew(payload: Payload, now: number): Payload {
	const { unsent } = payload;
	if (!unsent) return payload;
	const seed = `${unsent.seed}/${now}`;
	return { ...payload, unsent: { ...unsent, seed, sentParts: 0, messageIds: [] } };
}

function queued(row: DeliveryRow, payload: Payload, dueAt: number, entry: AuditEntry): DeliveryRow {
	return {
		...row,
		version: row.version + 1,
		status: 'waiting',
		claim: '',
		attempts: 0,
		dueAt,
		deadlineAt: dueAt + lifeOf(row),
		settledAtMs: 0,
		// A group that was reported as drained is reported anew if this one fails again.
		announced: row.announced === 'closed' ? '' : row.announced,
		payload: writePayload(payload),
		audit: JSON.stringify([...auditOf(row), entry]),
	};
}

/**
 * Replays many, the oldest first, at a set speed.
 * @param perMinute messages a minute
 */
export function replayAll(
	rows: DeliveryRow[],
	{ by, now, force, perMinute }: ChangeContext & { force: boolean; perMinute: number },
): { changed: DeliveryRow[]; refused: Array<Refusal['refused']> } {
	const changed: DeliveryRow[] = [];
	const refused: Array<Refusal['refused']> = [];
	for (const row of [...rows].sort((a, b) => a.createdAtMs - b.createdAtMs)) {
		const dueAt = now + Math.round((changed.length * MINUTE_MS) / perMinute);
		const outcome = replay(row, { by, now, dueAt, force });
		if ('row' in outcome) changed.push(outcome.row);
		else refused.push(outcome.refused);
	}
	return { changed, refused };
}

/** Discards those of many that are dead or uncertain. @returns the changed rows */
export function discardAll(
	rows: DeliveryRow[],
	reason: string,
	doing: ChangeContext,
): DeliveryRow[] {
	return rows.flatMap((row) => {
		const outcome = discard(row, reason, doing);
		return 'row' in outcome ? [outcome.row] : [];
	});
}

/** How many were refused for which reason, in words. */
export function refusalLines(refused: Array<Refusal['refused']>): string[] {
	const counts = new Map<Refusal['refused'], number>();
	for (const reason of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	return [...counts].map(([reason, count]) => `${count} × ${REFUSALS[reason]}`);
}
