import { paths } from '../../scripts/machine/paths';
import { readWorkflows } from '../../scripts/workflows/workflows';
import { runWorkflow } from '../harness';
import { SCHEDULE, startClock, type BundledWorkflow, type Clock, type Tick } from './clock';

/*
 * When each bundled workflow starts by itself, from 2026 to 2028. What is expected is counted here with
 * whole days and hours alone: no cron expression, and no library that n8n uses.
 */

// Three years of n8n's own arithmetic take some seconds.
let clock: Clock;
beforeAll(() => {
	clock = startClock();
});
afterAll(async () => await clock.stop());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Neither has a summer time, so that a moment there is UTC and a whole number of hours. */
const OFFSETS = { 'Asia/Shanghai': 8 * HOUR, UTC: 0 } as const;
type Zone = keyof typeof OFFSETS;
const ZONES = Object.keys(OFFSETS) as Zone[];

interface Day {
	/** 1 to 12. */
	month: number;
	day: number;
	/** 0 is Sunday. */
	weekday: number;
}

type Rule =
	/** At a time of day, on some days. `guard` is the node that lets only some of the starts through. */
	| { at: readonly [hour: number, minute: number]; on: (day: Day) => boolean; guard?: string }
	/** All day long. */
	| { every: number };

const everyDay = (): boolean => true;

/** Each workflow with a schedule stands here: one that is new has to say what it means to do. */
const RULES: Readonly<Record<string, Rule>> = {
	'archive-logs.json': { at: [2, 30], on: ({ weekday }) => weekday === 1 },
	'archive-messages.json': { at: [2, 45], on: ({ weekday }) => weekday === 1 },
	'check-clock.json': { every: 10 * MINUTE },
	'check-security.json': {
		at: [4, 0],
		on: ({ month, day }) => day === 1 && [1, 4, 7, 10].includes(month),
	},
	'explain-slow-pushes.json': { at: [9, 5], on: everyDay },
	'heartbeat.json': { every: MINUTE },
	'patch-hosts.json': {
		at: [3, 0],
		on: ({ weekday, day }) => weekday === 6 && day <= 7,
		guard: 'Only the first of the month',
	},
	'purge-dead-letters.json': { at: [3, 30], on: everyDay },
	'remind-key-rotation.json': { at: [9, 0], on: everyDay },
	'watch-metrics.json': { every: MINUTE },
};

/** All days from 2026 to 2028 as they are counted on a wall calendar, and the moment each begins. */
function* calendar(zone: Zone): Generator<Day & { begins: number }> {
	const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	// 1 January 2026 is a Thursday, 20,454 days after 1 January 1970.
	let number = 20_454;
	for (const year of [2026, 2027, 2028]) {
		for (const [index, length] of lengths.entries()) {
			const days = year === 2028 && index === 1 ? 29 : length;
			for (let day = 1; day <= days; day++, number++) {
				const begins = number * DAY - OFFSETS[zone];
				yield { month: index + 1, day, weekday: (number - 20_454 + 4) % 7, begins };
			}
		}
	}
}

const FIRST = 20_454 * DAY;
/** Three years, one of them a leap year. */
const WHOLE = 1_096 * DAY;

const expected = (rule: Extract<Rule, { at: unknown }>, zone: Zone): number[] =>
	[...calendar(zone)]
		.filter((day) => rule.on(day))
		.map(({ begins }) => begins + rule.at[0] * HOUR + rule.at[1] * MINUTE);

/** Where clocks and calendars go wrong: ends of years, and the day that only leap years have. */
const EDGES = [FIRST, FIRST + 365 * DAY, FIRST + (730 + 59) * DAY, FIRST + (730 + 60) * DAY];

const minutes = (times: number[]): string[] =>
	times.map((time) => new Date(time - (time % MINUTE)).toISOString());

async function throughGuard(
	workflow: BundledWorkflow,
	guard: string | undefined,
	ticks: Tick[],
): Promise<number[]> {
	if (guard === undefined) return ticks.map(({ at }) => at);
	const node = workflow.nodes.find(({ name }) => name === guard);
	if (!node) throw new Error(`${workflow.name} has no node "${guard}"`);
	const items = ticks.map(({ at, item }) => ({ ...item, at }));
	const { outputs, error } = await runWorkflow([node], { items });
	if (error) throw error;
	return outputs[guard]![0]!.map(({ json }) => json.at as number);
}

