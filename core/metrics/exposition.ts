/** One line of a `/metrics` page. */
export interface Series {
	name: string;
	labels: Readonly<Record<string, string>>;
	value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;

/**
 * Reads Prometheus's text format (version 0.0.4, and what OpenMetrics adds to it). A line that is not
 * understood is passed over: the rest of the page still counts.
 * @param wanted which names to read; pages are long, and few lines matter
 */
export function parseExposition(text: string, wanted: (name: string) => boolean): Series[] {
	const found: Series[] = [];
	for (const line of text.split('\n')) {
		const [name = ''] = NAME.exec(line) ?? [];
		if (name === '' || !wanted(name)) continue;
		const series = readSeries(name, line.slice(name.length));
		if (series) found.push(series);
	}
	return found;
}

function readSeries(name: string, rest: string): Series | undefined {
	const labels: Record<string, string> = {};
	let end = 0;
	const open = /^[ \t]*\{/.exec(rest);
	if (open) {
		LABEL.lastIndex = end = open[0].length;
		for (let label = LABEL.exec(rest); label; label = LABEL.exec(rest)) {
			labels[label[1]!] = unescape(label[2]!);
			end = LABEL.lastIndex;
		}
		const close = /^\s*\}/.exec(rest.slice(end));
		if (!close) return undefined;
		end += close[0].length;
	}
	// What follows the value is its time, or an exemplar.
	const [, number] = /^\s+(\S+)/.exec(rest.slice(end)) ?? [];
	const value = readNumber(number ?? '');
	return value === undefined ? undefined : { name, labels, value };
}

const unescape = (text: string): string =>
	text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));

/** The format writes infinity as `+Inf`, which `Number` does not know. */
export function readNumber(text: string): number | undefined {
	const infinity = /^([+-]?)Inf(inity)?$/i.exec(text);
	if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
	const value = text === '' ? NaN : Number(text);
	return Number.isNaN(value) ? undefined : value;
}
