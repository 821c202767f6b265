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
		beforeAll(async () => {
			const mechanisms = controls.flatMap((name) => scenarioOf(name).control!.off);
			await switchOff(running.arena, mechanisms);
		}, 120_000);

		it.each(controls)(
			'%s fails',
			async (name) => {
				const { violation, found } = await withoutMechanism(running.arena, scenarioOf(name));
				expect(found).toContain(violation);
			},
			300_000,
		);
	});
}
