import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Bench, startBench, stopBench } from '../../scripts/bench/engine';
import { measureCells } from '../../scripts/bench/loads';
import { type SideName, WARM_UP } from '../../scripts/bench/plan';

/* The benchmark in short: every way of a message over TLS and a distance, in one n8n. No figure is judged. */

const SIDES: SideName[] = ['floor', 'http', 'stream', 'noKeepAlive'];
const folder = mkdtempSync(join(tmpdir(), 'clawbot-bench-'));
let bench: Bench;

beforeAll(async () => {
	bench = await startBench({ engine: 'lazy', tls: true }, { folder });
}, 240_000);
afterAll(async () => {
	if (bench) await stopBench(bench);
	rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}, 60_000);

it.each(SIDES)(
	'%s: each message is acknowledged, and answered once, over the network',
	async (side) => {
		const cells = [{ network: 'tls40' as const, load: WARM_UP, side }];
		const run = { limit: Infinity, note: () => {} };
		const { measured, leftOut } = await measureCells(bench, cells, run);
		expect(leftOut).toEqual([]);
		expect(measured[0]!.figures).toMatchObject({
			count: 30,
			notAcknowledged: 0,
			notAnswered: 0,
			lost: 0,
			answeredTwice: 0,
		});
		expect(measured[0]!.figures.cpuPerAnswer).toBeGreaterThan(0);
	},
	180_000,
);

it('leaves out, by name, what there is no time for', async () => {
	const cell = { network: 'tls0' as const, load: WARM_UP, side: 'http' as const };
	const run = { limit: 0, note: () => {} };
	const { measured, leftOut } = await measureCells(bench, [cell], run);
	expect([measured, leftOut]).toEqual([[], [cell]]);
});

it('nothing goes to the platforms but over TLS', async () => {
	const { entries } = await bench.system.sandbox.call('GET', '/ledger?direction=in&since=0');
	const hosts = entries.map(
		({ request }: { request?: { headers?: { host?: string } } }) => request?.headers?.host,
	);
	const own = new URL(bench.network!.origin).host;
	expect(new Set(hosts.filter(Boolean))).toEqual(new Set([own]));
});
