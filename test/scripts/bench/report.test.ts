import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Results } from '../../../scripts/bench/cells';
import { ratio } from '../../../scripts/bench/cells';
import { picture } from '../../../scripts/bench/picture';
import { report } from '../../../scripts/bench/report';
import { verdicts } from '../../../scripts/bench/verdicts';
import { WORDS } from '../../../scripts/bench/words';
import { headingsOf } from '../../docs/pages';
import { cell, resultsOf } from './results';

/* The pages and the picture, from a sample of what a run has kept. */

const sample = JSON.parse(readFileSync(join(__dirname, 'sample.json'), 'utf8')) as Results;
const LANGUAGES = Object.values(WORDS).map((words) => [words.lang, words] as const);

/** The cells of each row of the tables, their heads and rules left out. */
const rowsOf = (page: string) =>
	page
		.split(/\n\n/)
		.filter((part) => part.startsWith('|'))
		.flatMap((table) => table.trim().split('\n').slice(2))
		.map((row) =>
			row
				.split('|')
				.map((each) => each.trim())
				.slice(1, -1),
		);

describe.each(LANGUAGES)('The page in %s', (_, words) => {
	const page = report(sample, words, 'images/x.svg');

	it('has a row for each cell, in all its columns, and its picture', () => {
		const names = sample.cells.map(
			({ load, side }) => `${words.loads[load]}: ${words.sides[side]}`,
		);
		const rows = rowsOf(page).filter(([name]) => names.includes(name!));
		expect(rows.map(([name]) => name).sort()).toEqual(names.sort());
		for (const row of rows) expect(row).toHaveLength(words.columns.length);
		expect(page).toContain(`![${words.picture.alt}](images/x.svg)`);
		expect(page).toContain(sample.machine);
	});

	it('says of each wish whether it holds', () => {
		const list = page.split('\n').filter((line) => /^- [✓✗]/.test(line));
		const found = verdicts(sample, words);
		expect(list).toHaveLength(found.length);
		for (const [index, [good, what, figures]] of found.entries()) {
			expect(list[index]).toContain(`${what}: ${figures}.`);
			expect(list[index]!.includes(words.texts.notReached)).toBe(!good);
		}
	});

	it('has no word missing', () => {
		expect(page).not.toMatch(/undefined|NaN|\[object/);
	});
});

it('Both pages have the same parts', () => {
	const [en, zh] = LANGUAGES.map(([, words]) => report(sample, words, 'x.svg'));
	const levels = (page: string) => headingsOf(page).map(({ level }) => level);
	expect(levels(zh!)).toEqual(levels(en!));
	expect(rowsOf(zh!).map((row) => row.slice(1))).toEqual(rowsOf(en!).map((row) => row.slice(1)));
});

it('A load is compared with HTTP and the floor of its own network', () => {
	const at = (side: 'floor' | 'http' | 'stream', ms: number, network: 'plain' | 'tls0') =>
		cell({ side, network }, { acknowledgement: { p50: ms, p95: ms, p99: ms, max: ms } });
	const page = report(
		resultsOf(
			...[at('floor', 1000, 'plain'), at('http', 100, 'plain'), at('stream', 5, 'plain')],
			...[at('http', 50, 'tls0'), at('stream', 5, 'tls0')],
		),
		WORDS.en,
		'x.svg',
	);
	const compared = rowsOf(page).map((row) => [row[0], row[12], row[15]]);
	expect(compared).toEqual([
		['500 in 2 s: floor', '×10', ''],
		['500 in 2 s: HTTP', '', '×0.1'],
		['500 in 2 s: connection', '×0.05', '×0.005'],
		['500 in 2 s: HTTP', '', ''],
		['500 in 2 s: connection', '×0.1', ''],
	]);
	expect([ratio(5, 100), ratio(undefined, 1), ratio(1, 0)]).toEqual(['×0.05', '', '']);
});

it('The page names the loads that there was no time for', () => {
	const left = cell({ side: 'floor', load: '200/s' });
	const results = { ...resultsOf(cell({ side: 'http' })), leftOut: [left] };
	expect(report(results, WORDS.en, 'x.svg')).toContain(
		'Left out, because this machine was too slow: 200/s (floor).',
	);
});

describe.each(LANGUAGES)('The picture in %s', (_, words) => {
	const svg = picture(sample, words);
	const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<\/text>/g)];

	it('is one well-formed drawing, a phone wide', () => {
		const [, width, height] = /^<svg [^>]*viewBox="0 0 (\d+) (\d+)"/.exec(svg)!;
		expect(Number(width)).toBeLessThanOrEqual(440);
		for (const [, left, top] of texts) {
			expect(Number(left)).toBeLessThanOrEqual(Number(width));
			expect(Number(top)).toBeLessThanOrEqual(Number(height));
		}
		const opened = svg.match(/<(?!\/)[a-z]+[^>]*[^/]>/g)!.length;
		expect(svg.match(/<\/[a-z]+>/g)).toHaveLength(opened);
		expect(svg.replace(/&(amp|lt);/g, '')).not.toContain('&');
	});

	it('has the time of each mark, and who each is', () => {
		const steady = sample.cells.find(
			({ engine, network, load, side }) =>
				`${engine} ${network} ${load} ${side}` === 'lazy plain 17/s stream',
		)!;
		const said = texts.map(([, , , text]) => text);
		expect(said).toContain(`${Math.round(steady.figures.acknowledgement.p99!)} ms`);
		expect(said).toEqual(expect.arrayContaining(Object.values(words.picture.sides)));
		expect(svg).not.toMatch(/undefined|NaN/);
	});

	it('writes no time over another', () => {
		const times = texts.filter(([whole]) => whole.includes('class="value"'));
		const lines = new Map<string, number[]>();
		for (const [, left, top] of times) lines.set(top!, [...(lines.get(top!) ?? []), Number(left)]);
		const gaps = [...lines.values()].flatMap((places) =>
			places.sort((a, b) => a - b).flatMap((each, at) => (at ? [each - places[at - 1]!] : [])),
		);
		expect(gaps.length).toBeGreaterThan(0);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(47.9);
	});
});

it('The picture puts a tenfold time one step to the right, and what is beyond its scale at the edge', () => {
	const at = (ms: number) =>
		cell({ side: 'floor' }, { acknowledgement: { p50: ms, p95: ms, p99: ms, max: ms } });
	const place = (ms: number) => {
		const svg = picture(resultsOf(at(ms)), WORDS.en);
		return Number([...svg.matchAll(/translate\(([\d.]+) /g)].at(-1)![1]);
	};
	const step = place(100) - place(10);
	expect(step).toBeGreaterThan(40);
	expect(place(1000) - place(100)).toBeCloseTo(step, 0);
	expect(place(1)).toBe(place(10));
	expect(place(1e6)).toBe(place(1e5));
});
