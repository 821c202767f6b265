import type { IDataObject } from 'n8n-workflow';
import type { StreamOutcome } from '../../../../nodes/shared/receive/connection/stream';
import type { DecodedMessage } from '../../../../protocol/message';
import { logged } from '../../../harness';
import { until } from '../../../until';
import { decoded } from './callers';
import { Database, Process } from './streamProcess';

/*
 * Trigger nodes whose messages come by a connection, in n8n's own contexts and engine. The connection is the test's:
 * it brings messages, and is told what became of them.
 */

jest.mock('../../../../nodes/shared/receive/connection/connection', () =>
	jest.requireActual('./connection/fakeConnection'),
);

export const say = (id: string, conversation = 'c1'): DecodedMessage =>
	decoded({ id, conversation });

export const bring = async (
	process: Process,
	id: string,
	conversation?: string,
): Promise<StreamOutcome> => await process.Connection.open[0]!.bring(say(id, conversation));

/** A database and the process that is on it, made anew for each test. */
export interface StreamTriggerCase {
	database: Database;
	main: Process;
	/** The workflow is published in a process. */
	publish(process: Process, parameters?: IDataObject): Promise<void>;
	/** Another process with the same database: what the first one knew is gone. */
	restart(worker?: Process): Promise<Process>;
	/** Ends what was published. */
	close(): Promise<void>;
}

/** Every test of the file gets a fresh one. */
export function streamTriggerCase(): StreamTriggerCase {
	const closes: Array<() => Promise<void>> = [];
	const processes: Process[] = [];
	const made: Omit<StreamTriggerCase, 'database' | 'main'> = {
		async publish(process, parameters) {
			const { closeFunction } = await process.publish(parameters);
			closes.push(closeFunction!);
		},
		async restart(worker) {
			const process = new Process(on.database, worker);
			processes.push(process);
			await on.publish(process);
			return process;
		},
		async close() {
			for (const close of closes.splice(0)) await close();
		},
	};
	const on = made as StreamTriggerCase;
	beforeEach(() => {
		on.database = new Database();
		on.main = new Process(on.database);
		processes.push(on.main);
		logged.length = 0;
	});
	afterEach(async () => await on.close());
	// A connection outlives its trigger.
	afterAll(
		async () => await until(() => processes.every(({ Connection }) => !Connection.open.length)),
	);
	return on;
}
