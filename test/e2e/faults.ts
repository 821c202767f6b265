import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { switchOff } from '../../scripts/faults/mechanisms';
import { SCALES, SCENARIOS, once, withoutMechanism } from '../../scripts/faults/scenarios';
import { startArena } from '../../scripts/faults/system';

type Name = keyof typeof SCALES.short;

/** What is not settled by then never will be, also on a busy machine. */
const PATIENCE = { minutes: 60, settleMs: 300_000, announcedMs: 300_000 };
/** How soon n8n makes up for a kill is judged by `npm run test:faults`, where nothing else runs. */
const TOO_SLOW = 'late';
/** After a scenario that was cut off, the next ones would meet what it left behind. */
const LIMIT_MS = 1_200_000;

const scenarioOf = (name: Name) => SCENARIOS.find((scenario) => scenario.name === name)!;

/**
 * The short form of `npm run test:faults`: the scenarios hold, and with their mechanisms off the checker
 * finds what is missing then.
 */
export function faultTests(names: Name[], controls: Name[]): void {
	const seed = Date.now() % 1_000_000;
	const folder = mkdtempSync(join(tmpdir(), 'clawbot-faults-'));
	let running: Awaited<ReturnType<typeof startArena>>;

	beforeAll(async () => {
		running = await startArena(folder, { seed });
	});
	afterAll(async () => {
		await running?.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	});

	it.each(names)(
		'%s',
		async (name) => {
			const scale = { ...SCALES.short[name], ...PATIENCE };
			const result = await once(running.arena, scenarioOf(name), scale, () => {});
			const { violations, counts, evidence } = result;
			const shown = (violations as Array<{ kind: string; what: string }>)
				.filter(({ kind }) => kind !== TOO_SLOW)
				.map(({ kind, what }) => `${kind}, ${what}`);
			// Nobody can look for the cause of what happens once in a hundred runs without it.
			const found = shown.length > 0 ? { violations: shown, evidence } : { violations: shown };
			expect({ seed, counts, ...found }).toEqual({ seed, counts, violations: [] });
		},
		LIMIT_MS,
	);

	describe('with its mechanism off', () => {
		const wanted = controls.flatMap((name) =>
			scenarioOf(name).controls!.map((control) => ({ name, control })),
		);
		beforeAll(async () => {
			const mechanisms = wanted.flatMap(({ control }) => control.off);
			await switchOff(running.arena, [...new Set(mechanisms)]);
		});

		it.each(wanted)(
			'$name fails: $control.violation',
			async ({ name, control }) => {
				const played = await withoutMechanism(running.arena, scenarioOf(name), control);
				expect(played.found).toContain(control.violation);
			},
			LIMIT_MS,
		);
	});
}
