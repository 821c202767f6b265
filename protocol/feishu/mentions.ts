import type { Mention } from '../message';
import { asFields, asList, asText, type Fields } from '../fields';
import { isInAddress } from '../text';

/* Who is mentioned in a Feishu message: its text holds a key where the name belongs. */

export interface Mentioned {
	key: string;
	openId: string;
	name: string;
	isBot: boolean;
	/** Everybody (@所有人): mostly not in the list of mentions, and then known by its key alone. */
	isAll: boolean;
}

/** The place of a mention of everybody. */
export const ALL_KEY = '@_all';
export const ALL_NAME = '所有人';

/** Whether an id of a mention stands for everybody. */
export const meansAll = (id: string): boolean =>
	id === 'all' || id === 'all_members' || id === ALL_KEY;

/**
 * The mentions of a message, the bot's own marked.
 * @returns `bot`: whether it is among them, also where it cannot be told which one it is
 */
export function mentionedIn(
	message: Fields,
	isGroup: boolean,
	botOpenId: string | undefined,
): { list: Mentioned[]; bot: boolean } {
	const all = asList(message.mentions).map(asFields);
	const named = all.filter((mention) => !isEverybody(mention));
	const bots = botOpenId
		? named.filter((mention) => idOf(mention) === botOpenId)
		: named.filter((mention) => isGroup && mayBeBot(mention));
	const own = botOpenId || bots.length === 1 ? bots : [];
	const list = all.map((mention) => ({
		key: asText(mention.key),
		openId: idOf(mention),
		name: asText(mention.name),
		isBot: own.includes(mention),
		isAll: isEverybody(mention),
	}));
	return { list, bot: bots.length > 0 };
}

const idOf = (mention: Fields): string =>
	asText(asFields(mention.id).open_id) || asText(mention.id);

function isEverybody(mention: Fields): boolean {
	const { open_id: openId, user_id: userId } = asFields(mention.id);
	return [mention.key, mention.id, openId, userId].map(asText).some(meansAll);
}

/** While the bot's own id is not known: what Feishu says of the one mentioned, or the lack of a person's id. */
function mayBeBot(mention: Fields): boolean {
	const type = asText(mention.mentioned_type);
	return type ? type === 'bot' || type === 'app' : !asText(asFields(mention.id).user_id);
}

/** Mentions for people who read them: without the bot, everybody once. */
export function mentionsOf(mentioned: Mentioned[], everybody: boolean): Mention[] {
	const people = mentioned
		.filter(({ isBot, isAll }) => !isBot && !isAll)
		.map(({ openId, name }) => ({ ...(openId && { id: openId }), ...(name && { name }) }));
	const all = everybody || mentioned.some(({ isAll }) => isAll);
	return all ? [...people, { name: ALL_NAME, all: true }] : people;
}

/**
 * Whether the key of everybody stands at a place of a text. It is no place where it goes on, as `@_all_users`
 * does, or is part of an address: nothing but the text tells of this mention.
 */
function isAllAt(said: string, at: number): boolean {
	const end = at + ALL_KEY.length;
	if (/^\w/.test(said.slice(end, end + 1))) return false;
	const isBehindMention = /@_user_\d{1,9}$/.test(said.slice(Math.max(0, at - 20), at));
	return isBehindMention || !isInAddress(said, at, end);
}

/** Whether a text with its keys mentions everybody. */
export const saysAll = (said: string): boolean =>
	[...said.matchAll(/@_all/g)].some(({ index }) => isAllAt(said, index));

/** A mention's key, with what was written directly behind it, and the blank after that. */
const PLACES = /(@\w{1,32})( ?)/g;

/** Puts names where the keys stand. The bot's own mention is taken out, with the blank after it. */
export function withNames(said: string, mentioned: Mentioned[]): string {
	const names = new Map(
		mentioned.map(({ key, name, isBot, isAll }) => [
			key,
			isBot ? '' : `@${isAll ? ALL_NAME : name}`,
		]),
	);
	names.set(ALL_KEY, `@${ALL_NAME}`);
	return said.replace(PLACES, (whole, place: string, blank: string, at: number) => {
		const isPlace = (key: string): boolean =>
			names.has(key) && (key !== ALL_KEY || isAllAt(said, at));
		// The longest key counts: @_user_1 is the beginning of @_user_10.
		let end = place.length;
		while (end > 1 && !isPlace(place.slice(0, end))) end--;
		const name = names.get(place.slice(0, end));
		if (name === undefined || end <= 1) return whole;
		const rest = place.slice(end) + blank;
		return name ? name + rest : rest.replace(/^ /, '');
	});
}
