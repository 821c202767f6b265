'use strict';
const { linesOf } = require('./cells.js');

/** @import { Line, Results } from './cells.js' */
/** @import { Figures } from './figures.js' */
/** @import { Engine, SideName } from './plan.js' */
/** @import { Words } from './words.js' */
/** @typedef {{ title: string, marked?: boolean, rows: Row[] }} Panel `marked`: with the platform's deadline */
/** @typedef {{ name: string, values: Partial<Record<SideName, number>> }} Row ms by side */

/* The report's picture: points on a logarithmic scale, as wide as a phone, so that it is read there too. */

const WIDTH = 420;
const LEFT = 112;
const RIGHT = 22;
const ROW = 42;
const DECADES = ['10 ms', '0.1 s', '1 s', '10 s', '100 s'];
const LEAST_MS = 10;
const DEADLINE_MS = 3000;

/** @type {Record<SideName, { color: string, shape: string, labelY: number }>} */
const MARKS = {
	floor: { color: '#6b6b6b', shape: 'M-5-5h10v10h-10z', labelY: -9 },
	http: { color: '#b35900', shape: 'M-6 5h12l-6-11z', labelY: 18 },
	noKeepAlive: { color: '#7a2a8c', shape: 'M-6-5h12l-6 11z', labelY: 19 },
	stream: { color: '#0059b3', shape: 'M0-7l7 7-7 7-7-7z', labelY: -9 },
};

/** @param {number} ms */
function x(ms) {
	const share = Math.log10(Math.max(ms, LEAST_MS) / LEAST_MS) / (DECADES.length - 1);
	return Math.round((LEFT + Math.min(share, 1) * (WIDTH - LEFT - RIGHT)) * 10) / 10;
}

/** @param {number} ms */
const time = (ms) =>
	ms < 995 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toPrecision(2))} s`;

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/**
 * @param {number} left
 * @param {number} top
 * @param {string} content
 * @param {string} [more] attributes
 */
const text = (left, top, content, more = '') =>
	`<text x="${left}" y="${top}"${more}>${escaped(content)}</text>`;

/**
 * @param {SideName} side
 * @param {number} left
 * @param {number} top
 */
const mark = (side, left, top) =>
	`<path d="${MARKS[side].shape}" transform="translate(${left} ${top})" fill="${MARKS[side].color}"/>`;

/** As wide as the longest value. */
const LABEL = 48;

/**
 * Where the label of a mark stands: at the mark, or beside the one that it would cover.
 *
 * @param {SideName} side
 * @param {Row['values']} values
 */
function labelX(side, values) {
	const { labelY } = MARKS[side];
	const own = x(values[side] ?? LEAST_MS);
	const others = Object.entries(values).filter(
		([name]) => name !== side && MARKS[/** @type {SideName} */ (name)].labelY === labelY,
	);
	const shift = others.map(([, ms]) => {
		const away = own - x(ms);
		return (Math.max(LABEL - Math.abs(away), 0) / 2) * (away < 0 ? -1 : 1);
	});
	return own + shift.reduce((sum, each) => sum + each, 0);
}

/**
 * @param {Row} row
 * @param {number} top its middle
 */
function drawRow({ name, values }, top) {
	const sides = /** @type {SideName[]} */ (Object.keys(values));
	const points = sides.map((side) => {
		const ms = values[side] ?? LEAST_MS;
		const { color, labelY } = MARKS[side];
		const style = ` style="fill:${color}" class="value"`;
		return mark(side, x(ms), top) + text(labelX(side, values), top + labelY, time(ms), style);
	});
	return [
		text(LEFT - 14, top + 4, name, ' text-anchor="end"'),
		`<path d="M${LEFT} ${top}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
		...points,
	];
}

/**
 * @param {Panel} panel
 * @param {number} top
 * @param {Words} words
 */
