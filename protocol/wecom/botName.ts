import { isInAddress, trimText, trimTextStart } from '../text';

/*
 * A group message to an AI bot holds `@` and the bot's name somewhere, as plain text, and the callback says
 * the name nowhere. It is written in the credential, or learned from what people write.
 */

/** A name has at most this many words; a message that begins with more has none that could be told. */
const MAX_NAME_WORDS = 4;

/**
 * Takes the bot's own mention out of a group message.
 * @param name the bot's name; undefined while nobody knows it: the mention is then told by its form, where
 * the text begins with one
 */
export function withoutOwnMention(said: string, name: string | undefined): string {
	const text = trimTextStart(said);
	const known = name ? withoutName(text, name) : undefined;
	return trimText(known ?? withoutGuess(text));
}

/** Undefined where the text does not hold the mention: the bot may have another name by now. */
function withoutName(text: string, name: string): string | undefined {
	const mention = `@${name}`;
	const pieces: string[] = [];
	let from = 0;
	for (let at = text.indexOf(mention); at >= 0; at = text.indexOf(mention, at + 1)) {
		const end = at + mention.length;
		if (!endsAt(text, name, end) || isInAddress(text, at, end)) continue;
		pieces.push(text.slice(from, at));
		// The blanks that the client sets behind a mention go with it.
		from = end + (/^[^\S\n]+/u.exec(text.slice(end, end + 8))?.[0].length ?? 0);
	}
	const rest = text.slice(from);
	if (pieces.length === 0) return undefined;
	const said = trimTextStart(pieces.join('') + rest);
	// "@Bot, …" and "@Bot：…" speak to it, too.
	return text.startsWith(mention) ? said.replace(/^[,，:：、]\s*/u, '') : said;
}

/** A name in letters goes on where letters follow: `@ClawBots` is somebody else. Behind Chinese no blank is needed. */
function endsAt(text: string, name: string, end: number): boolean {
	return !(/[A-Za-z0-9_]$/.test(name) && /^[A-Za-z0-9_]/.test(text.slice(end, end + 1)));
}

/** The mark that WeCom's clients set behind a mention, or two blanks; written by people nearly nowhere else. */
const NAME_END = /^@(\S+(?:[ \u00a0]\S+){0,3}?)(?:\u2005| {2,})/u;
/** A command behind a name of several words. */
const COMMAND = /^@\S+(?: \S+){1,3}?\s(\/[^\s/]+(?=\s|$)[\s\S]*)$/u;
/** Nothing but one word: letters and digits, not so many that it would be a sentence. */
const ONE_WORD = /^@[\p{L}\p{N}_.·-]{1,32}$/u;
/** A name in letters with Chinese behind it may be a name and a text without a blank between them. */
const TWO_SCRIPTS = /[A-Za-z0-9]\p{Script=Han}/u;

function withoutGuess(text: string): string {
	if (!text.startsWith('@')) return text;
	const end = NAME_END.exec(text)?.[0].length;
	if (end !== undefined) return text.slice(end);
	const command = COMMAND.exec(text)?.[1];
	if (command !== undefined) return command;
	const word = text.trimEnd();
	if (ONE_WORD.test(word) && !TWO_SCRIPTS.test(word)) return '';
	return text.replace(/^@\S+\s+/u, '');
}

/**
 * So many messages must begin alike before their common second word belongs to the name: two questions that begin with
 * "How" do not make it one.
 */
const LEAST_ALIKE = 10;

/** Enough for any group; a bot whose messages begin with more different words has no name to be learned. */
const MAX_PREFIXES = 2000;

/**
 * Learns a bot's name from the messages of its groups: the words that all messages have in common in front,
 * up to where they begin to differ. Only messages that mention nobody else count, because there the
 * mention is the bot's.
 */
export class NameLearner {
	/** What followed each beginning of words: a word, the end of the text, or the mark behind a mention. */
	private readonly followers = new Map<string, Set<string>>();
	private readonly seen = new Map<string, number>();

	/** @param said the text of a group message as it came */
	add(said: string): void {
		const text = trimTextStart(said);
		if (!text.startsWith('@') || text.indexOf('@', 1) > 0) return;
		const marked = NAME_END.exec(text)?.[1];
		const words = (marked ?? text.slice(1).trimEnd()).split(/\s+/u, MAX_NAME_WORDS + 1);
		const [first = ''] = words;
		if (first === '' || this.followers.size > MAX_PREFIXES) return;
		this.seen.set(first, (this.seen.get(first) ?? 0) + 1);
		// A command is no part of a name.
		const command = words.findIndex((word) => word.startsWith('/'));
		const most = Math.min(command < 0 ? words.length : command, MAX_NAME_WORDS);
		for (let count = 1; count <= most; count++) {
			const prefix = words.slice(0, count).join(' ');
			const isEnd = marked !== undefined && count === words.length;
			// The name is not longer than where messages begin to differ.
			if (this.follow(prefix, isEnd ? ['@', ''] : [words[count] ?? '']) > 1) return;
		}
	}

	/** @returns how many different ones are known to follow; two are enough to say that messages differ */
	private follow(prefix: string, followers: string[]): number {
		const known = this.followers.get(prefix) ?? new Set();
		for (const follower of followers) if (known.size < 2) known.add(follower);
		this.followers.set(prefix, known);
		return known.size;
	}

	/** The name; undefined while messages have not shown where it ends. */
	get name(): string | undefined {
		const [first, seen] = [...this.seen].reduce(
			(most, one) => (one[1] > most[1] ? one : most),
			['', 0],
		);
		let name = first;
		for (let words = 1; words <= MAX_NAME_WORDS && name !== ''; words++) {
			const followers = this.followers.get(name) ?? new Set();
			if (followers.size > 1) {
				const hasCommand = [...followers].some((follower) => follower.startsWith('/'));
				const isSure = words === 1 || followers.has('@') || hasCommand || seen >= LEAST_ALIKE;
				return isSure ? name : undefined;
			}
			const [next = ''] = followers;
			if (next === '') return undefined;
			name = `${name} ${next}`;
		}
		return undefined;
	}
}
