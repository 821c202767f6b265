import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startSandbox } from './server.ts';

const USAGE = `node sandbox/main.ts [--port 5690] [--public-url URL] [--callback NAME=URL ...] [--bots FILE] [--clock-offset-ms N] [--schedule-scale N]
NAME: dingtalk, dingtalk-events, feishu, wecom, wecom-aibot`;

/** What addresses that bots are given begin with. */
function baseOf(text: string): string {
	if (!/^https?:\/\/[^?#]+$/.test(text) || !URL.canParse(text))
		throw new Error(`--public-url ${text}: http://… or https://… expected, without ? and #`);
	return text.replace(/\/+$/, '');
}

function readOptions() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '5690' },
			'public-url': { type: 'string' },
			callback: { type: 'string', multiple: true, default: [] },
			bots: { type: 'string' },
			'clock-offset-ms': { type: 'string', default: '0' },
			'schedule-scale': { type: 'string', default: '1' },
		},
	});
	const callbacks = values.callback.map((pair) => {
		const split = pair.indexOf('=');
		if (split < 1) throw new Error(`--callback ${pair}: NAME=URL expected`);
		return [pair.slice(0, split), pair.slice(split + 1)];
	});
	const number = (text: string, name: string) => {
		if (text.trim() === '' || Number.isNaN(Number(text)))
			throw new Error(`--${name} ${text}: a number expected`);
		return Number(text);
	};
	const publicUrl = values['public-url'];
	return {
		port: number(values.port, 'port'),
		publicUrl: publicUrl === undefined ? undefined : baseOf(publicUrl),
		callbacks: Object.fromEntries(callbacks) as Record<string, string>,
		botsFile: values.bots,
		clockOffsetMs: number(values['clock-offset-ms'], 'clock-offset-ms'),
		scheduleScale: number(values['schedule-scale'], 'schedule-scale'),
		playgroundFolder: join(import.meta.dirname, 'playground'),
	};
}

try {
	const sandbox = await startSandbox(readOptions());
	console.log(`sandbox ready on ${sandbox.origin}`);
	const end = async () => {
		await sandbox.close();
		process.exit(0);
	};
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
} catch (error) {
	const { code, message } = error as NodeJS.ErrnoException;
	console.error(
		code === 'EADDRINUSE'
			? `sandbox: the port is taken. Choose another with --port.`
			: `sandbox: ${message}`,
	);
	if (code !== 'EADDRINUSE') console.error(USAGE);
	process.exit(1);
}