function drawPanel({ title, marked, rows }, top, { picture }) {
	const first = top + 46;
	const bottom = first + rows.length * ROW;
	const late = x(DEADLINE_MS);
	return [
		text(12, top + 14, title, ' class="title"'),
		...(marked
			? [
					`<rect x="${late}" y="${top + 24}" width="${WIDTH - RIGHT - late}" height="${bottom - top - 24}" fill="#fbe9e7"/>`,
					text(WIDTH - RIGHT, top + 35, picture.deadline, ' class="late"'),
				]
			: []),
		...DECADES.flatMap((label, index) => {
			const left = x(LEAST_MS * 10 ** index);
			const line = `<path d="M${left} ${first - 14}V${bottom}" stroke="#eee"/>`;
			return [line, text(left, bottom + 13, label, ' class="scale"')];
		}),
		...rows.flatMap((row, index) => drawRow(row, first + 14 + index * ROW)),
	];
}

/** @param {Panel} panel */
const heightOf = ({ rows }) => 46 + rows.length * ROW + 36;

/**
 * @param {Line[]} lines
 * @param {SideName[]} sides
 * @param {(run: Figures) => number | undefined} of
 * @param {(line: Line) => string} nameOf
 */
const rowsOf = (lines, sides, of, nameOf) =>
	lines.map((line) => ({
		name: nameOf(line),
		values: Object.fromEntries(
			sides.flatMap((side) => {
				const run = line.sides[side];
				const value = run && of(run);
				return value === undefined ? [] : [[side, value]];
			}),
		),
	}));

/**
 * @param {Pick<Results, 'cells'>} results
 * @param {Words} words
 * @returns {Panel[]}
 */
function panelsOf({ cells }, words) {
	const { picture } = words;
	/** @type {Engine[]} */
	const engines = ['lazy', 'default'];
	const acknowledged = engines.map((engine) => {
		const lines = linesOf(cells, { engine, network: 'plain' }).filter(({ sides }) => sides.floor);
		const title = picture.acknowledged(words.engines[engine]);
		/** @param {Figures} run */
		const of = (run) => run.acknowledgement.p99;
		const name = (/** @type {Line} */ { load }) => words.loads[load] ?? load;
		return { title, marked: true, rows: rowsOf(lines, ['floor', 'http', 'stream'], of, name) };
	});
	const steady = linesOf(cells, { engine: 'lazy', load: '17/s' });
	const answered = rowsOf(
		steady,
		['floor', 'noKeepAlive', 'stream'],
		(run) => run.overhead.p95,
		({ network }) => words.networks[network],
	);
	return [...acknowledged, { title: picture.answered, rows: answered }].filter(
		({ rows }) => rows.length > 0,
	);
}

/** @param {number} size */
const style = (size) =>
	`text{font:${size}px system-ui,-apple-system,"Segoe UI","Noto Sans CJK SC","Microsoft YaHei",sans-serif;fill:#222}` +
	'.title{font-weight:600;font-size:14px}.value,.scale{text-anchor:middle;font-size:11px}' +
	'.value{font-weight:600;stroke:#fff;stroke-width:3px;paint-order:stroke}.scale{fill:#666}' +
	'.late{text-anchor:end;font-size:11px;fill:#a33}';

/**
 * The picture as SVG, in one language.
 *
 * @param {Pick<Results, 'cells'>} results
 * @param {Words} words
 */
function picture(results, words) {
	const panels = panelsOf(results, words);
	/** @type {SideName[]} */
	const legend = ['stream', 'noKeepAlive', 'http', 'floor'];
	const parts = legend.flatMap((side, index) => [
		mark(side, 20, 20 + index * 20),
		text(34, 24 + index * 20, words.picture.sides[side]),
	]);
	let top = 20 + legend.length * 20 + 12;
	for (const panel of panels) {
		parts.push(...drawPanel(panel, top, words));
		top += heightOf(panel);
	}
	parts.push(text(12, top + 4, words.picture.scale, ' class="scale" style="text-anchor:start"'));
	const height = top + 18;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" xml:lang="${words.lang}">`,
		`<title>${escaped(words.picture.alt)}</title>`,
		`<style>${style(13)}</style>`,
		`<rect width="${WIDTH}" height="${height}" rx="6" fill="#fff"/>`,
		...parts,
		'</svg>',
		'',
	].join('\n');
}

module.exports = { picture };
