import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../../until';

/* `npm run connect` as a process of its own, and the person at it. */

const script = join(__dirname, '../../../scripts/connect.js');

export function startCommand(args: string[], env: NodeJS.ProcessEnv) {
	const child = spawn(process.execPath, [script, ...args], {
		env: { PATH: process.env.PATH, ...env },
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
	}
	const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
	let read = 0;
	return {
		exited,
		output: () => output,
		/** Waits for words behind those that were waited for before. */
		async says(words: string): Promise<void> {
			await until(() => {
				const at = output.indexOf(words, read);
				if (at === -1 && child.exitCode !== null) throw new Error(`${words} is not in:\n${output}`);
				if (at === -1) return false;
				read = at + words.length;
				return true;
			});
		},
		type: (line: string) => child.stdin.write(`${line}\n`),
		leave: () => child.stdin.end(),
		signal: (signal: NodeJS.Signals) => child.kill(signal),
		/** The address of the code that is shown last. */
		address: () => [...output.matchAll(/Its address: (\S+)/g)].at(-1)![1]!,
	};
}
