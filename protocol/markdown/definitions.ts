import { destinationAt, labelEnd, labelKey, skipSpace, titleAt } from './links';
import { newBlock, type OpenBlock } from './open';
import type { LinkTarget } from './tree';

/** By the key of the label; the first one counts. */
export type Definitions = Map<string, LinkTarget>;

/** Takes the definitions from the beginning of a paragraph; one of nothing else leaves its parent. */
export function takeDefinitions(block: OpenBlock, definitions: Definitions): void {
	const siblings = block.parent!.children;
	if (siblings.at(-1) === block && (block.lines[0] ?? '[').startsWith('[')) {
		siblings.pop();
		const text = block.lines.join('\n');
		let at = 0;
		for (let found = definitionAt(text, at); found; found = definitionAt(text, at)) {
			const raw = text.slice(at, found.end).trimEnd();
			const [from, lines] = [block.start, raw.split('\n')];
			block.start += lines.length;
			at = found.end + 1;
			siblings.push({
				...newBlock('definition', from),
				end: block.start - 1,
				parent: block.parent,
				lines,
				label: found.key,
			});
			if (!definitions.has(found.key)) definitions.set(found.key, found.target);
		}
		block.lines = at < text.length ? text.slice(at).split('\n') : [];
		if (block.lines.length > 0) siblings.push(block);
	}
}

/** `[label]: destination "title"`, up to the end of a line. */
function definitionAt(
	text: string,
	start: number,
): { key: string; target: LinkTarget; end: number } | undefined {
	const labelled = labelEnd(text, start);
	if (labelled === undefined || text[labelled] !== ':') return undefined;
	const key = labelKey(text.slice(start, labelled));
	const destination = destinationAt(text, skipSpace(text, labelled + 1));
	if (key === '' || !destination) return undefined;
	const { value: url, end } = destination;
	const before = skipSpace(text, end);
	const title = before > end ? titleAt(text, before) : undefined;
	const withTitle = title && lineEnd(text, title.end);
	if (title && withTitle !== undefined) {
		return { key, target: { url, title: title.value, used: false }, end: withTitle };
	}
	const without = lineEnd(text, end);
	return without === undefined ? undefined : { key, target: { url, used: false }, end: without };
}

/** Where the line ends, if nothing but blanks is left of it. */
function lineEnd(text: string, start: number): number | undefined {
	let at = start;
	while (text[at] === ' ' || text[at] === '\t') at++;
	return at >= text.length || text[at] === '\n' ? at : undefined;
}

/** How much the targets of references may add to a text: a long one could be referred to very often. */
export class Budget {
	constructor(private left: number) {}

	take({ url, title = '' }: LinkTarget): boolean {
		this.left -= url.length + title.length;
		return this.left >= 0;
	}
}
