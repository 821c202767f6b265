import fc from 'fast-check';
import { ConnectionFailure } from '../../../core/connection/failure';
import { CONNECTION_TIMING, type ConnectionTiming } from '../../../core/connection/timing';
import { Upkeep } from '../../../core/connection/upkeep';
import type { UpkeepEvent } from '../../../core/connection/upkeepEvents';
import { judged } from '../../interop/seeds';

/* Anything may happen, at any time, to any link: what must hold all the same. */

const someTime = fc.oneof(
	fc.nat(50),
	fc.nat(20_000),
	fc.constantFrom(0, 5_000, 10_000, 15_000, 60_000, 700_000),
	fc.double({ min: 0, max: 100_000, noNaN: true }),
);
const wish = fc.option(fc.double(), { nil: undefined });
const wishes = fc.record({ pingEveryMs: wish, returnWithinMs: wish, retryEveryMs: wish });
const failure = fc
	.tuple(
		fc.constantFrom('unreachable', 'unreachable', 'badCredentials', 'tooMany', 'replaced' as const),
		wish,
	)
	.map(([failureClass, retryAfterMs]) =>
		Object.assign(new ConnectionFailure(failureClass, 'why', 'cure'), { retryAfterMs }),
	);

/** Which of the youngest links an event is about: 0 is the youngest. */
const age = fc.constantFrom(0, 0, 0, 1, 1, 2, 3);
type Step = { waitMs: number; age: number; event: Record<string, unknown> & { kind: string } };
const event: fc.Arbitrary<Step['event']> = fc.oneof(
	fc.record({
		kind: fc.constantFrom('ready', 'heard', 'nuisance', 'leaving', 'renew', 'due', 'start'),
	}),
	fc.record({ kind: fc.constant('located'), wishes }),
	fc.record({ kind: fc.constant('wished'), wishes }),
	fc.record({ kind: fc.constant('opened'), canPing: fc.boolean(), isReady: fc.boolean() }),
	fc.record({ kind: fc.constant('lost'), failure }),
);
/** What a sound platform does, so that many runs get far. */
const connects: Step[] = ['located', 'opened', 'ready'].map((kind) => ({
	waitMs: 10,
	age: 0,
	event: { kind, wishes: {}, canPing: true, isReady: false },
}));
const steps = fc
	.array(
		fc.oneof(
			fc.record({ waitMs: someTime, age, event }).map((step) => [step]),
			fc
				.boolean()
				.map((canPing) => connects.map((step) => ({ ...step, event: { ...step.event, canPing } }))),
		),
		{ maxLength: 60 },
	)
	.map((parts) => parts.flat());

function must(holds: boolean, what: string): void {
	if (!holds) throw new Error(`Not kept: ${what}`);
}

/** An upkeep, and what can be seen of it from outside. */
class Watched {
	now = 0;
	readonly upkeep: Upkeep;
	/** What lives: asked for, and not ended. */
	private readonly live = new Set<number>();
	private readonly ready = new Set<number>();
	private youngest = 0;
	private twoSince?: number;

	constructor(timing: ConnectionTiming, draws: readonly number[]) {
		let drawn = 0;
		this.upkeep = new Upkeep('Test Chat', timing, () => draws[drawn++ % draws.length]!);
	}

	link(aged: number): number {
		return this.youngest - aged;
	}

	/** Tells what is due on the way, at its time. */
	pass(ms: number): void {
		const end = this.now + ms;
		for (;;) {
			const { deadline } = this.upkeep;
			if (deadline === undefined || deadline > end) break;
			this.now = deadline;
			this.tell({ kind: 'due' });
		}
		this.now = end;
		this.judge();
	}

	tell(told: UpkeepEvent): void {
		const link = 'link' in told ? told.link : undefined;
		const actions = this.upkeep.handle(told, this.now);
		if (told.kind === 'lost') this.ready.delete(told.link);
		for (const action of actions) {
			if (action.kind === 'end') this.live.delete(action.link);
			else if (action.kind === 'locate') this.live.add((this.youngest = action.link));
			// Nothing is done about a link that has ended.
			else must(this.live.has(action.link), 'nothing done about an ended link');
		}
		if (this.upkeep.servingLink === link && link !== undefined) this.ready.add(link);
		for (const each of this.ready) if (!this.live.has(each)) this.ready.delete(each);
		this.judge();
	}

	private judge(): void {
		const { status, deadline, servingLink } = this.upkeep;
		must((deadline === undefined) === (status === 'stopped'), 'a deadline until it is stopped');
		// Else the loop would turn without rest.
		must(deadline === undefined || deadline > this.now, 'a deadline that lies ahead');
		// A sum of fractions may come out a hair longer.
		const isFar = deadline !== undefined && deadline - this.now > 600_000.001;
		must(!isFar, 'a deadline within ten minutes');
		must(this.live.size <= (status === 'stopped' ? 0 : 3), 'three links at most');
		must(this.ready.size <= 2, 'two that are ready at most');
		must(status !== 'connected' || this.live.has(servingLink!), 'a link where it is connected');
		this.twoSince = this.ready.size === 2 ? (this.twoSince ?? this.now) : undefined;
	}

	/** For how long two links have been ready at once; a second switch within the first begins anew. */
	get twoFor(): number {
		return this.now - (this.twoSince ?? this.now);
	}
}

function play(timing: ConnectionTiming, draws: readonly number[], told: readonly Step[]): void {
	const watched = new Watched(timing, draws);
	watched.tell({ kind: 'start' });
	for (const { waitMs, age: aged, event: each } of told) {
		watched.pass(waitMs);
		watched.tell({ ...each, link: watched.link(aged) } as unknown as UpkeepEvent);
	}
	watched.pass(CONNECTION_TIMING.drainMs);
	must(watched.twoFor === 0, 'one that is ready, after a switch');
	watched.pass(600_000);
	must(JSON.stringify(watched.upkeep).length < 4_000, 'no more memory');
	watched.tell({ kind: 'stop' });
}

const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
	minLength: 1,
	maxLength: 10,
});
const property = (timing: ConnectionTiming) =>
	fc.property(draws, steps, (drawn, told) => play(timing, drawn, told));

describe('Whatever happens', () => {
	judged(
		'there is a deadline until it is stopped, and all is bounded',
		1_000,
		property(CONNECTION_TIMING),
	);

	test.each([
		['one that is ready, after a switch', { drainMs: 3_600_000 }],
		['a deadline within ten minutes', { slowMs: [1e6, 2e6] as const }],
	])('%s: without it, this would be found', (what, broken) => {
		const timing = { ...CONNECTION_TIMING, ...broken };
		const found = fc.check(property(timing), { seed: 1, numRuns: 1_000, endOnFailure: true });
		expect(String(found.errorInstance)).toBe(`Error: Not kept: ${what}`);
	});
});
