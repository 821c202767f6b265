import type { MeasuredCell, PlacedCell, Results } from '../../../scripts/bench/cells';
import { type Figures, figuresOf } from '../../../scripts/bench/figures';

/* Results made up for the tests of what is said of them. */

/** A message that was acknowledged after 500 ms and answered after 800, with 300 ms of processor time. */
export const run = (changes: Partial<Figures> = {}): Figures => ({
	...figuresOf({
		sent: [{ id: 'a', at: 0, end: 500, status: 200 }],
		answers: new Map([['a', [800]]]),
		cpuSeconds: 0.3,
	}),
	...changes,
});

export const cell = (
	place: Partial<PlacedCell> & Pick<PlacedCell, 'side'>,
	changes: Partial<Figures> = {},
): MeasuredCell => ({
	engine: 'lazy',
	network: 'plain',
	load: 'burst',
	...place,
	figures: run(changes),
});

export const resultsOf = (...cells: MeasuredCell[]): Results => ({
	machine: '2 cores',
	cells,
	leftOut: [],
	idleCpu: {},
});