const bundled = readWorkflows(paths.workflows) as Array<{ file: string; workflow: BundledWorkflow }>;
const scheduled = bundled.filter(({ workflow }) =>
	workflow.nodes.some(({ type }) => type === SCHEDULE),
);
const cases = scheduled.flatMap(({ file, workflow }) =>
	ZONES.map((zone) => ({ file, workflow, zone, rule: RULES[file] })),
);

it('Every schedule is known here, and nothing is that has none', () => {
	expect(scheduled.map(({ file }) => file).sort()).toEqual(Object.keys(RULES).sort());
});

it('Nothing looks every few seconds for what the process knows', () => {
	const often = Object.entries(RULES).filter(([, rule]) => 'every' in rule && rule.every < MINUTE);
	expect(often).toEqual([]);
	const woken = bundled.filter(({ workflow }) =>
		workflow.nodes.some(({ type }) => type === 'n8n-nodes-clawbot.deliveryTrigger'),
	);
	expect(woken.map(({ file }) => file).sort()).toEqual([
		'announce-dead-letters.json',
		'recover-executions.json',
		'retry-deliveries.json',
	]);
});

it.each(scheduled)('$file says its time zone itself', ({ workflow }) => {
	expect(workflow.settings.timezone).toBe('Asia/Shanghai');
});

describe('From 2026 to 2028', () => {
	it.each(cases.filter(({ rule }) => rule && 'at' in rule))(
		'$file runs on exactly its days in $zone',
		async ({ workflow, zone, rule }) => {
			const daily = rule as Extract<Rule, { at: unknown }>;
			const from = FIRST - OFFSETS[zone];
			const ticks = await clock.ticksOf(workflow, [from, from + WHOLE], zone);
			const times = await throughGuard(workflow, daily.guard, ticks);
			expect(minutes(times)).toEqual(minutes(expected(daily, zone)));
		},
	);

	it.each(cases.filter(({ rule }) => rule && 'every' in rule))(
		'$file runs evenly at the ends of years and of February in $zone',
		async ({ workflow, zone, rule }) => {
			const { every } = rule as Extract<Rule, { every: unknown }>;
			const around = Math.max(MINUTE, 6 * every);
			for (const edge of EDGES) {
				const midnight = edge - OFFSETS[zone];
				const [from, to] = [midnight - around, midnight + around];
				const times = (await clock.ticksOf(workflow, [from, to], zone)).map(({ at }) => at);
				expect(times).toHaveLength((to - from) / every);
				const gaps = times.slice(1).map((time, index) => time - times[index]!);
				expect(new Set(gaps)).toEqual(new Set([every]));
			}
		},
	);
});

describe('The calendar of this test', () => {
	it('agrees with days that anybody can look up', () => {
		const days = [...calendar('UTC')];
		const found = (text: string): Day | undefined =>
			days.find(({ begins }) => begins === Date.parse(text));
		expect(days).toHaveLength(WHOLE / DAY);
		expect(found('2026-01-01')).toMatchObject({ month: 1, day: 1, weekday: 4 });
		expect(found('2026-11-23')).toMatchObject({ month: 11, day: 23, weekday: 1 });
		expect(found('2028-02-29')).toMatchObject({ month: 2, day: 29, weekday: 2 });
		expect(found('2028-12-31')).toMatchObject({ month: 12, day: 31, weekday: 0 });
	});

	it('tells a first Saturday from what cron makes of days 1 to 7 and Saturday', async () => {
		const rule = {
			at: [3, 0] as const,
			on: ({ day, weekday }: Day) => day <= 7 && weekday === 6,
		};
		const parameters = {
			rule: { interval: [{ field: 'cronExpression', expression: '0 3 1-7 * 6' }] },
		};
		const node = { id: 't', name: 't', type: SCHEDULE, typeVersion: 1.2, position: [0, 0] };
		const workflow = { id: 'w', name: 'w', nodes: [{ ...node, parameters }], settings: {} };
		const ticks = await clock.ticksOf(workflow as never, [FIRST, FIRST + WHOLE], 'UTC');
		expect(expected(rule, 'UTC')).toHaveLength(36);
		expect(ticks.length).toBeGreaterThan(300);
	});
});
