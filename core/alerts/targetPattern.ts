import { splitList } from '../../protocol/text';

const MAX_PATTERN_LENGTH = 500;

/** What tells whether one of some names, with `*` for any letters, is meant. An empty list means all. */
export function targetPattern(list: string): (target: string) => boolean {
	const patterns = splitList(list.slice(0, MAX_PATTERN_LENGTH).toLowerCase()).map((name) =>
		name.split(/\*+/u),
	);
	return (target) =>
		patterns.length === 0 || patterns.some((parts) => isMade(target.toLowerCase(), parts));
}

/** Whether a text consists of these parts, in this order, with anything between them. No pattern takes it long. */
function isMade(text: string, [first = '', ...others]: string[]): boolean {
	const last = others.pop();
	if (last === undefined) return text === first;
	if (!text.startsWith(first)) return false;
	let end = first.length;
	for (const part of others) {
		const found = text.indexOf(part, end);
		if (found < 0) return false;
		end = found + part.length;
	}
	return text.length - last.length >= end && text.endsWith(last);
}
