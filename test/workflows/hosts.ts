import type { IDataObject } from 'n8n-workflow';
import type { startSshd } from '../../scripts/machine/sshd';
import type { JobOutcome } from '../../core/maintenance/job';
import { readBundled, runBundled } from './bundled';

type Sshd = Awaited<ReturnType<typeof startSshd>>;

type Called = (items: IDataObject[]) => Promise<IDataObject[]>;

/** How long n8n's SSH node tries to connect; ms. */
const CONNECT = 20_000;

/**
 * Lets time run faster for n8n's nodes, and for nothing on the hosts: waits take less of it, and clocks show
 * more. Undone by `jest.restoreAllMocks()`.
 */
export function hurry(times: number): void {
	const wait = setTimeout;
	const { now } = Date;
	const begin = now();
	jest.spyOn(globalThis, 'setTimeout').mockImplementation(((then: () => void, ms = 0) =>
		// Whoever is busy may take as long as ever to answer.
		wait(then, ms === CONNECT ? 8_000 : ms / times)) as typeof setTimeout);
	jest.spyOn(Date, 'now').mockImplementation(() => begin + (now() - begin) * times);
}

/** The workflow that sends a command, to a real SSH server. */
export const sshCommand =
	(sshPrivateKey: Sshd['credential']): Called =>
	async (items) => {
		const bundled = readBundled('ssh-command.json');
		const credentials = { sshPrivateKey };
		const run = await runBundled(bundled, 'Command for a host', items, { credentials });
		if (run.error) throw run.error;
		return run.outputs['Run it']![0]!.map(({ json }) => json);
	};

/** The workflow that runs commands on a host, as n8n would call it, against real SSH servers by name. */
export const runOnHosts =
	(servers: Record<string, Sshd['credential']>): Called =>
	async (items) => {
		const { name } = (items[0]!.task as { host: { name: string } }).host;
		const called = { clawbotSshCmd01: sshCommand(servers[name]!) };
		const bundled = readBundled('run-on-host.json');
		const run = await runBundled(bundled, 'A task with its commands', items, { called });
		if (run.error) throw run.error;
		return run.outputs['What became of it']![0]!.map(({ json }) => json);
	};

/** The workflow that reads the tables of logs and hosts. */
export const readLogs = (tables: Record<string, IDataObject[]>) => async (): Promise<IDataObject[]> => {
	const bundled = readBundled('read-logs.json');
	const { outputs, error } = await runBundled(bundled, 'Which logs are there?', [{}], { tables });
	if (error) throw error;
	return (outputs['Put the hosts beside them']?.[0] ?? []).map(({ json }) => json);
};

/** A task that a workflow would hand over. */
export const task = (
	steps: Record<string, string>,
	variables: Record<string, string> = {},
	limitMinutes = 10,
): IDataObject => ({
	tasks: [],
	results: [],
	problems: [],
	task: {
		title: 'a',
		host: { name: 'a', address: '127.0.0.1', port: 22, user: 'clawbot', role: '', order: 1 },
		variables,
	},
	steps,
	limitMinutes,
});

export const outcomeOf = (items: IDataObject[]): JobOutcome => items[0]!.outcome as unknown as JobOutcome;
