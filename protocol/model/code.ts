/** A piece of a text, by its offsets. */
export interface CodeRange {
	start: number;
	end: number;
}

/** What of a Markdown text is code, and the mark of a block that never ends. */
export interface Code {
	ranges: CodeRange[];
	/** Where the open block begins, and its mark. */
	open?: { start: number; mark: string };
}

/**
 * Finds code blocks and code spans. A span is looked for within one line: a model that talks about a tag writes
 * it so. Takes time in proportion to the text.
 */
export function findCode(text: string): Code {
	const ranges: CodeRange[] = [];
	let open: { start: number; mark: string } | undefined;
	let start = 0;
	for (const line of text.split('\n')) {
		const [, mark = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
		if (open) {
			if (mark.startsWith(open.mark) && rest.trim() === '') {
				ranges.push({ start: open.start, end: start + line.length });
				open = undefined;
			}
		} else if (mark && !(mark.startsWith('`') && rest.includes('`'))) {
			open = { start, mark };
		} else {
			ranges.push(...spansIn(line, start));
		}
		start += line.length + 1;
	}
	return { ranges, ...(open && { open }) };
}

/** Code spans of a line: a run of backticks to the next run of the same length. */
function spansIn(line: string, offset: number): CodeRange[] {
	const runs = [...line.matchAll(/`+/g)].map((run) => ({ at: run.index, size: run[0].length }));
	const next = new Map<number, number>();
	const partners = new Array<number | undefined>(runs.length);
	for (let index = runs.length - 1; index >= 0; index--) {
		partners[index] = next.get(runs[index]!.size);
		next.set(runs[index]!.size, index);
	}
	const spans: CodeRange[] = [];
	for (let index = 0; index < runs.length; index++) {
		const partner = partners[index];
		if (partner === undefined) continue;
		const { at } = runs[index]!;
		const last = runs[partner]!;
		spans.push({ start: offset + at, end: offset + last.at + last.size });
		index = partner;
	}
	return spans;
}

/** Tells of rising offsets whether they are in one of the ranges, which rise as well. */
export function within(ranges: readonly CodeRange[]): (offset: number) => boolean {
	let index = 0;
	return (offset) => {
		while (index < ranges.length && ranges[index]!.end <= offset) index++;
		return index < ranges.length && ranges[index]!.start <= offset;
	};
}
