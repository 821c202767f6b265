import { withoutHidden } from '../../protocol/text';

/*
 * Commands that people write in a chat: what every command has in common, whatever it is about. Each room
 * reads its own commands.
 */

/** What is answered to a command that is not understood. */
export interface CommandMistake {
	name: 'mistake';
	/** For the chat: what was not understood, or what would be. */
	hint: string;
}

/** The word is none that the command has. */
export const unknownWord = (word: string): CommandMistake => ({
	name: 'mistake',
	hint: `不认识 Not known: ${word.slice(0, 40)}`,
});

/** @param use the command as it is to be written */
export const usageOf = (use: string): CommandMistake => ({
	name: 'mistake',
	hint: `用法 Usage: ${use}`,
});

/** The names that all kinds of commands have, as people type them. */
export const COMMON_NAMES = {
	help: 'help',
	'?': 'help',
	帮助: 'help',
	list: 'list',
	ls: 'list',
	列表: 'list',
} as const;

/** What a word of a command stands for; undefined where it is none of them. */
export const meaning = <T>(
	words: Readonly<Record<string, T>>,
	word: string | undefined,
): T | undefined => {
	const key = word?.toLowerCase() ?? '';
	return Object.hasOwn(words, key) ? words[key] : undefined;
};

/**
 * What phones in Chinese write wide, without what nobody sees. Only for words that mean something to the
 * command, never for a text.
 */
const narrow = (text: string): string =>
	withoutHidden(text).replace(/[！-～]/gu, (wide) =>
		String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
	);

/** The first word of a text, and the rest of it as it was written. A byte order mark (U+FEFF) ends no word. */
export function firstWord(text: string): [word: string, rest: string] {
	const [, word = '', rest = ''] = /^\s*([\S\ufeff]*)\s*([\s\S]*)$/u.exec(text) ?? [];
	return [narrow(word), rest];
}

/** The words of a text. */
export const wordsOf = (text: string): string[] =>
	narrow(text)
		.split(/\s+/u)
		.filter((word) => word !== '');
