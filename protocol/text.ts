import { createHash } from 'node:crypto';

/** Length in UTF-8 bytes, which is what the platforms count. */
export function byteLength(text: string): number {
	return Buffer.byteLength(text, 'utf8');
}

/** Less than this for a text would make a flood of messages of it. */
const MIN_PART_BYTES = 500;

/**
 * What a limit leaves for the text of each part, where mentions take their share.
 * @throws Error where that is next to nothing
 */
export function limitBeside(mentionBytes: number, maxBytes: number): number {
	const left = maxBytes - mentionBytes;
	if (left < MIN_PART_BYTES) throw new Error('Too many mentions for one message');
	return left;
}

/**
 * The key that makes a retry the same message to the platform: equal for equal input, 32 hex digits
 * (the strictest platform takes 50 characters).
 */
export function idempotencyKey(...parts: string[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** White space and what is not shown at all: zero-width characters, marks of direction, fillers. */
const HIDDEN_BEFORE = /^[\s\p{Default_Ignorable_Code_Point}]+/u;
/** Behind a character, joiners, selectors and tags belong to it: they make an emoji what it is. */
const HIDDEN_BEHIND = /^[\s\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]$/u;

/** Nobody writes a longer one by hand. */
const MAX_ADDRESS = 200;

/** A text without what nobody sees before it. */
export const trimTextStart = (text: string): string => text.replace(HIDDEN_BEFORE, '');

/** A text without what nobody sees before and behind it: a command must not hide behind that. */
export function trimText(text: string): string {
	const begun = trimTextStart(text);
	let end = begun.length;
	// From behind, as an expression would look at every beginning of white space inside the text.
	while (end > 0 && HIDDEN_BEHIND.test(begun.charAt(end - 1))) end--;
	return begun.slice(0, end);
}

/** A text without what nobody sees in it: for words that are compared, never for what somebody wrote. */
export const withoutHidden = (text: string): string =>
	text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');

/**
 * Whether an `@` and the name behind it are part of a mail or web address, and therefore mention nobody.
 * @param end behind the name
 */
export function isInAddress(text: string, start: number, end: number): boolean {
	const before = text.slice(Math.max(0, start - MAX_ADDRESS), start);
	const isMail = /[\w.+-]$/.test(before) && /^(?:[.-]\w|:[\w~/])/.test(text.slice(end, end + 2));
	return isMail || /https?:\/\/[\x21-\x7e]*[/=&?#:~]$/i.test(before);
}

/** The parts of a list in one field, as people write them: between commas, semicolons, bars or line ends. */
export function splitList(list: string): string[] {
	return list
		.split(/[,，、;；|\n]/u)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}
