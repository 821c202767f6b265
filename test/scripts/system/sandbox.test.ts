import { freePorts } from '../../../scripts/machine/ports';
import { keepSandbox, startSandbox } from '../../../scripts/system/sandbox';

it('A sandbox that ends by itself is started again, and one that ends at once is not', async () => {
	const { sandbox: port } = await freePorts('sandbox');
	const started: Array<Awaited<ReturnType<typeof startSandbox>>> = [];
	const start = async () => {
		const sandbox = await startSandbox({ port: port! });
		started.push(sandbox);
		return sandbox;
	};
	const kept = keepSandbox(await start(), async () => {
		const sandbox = await start();
		process.kill(sandbox.pid!, 'SIGKILL');
		return sandbox;
	});
	process.kill(started[0]!.pid!, 'SIGKILL');
	await kept;
	expect(started).toHaveLength(2);
});

it('One that takes long to start, and ends at once, is not started again', async () => {
	let now = Date.now();
	const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
	const ended = { exited: Promise.resolve({ code: 1, signal: null }) };
	let starts = 0;
	await keepSandbox(ended, async () => {
		now += 60_000;
		starts += 1;
		if (starts > 2) throw new Error('again and again');
		return ended;
	});
	clock.mockRestore();
	expect(starts).toBe(1);
});
