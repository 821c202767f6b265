import { preflight } from '../../../scripts/machine/preflight';
import { failureText } from '../../../scripts/machine/steps';

const GB = 1024 ** 3;
const machine = {
	nodeVersion: 'v20.0.0',
	platform: 'linux',
	npmVersion: async () => '10.0.0\n',
	freeBytes: () => 10 * GB,
	isPortFree: async () => true,
};
const ports = [
	{ port: 5678, use: 'n8n', variable: 'CLAWBOT_N8N_PORT' },
	{ port: 5690, use: 'the sandbox', variable: 'CLAWBOT_SANDBOX_PORT' },
];
const on = async (difference: object, installed = true, wanted = ports) =>
	await preflight({ installed, ports: wanted, machine: { ...machine, ...difference } });

/** Runs the check and returns what a person would read. */
async function refusal(attempt: Promise<unknown>) {
	return await attempt.then(
		() => 'not refused',
		(error: Error) => failureText(error),
	);
}

it('lets a good machine pass and names what it found', async () => {
	expect(await on({})).toBe('Node 20.0.0, npm 10.0.0');
});

it.each([
	['an old Node', { nodeVersion: 'v18.20.1' }, ['this is Node v18.20.1', 'nodejs.org']],
	[
		'no npm',
		{
			npmVersion: async () => {
				throw new Error('spawn npm ENOENT');
			},
		},
		['npm was not found'],
	],
	['Windows', { platform: 'win32' }, ['WSL 2']],
	[
		'a full disk',
		{ freeBytes: () => 0.2 * GB },
		['0.2 GB free', '0.5 GB are needed to run', 'Free some space'],
	],
	['a folder that cannot be written', { folder: '/proc' }, ['/proc cannot be written']],
	[
		'a taken port',
		{ isPortFree: async (port: number) => port !== 5690 },
		['port 5690, for the sandbox', 'CLAWBOT_SANDBOX_PORT=5790'],
	],
])('refuses %s with what to do', async (_, difference, words) => {
	const text = await refusal(on(difference));
	for (const word of words) expect(text).toContain(word);
	expect(text).toContain('What to do:');
	expect(text.split('\n')).toHaveLength(2);
});

it('wants more space before the packages are installed than after', async () => {
	const space = { freeBytes: () => 5 * GB };
	await expect(on(space, true)).resolves.toBeDefined();
	expect(await refusal(on(space, false))).toContain('6.0 GB are needed to install and run');
});

it.each([
	[
		'a port that is no number',
		[{ ...ports[0]!, port: Number.NaN }],
		'CLAWBOT_N8N_PORT is not a port number',
	],
	[
		'one port for two servers',
		[ports[0]!, { ...ports[1]!, port: 5678 }],
		'port 5678 is set for two servers',
	],
])('refuses %s', async (_, wanted, words) => {
	expect(await refusal(on({}, true, wanted))).toContain(words);
});
