import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from './bot';
import { until } from './until';

/** What a worker's own log says: before it names an execution there, nobody notices that it dies with it. */
function eventLog(system: System, worker: number): string {
	const folder = join(system.folder, `n8n-worker-${worker}`, '.n8n');
	return readdirSync(folder)
		.filter((name) => /EventLog.*\.log$/.test(name))
		.map((name) => readFileSync(join(folder, name), 'utf8'))
		.join('\n');
}

/**
 * Waits until a worker has named some executions.
 * @param worker 1 is the first
 */
export async function untilNamed(
	system: System,
	worker: number,
	wanted: () => Promise<string[]>,
	enough: (named: string[]) => boolean,
): Promise<void> {
	await until(
		`worker ${worker} names what it works`,
		async () => {
			const log = eventLog(system, worker);
			return (await wanted()).filter((id) => log.includes(`"executionId":"${id}"`));
		},
		enough,
	);
}
