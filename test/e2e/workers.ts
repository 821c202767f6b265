import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from './bot';

/** Those of the executions that a worker's own log names. 1 is the first worker. */
export function namedBy(system: System, worker: number, executions: string[]): string[] {
	const folder = join(system.folder, `n8n-worker-${worker}`, '.n8n');
	const log = readdirSync(folder)
		.filter((name) => /EventLog.*\.log$/.test(name))
		.map((name) => readFileSync(join(folder, name), 'utf8'))
		.join('\n');
	return executions.filter((id) => log.includes(`"executionId":"${id}"`));
}
