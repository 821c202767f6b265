import type { IDataObject } from 'n8n-workflow';
import type { startSshd } from '../../scripts/lib/sshd';
import type { Outcome } from '../../protocol/maintenance/job';
import { readBundled, runBundled } from './bundled';

type Sshd = Awaited<ReturnType<typeof startSshd>>;

/** The workflow that runs commands on a host, against real SSH servers: as n8n would call it. */
export const runOnHosts =
	(servers: Record<string, Sshd['credential']>) =>
	async (items: IDataObject[]): Promise<IDataObject[]> => {
		const { name } = (items[0]!.task as { host: { name: string } }).host;
		const credentials = { sshPrivateKey: servers[name]! };
		const clawbotSshCmd01 = async (commands: IDataObject[]): Promise<IDataObject[]> => {
			const command = readBundled('ssh-command.json');
			const run = await runBundled(command, 'Command for a host', commands, { credentials });
			if (run.error) throw run.error;
			return run.outputs['Run it']![0]!.map(({ json }) => json);
		};
		const { outputs, error } = await runBundled(
			readBundled('run-on-host.json'),
			'A task with its commands',
			items,
			{ called: { clawbotSshCmd01 } },
		);
		if (error) throw error;
		return outputs['What became of it']![0]!.map(({ json }) => json);
	};

/** A task that a workflow would hand over. */
export const task = (
	steps: Record<string, string>,
	variables: Record<string, string> = {},
	limitMinutes = 1,
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

export const outcomeOf = (items: IDataObject[]): Outcome => items[0]!.outcome as unknown as Outcome;
