import type { Table } from './tree';

/** The alignment of each column, from the line of dashes below the head; undefined where it is no such line. */
export function alignOf(line: string): Table['align'] | undefined {
	// A dash with a blank begins a list.
	if (!line.includes('-') || !/[|:]/.test(line) || /^-\s/.test(line)) return undefined;
	const columns = line.trim().split('|');
	if (columns[0] === '') columns.shift();
	if (columns.at(-1) === '') columns.pop();
	const align: Table['align'] = [];
	for (const column of columns) {
		const mark = column.trim();
		if (!/^:?-+:?$/.test(mark)) return undefined;
		const [left, right] = [mark.startsWith(':'), mark.endsWith(':')];
		align.push(left && right ? 'center' : left ? 'left' : right ? 'right' : undefined);
	}
	return align.length > 0 ? align : undefined;
}

/** The cells of a row: bars divide them, without a backslash in front. */
export function cellsOf(row: string): string[] {
	const cells: string[] = [];
	let cell = '';
	for (const part of row.trim().split('|')) {
		if (part.endsWith('\\')) {
			cell += `${part.slice(0, -1)}|`;
		} else {
			cells.push(cell + part);
			cell = '';
		}
	}
	if (cell !== '') cells.push(cell);
	if (cells[0] === '') cells.shift();
	if (cells.at(-1) === '') cells.pop();
	return cells.map((each) => each.trim());
}
