import { asText } from '../../protocol/fields';
import { byteLength, idempotencyKey } from '../../protocol/text';
import { isText, type OutgoingMessage, type TextMessage } from '../../protocol/outgoing';
import type { QueueEntry, Unsent } from './delivery';
import { firstUnknownAt } from './history';

/** What fits into one message on every platform: WeCom's texts hold 2048 bytes. */
export const MAX_DIGEST_BYTES = 2000;

/**
 * Broadcasts with the same one may become one message: what the rate limit has held back, of one form and
 * for one target. What mentions people goes alone, because platforms limit the mentions of a message.
 */
export function digestGroup(entry: QueueEntry): string | undefined {
	const { row, payload } = entry;
	if (row.kind !== 'notification' || row.priority !== 2 || row.class !== 'rateLimited') {
		return undefined;
	}
	const { platform, via, target = {}, content, sentParts } = payload.unsent as Unsent;
	if (!content || !isText(content)) return undefined;
	const mentions = content.mentionAll === true || (content.mentionIds ?? []).length > 0;
	if (mentions || sentParts > 0 || firstUnknownAt(entry) !== undefined) return undefined;
	return JSON.stringify([platform, via, target, content.type]);
}

/** As many of some broadcasts, from the first one on, as one message holds without leaving anything out. */
export function fitDigest(entries: QueueEntry[]): QueueEntry[] {
	const fitting: QueueEntry[] = [];
	for (const entry of entries) {
		const texts = contentsOf([...fitting, entry]);
		if (byteLength(digestText(texts)) <= MAX_DIGEST_BYTES) fitting.push(entry);
		else break;
	}
	return fitting;
}

/** One message that says what several broadcasts to one target say. */
export function digestOf(entries: QueueEntry[]): Unsent {
	const first = entries[0]?.payload.unsent as Unsent;
	const contents = contentsOf(entries);
	return {
		...first,
		content: {
			type: contents[0]?.type ?? 'text',
			text: digestText(contents),
			title: headline(contents),
		},
		seed: idempotencyKey('digest', ...entries.map(({ row }) => row.key)),
		// Which ones fit together can be another set the next time.
		repeatable: false,
		sentParts: 0,
		messageIds: [],
	};
}

function digestText(contents: TextMessage[]): string {
	const list = contents.map(({ title, text }, index) => {
		const heading = asText(title);
		return `${index + 1}. ${heading && `${heading}\n`}${asText(text)}`;
	});
	return [headline(contents), ...list].join('\n\n');
}

function headline({ length }: TextMessage[]): string {
	return `${length} 条消息 / ${length} messages`;
}

function contentsOf(entries: QueueEntry[]): TextMessage[] {
	const contents: OutgoingMessage[] = entries.flatMap(
		({ payload }) => payload.unsent?.content ?? [],
	);
	return contents.filter(isText);
}
