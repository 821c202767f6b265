import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { switchOff } from '../../scripts/faults/mechanisms';
import { SCALES, SCENARIOS, once, withoutMechanism } from '../../scripts/faults/scenarios';
import { startArena } from '../../scripts/faults/system';

type Name = keyof typeof SCALES.short;

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
	}, 240_000);
	afterAll(async () => {
		await running?.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}, 60_000);

	it.each(names)(
		'%s',
		async (name) => {
			const result = await once(running.arena, scenarioOf(name), SCALES.short[name], () => {});
			const { violations, counts } = result;
			const shown = (violations as Array<{ kind: string; what: string }>).map(
				({ kind, what }) => `${kind}, ${what}`,
			);
			expect({ seed, counts, violations: shown }).toEqual({ seed, counts, violations: [] });
		},
		300_000,
	);

	describe('with its mechanism off', () => {
		const wanted = controls.flatMap((name) =>
			scenarioOf(name).controls!.map((control) => ({ name, control })),
		);
		beforeAll(async () => {
			const mechanisms = wanted.flatMap(({ control }) => control.off);
			await switchOff(running.arena, [...new Set(mechanisms)]);
		}, 120_000);

		it.each(wanted)(
			'$name fails: $control.violation',
			async ({ name, control }) => {
				const played = await withoutMechanism(running.arena, scenarioOf(name), control);
				expect(played.found).toContain(control.violation);
			},
			300_000,
		);
	});
}
