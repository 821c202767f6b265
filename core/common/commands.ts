/* Commands that people write in a chat: their words, before they mean anything. */

/** What a word of a command stands for; undefined where it is none of them. */
export const meaning = <T>(
	words: Readonly<Record<string, T>>,
	word: string | undefined,
): T | undefined => {
	const key = word?.toLowerCase() ?? '';
	return Object.hasOwn(words, key) ? words[key] : undefined;
};

/** What phones in Chinese write wide. Only for words that mean something to the command, never for a text. */
export const narrow = (text: string): string =>
	text.replace(/[！-～]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));

/** The first word of a text, and the rest of it as it was written. */
export function firstWord(text: string): [word: string, rest: string] {
	const [, word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/u.exec(text) ?? [];
	return [narrow(word), rest];
}

/** The words of a text. */
export const wordsOf = (text: string): string[] =>
	narrow(text)
		.split(/\s+/u)
		.filter((word) => word !== '');
