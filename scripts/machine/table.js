'use strict';

/**
 * A Markdown table that is aligned for a terminal as well; the first column to the left.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
	const widths = head.map((title, column) =>
		Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	/** @param {string[]} cells */
	const line = (cells) => {
		const padded = widths.map((width, column) => {
			const cell = cells[column] ?? '';
			return column === 0 ? cell.padEnd(width) : cell.padStart(width);
		});
		return `| ${padded.join(' | ')} |`;
	};
	const rule = widths.map((width, column) =>
		column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
	);
	return [line(head), line(rule), ...rows.map(line)].join('\n');
}

module.exports = { table };
