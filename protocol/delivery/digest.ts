import { byteLength, idempotencyKey } from '../text';
import type { OutgoingMessage } from '../message';
import type { Unsent } from './delivery';
import { firstUnknownAt } from './history';
import type { Entry } from './row';

/** What fits into one message on every platform: WeCom's texts hold 2048 bytes. */
export const MAX_DIGEST_BYTES = 2000;

/** Broadcasts with the same one may become one message. */
export function digestGroup(entry: Entry): string | undefined {
	const { row, payload } = entry;
	const { unsent } = payload;
	if (row.kind !== 'notification' || row.priority !== 2 || !unsent?.content) return undefined;
	if (row.class !== 'rateLimited' || unsent.sentParts > 0) return undefined;
	if (firstUnknownAt(entry) !== undefined) return undefined;
	const { platform, via, target = {}, content } = unsent;
	return JSON.stringify([platform, via, target, content.format]);
}

/** As many of some broadcasts, from the first one on, as one message holds without leaving anything out. */
export function fitDigest(entries: Entry[]): Entry[] {
	const fitting: Entry[] = [];
	for (const entry of entries) {
		const texts = contentsOf([...fitting, entry]);
		if (byteLength(digestText(texts)) <= MAX_DIGEST_BYTES) fitting.push(entry);
		else break;
	}
	return fitting;
}

/** One message that says what several broadcasts to one target say. */
export function digestOf(entries: Entry[]): Unsent {
	const first = entries[0]?.payload.unsent as Unsent;
	const contents = contentsOf(entries);
	const mentionIds = [...new Set(contents.flatMap((content) => content.mentionIds ?? []))];
	return {
		...first,
		content: {
			format: contents[0]?.format ?? 'text',
			text: digestText(contents),
			title: `${contents.length} 条消息 messages`,
			...(mentionIds.length > 0 && { mentionIds }),
			...(contents.some(({ mentionAll }) => mentionAll) && { mentionAll: true }),
		},
		seed: idempotencyKey('digest', ...entries.map(({ row }) => row.key)),
		// Which ones fit together can be another set the next time.
		repeatable: false,
		sentParts: 0,
		messageIds: [],
	};
}

function digestText(contents: OutgoingMessage[]): string {
	const list = contents.map(
		({ title, text }, index) => `${index + 1}. ${title ? `${title}\n` : ''}${text}`,
	);
	return [`${contents.length} 条消息 messages`, ...list].join('\n\n');
}

function contentsOf(entries: Entry[]): OutgoingMessage[] {
	return entries.flatMap(({ payload }) => payload.unsent?.content ?? []);
}
