import type { LedgerEntry } from './ledger.ts';
import type { UserMessage } from './messages.ts';
import { DEFAULT_GROUPS, OPERATIONS_GROUP } from './people.ts';
import type { World } from './world.ts';

/** As much as the playground shows after it was loaded anew. */
const MOST = 60;

/** What bots sent on their own account and the platforms accepted. */
const isPushed = ({ direction, text, replyTo, refused }: LedgerEntry) =>
	direction === 'in' && !!text && !replyTo && !refused;

function shown(message: UserMessage, world: World) {
	const { id, platform, bot, botId, from, conversation, type, text, contentType, quote, at } =
		message;
	const file = message.file && world.files.get(message.file);
	return {
		messageId: id,
		platform,
		bot,
		botId,
		from,
		conversation,
		type,
		text,
		contentType,
		mentionsBot: message.mentionsBot,
		quote,
		file: file && { key: message.file, name: file.name, contentType: file.contentType },
		at,
		answers: message.answers,
		entries: world.ledger.find({ messageId: id }).entries,
	};
}

/** What the playground shows: the last messages with their answers, and what bots sent by themselves. */
export function historyOf(world: World) {
	const { entries, next } = world.ledger.find({ direction: 'in' });
	const services = Object.keys(DEFAULT_GROUPS);
	return {
		messages: world.messages.recent(MOST).map((message) => shown(message, world)),
		pushed: entries
			.filter((entry) => isPushed(entry) && services.includes(entry.service))
			.slice(-MOST),
		next,
		operations: OPERATIONS_GROUP,
	};
}
