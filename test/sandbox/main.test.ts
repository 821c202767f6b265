import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { http, until } from './helpers';

const ROOT = join(__dirname, '../..');
const running: ChildProcess[] = [];

/** The command as `npm start` runs it: Node 24 reads the TypeScript as it is. */
function run(...args: string[]) {
	const command = join(ROOT, 'node_modules/.bin/node');
	const child = spawn(command, [join(ROOT, 'sandbox/main.ts'), ...args], { cwd: '/' });
	running.push(child);
	const output = { text: '' };
	const read = (bytes: Buffer) => {
		output.text += bytes;
	};
	child.stdout.on('data', read);
	child.stderr.on('data', read);
	return { child, output };
}

afterEach(() => {
	for (const child of running.splice(0)) child.kill('SIGKILL');
});

async function start(...args: string[]) {
	const { child, output } = run('--port', '0', ...args);
	await until(() => output.text.includes('\n'));
	const origin = /^sandbox ready on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output.text)![1]!;
	return { child, origin };
}

test('starts with its callbacks and clock, serves the page, ends on SIGTERM', async () => {
	const { child, origin } = await start(
		'--callback',
		'feishu=http://127.0.0.1:1/x?a=b',
		'--clock-offset-ms',
		'5000',
	);
	expect((await http.get(`${origin}/sandbox/callbacks`)).data).toEqual({
		feishu: 'http://127.0.0.1:1/x?a=b',
	});
	expect((await http.get(`${origin}/sandbox/clock`)).data.offsetMs).toBe(5000);
	expect((await http.get(origin)).data).toMatch('ClawBot Playground');
	const ended = once(child, 'exit');
	child.kill('SIGTERM');
	expect(await ended).toEqual([0, null]);
});

test('gives bots the address at which they reach it', async () => {
	const { origin } = await start('--public-url', 'https://platforms.test:8443/');
	const person = { platform: 'dingtalk', text: 'hi' };
	const { data } = await http.post(`${origin}/sandbox/build`, person);
	const { sessionWebhook } = JSON.parse(Buffer.from(data.body, 'base64').toString());
	expect(sessionWebhook).toMatch(/^https:\/\/platforms\.test:8443\/dingtalk\//);
});

test('a taken port ends it with one clear line', async () => {
	const { origin } = await start();
	const taken = run('--port', new URL(origin).port);
	expect(await once(taken.child, 'exit')).toEqual([1, null]);
	expect(taken.output.text).toBe('sandbox: the port is taken. Choose another with --port.\n');
});

test.each([
	['--callback', 'nonsense', 'NAME=URL'],
	['--public-url', 'platforms.test:8443', 'http'],
	['--public-url', 'https://platforms.test/?a=b', 'http'],
])('a bad option ends it with one clear line: %s %s', async (option, value, wanted) => {
	const bad = run('--port', '0', option, value);
	expect(await once(bad.child, 'exit')).toEqual([1, null]);
	const said = `sandbox: ${option} ${value}: ${wanted}`;
	expect(bad.output.text.slice(0, said.length)).toBe(said);
});
