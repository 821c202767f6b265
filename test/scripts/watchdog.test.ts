import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Sandbox } from '../../sandbox/server';
import {
	createMailbox,
	createWatch,
	readSettings,
	startWatchdog,
	tell,
} from '../../scripts/watchdog';
import { controlOf, startTestSandbox, until } from '../sandbox/helpers';

const MINUTE = 60_000;
const TOKEN = 'abcdef0123456789';

describe('the watch', () => {
	const start = () => createWatch({ name: 'bot', silenceMs: 150_000, startedAt: 0 });

	it('keeps quiet while the bot beats, with one beat lost', () => {
		const watch = start();
		expect(watch.beat(0)).toContain('The watch begins: bot');
		for (let now = 1000; now < 60 * MINUTE; now += 1000) {
			const lost = now % (10 * MINUTE) === 5 * MINUTE;
			if (now % MINUTE === 0 && !lost) expect(watch.beat(now)).toBeUndefined();
			expect(watch.look(now)).toBeUndefined();
		}
	});

	it('tells within three minutes, once, and once when it is back', () => {
		const watch = start();
		watch.beat(10 * MINUTE);
		const told: Array<[number, string]> = [];
		for (let now = 10 * MINUTE; now < 50 * MINUTE; now += 1000) {
			const text = watch.look(now);
			if (text) told.push([now, text]);
		}
		expect(told).toHaveLength(1);
		expect(told[0]![0] - 10 * MINUTE).toBeLessThanOrEqual(3 * MINUTE);
		expect(told[0]![1]).toContain('1970-01-01 00:10:00 UTC');
		expect(watch.beat(50 * MINUTE)).toContain('40 min');
		expect(watch.beat(51 * MINUTE)).toBeUndefined();
	});

	it('tells of a bot that never gave a sign of life', () => {
		expect(start().look(149_999)).toBeUndefined();
		expect(start().look(150_000)).toContain('no sign of life');
	});

	it('reminds every hour, for a day', () => {
		const watch = start();
		let told = 0;
		for (let now = 0; now < 7 * 24 * 60 * MINUTE; now += 10_000) if (watch.look(now)) told++;
		expect(told).toBe(25);
	});

	it('tells within three minutes after the end, whenever that comes, and not before', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 10 * MINUTE, max: 20 * MINUTE }),
				// How long each answer takes; a fifth of them never comes, but never two in a row.
				fc.array(fc.option(fc.integer({ min: 0, max: 19_000 }), { freq: 5 }), { minLength: 20 }),
				(end, answers) => {
					const watch = start();
					const beats = answers
						.map((tookMs, minute) =>
							tookMs === null && answers[minute - 1] !== null
								? NaN
								: minute * MINUTE + (tookMs ?? 0),
						)
						.filter((at) => at <= end);
					// The last ping is under way for as long as n8n waits for it.
					const arrived = beats.map((at, index) => (index === beats.length - 1 ? at + 10_000 : at));
					const told: number[] = [];
					for (let now = 0; now < end + 4 * MINUTE; now += 1000) {
						while (arrived.length > 0 && arrived[0]! <= now) watch.beat(arrived.shift()!);
						if (watch.look(now)) told.push(now);
					}
					expect(told).toHaveLength(1);
					expect(told[0]).toBeGreaterThanOrEqual(end);
					// The robot then has 10 s to answer, and 9 s are left.
					expect(told[0]! - end).toBeLessThanOrEqual(161_000);
				},
			),
		);
	});

	it('that begins anew in the middle of it counts anew, and says so when the bot is back', () => {
		const watch = createWatch({ name: 'bot', silenceMs: 150_000, startedAt: 149_000 });
		expect(watch.look(298_999)).toBeUndefined();
		expect(watch.look(299_000)).toContain('None since the watch began 2.5 min ago');
		expect(watch.beat(400_000)).toContain('is back');
		// One that begins when all is over tells that, too: the one before it had told of the end.
		expect(start().beat(1000)).toContain('gives signs of life');
	});
});

describe('the messages', () => {
	let sandbox: Sandbox;
	beforeAll(async () => (sandbox = await startTestSandbox()));
	afterAll(async () => await sandbox.close());
	beforeEach(async () => await controlOf(sandbox).post('/reset'));

	const robots = () => {
		const { accounts } = sandbox.world;
		return [
			accounts.dingTalkGroupRobotApi,
			accounts.feishuGroupRobotApi,
			{ ...accounts.weComGroupRobotApi, secret: '' },
		].map(({ webhookUrl, secret }) => ({ robotUrl: webhookUrl, secret }));
	};
	const taken = (): string[] =>
		sandbox.world.ledger
			.find({ direction: 'in' })
			.entries.filter(({ refused }) => refused === undefined)
			.map(({ service, text }) => `${service} ${text}`);

	it('are taken by the group robots of all three platforms', async () => {
		for (const robot of robots()) await tell(robot, 'hello');
		expect(taken()).toEqual(['dingtalk hello', 'feishu hello', 'wecom hello']);
	});

	it('are refused with a wrong secret, in words that do not hold the address', async () => {
		for (const { robotUrl } of robots().slice(0, 2)) {
			const refusal = tell({ robotUrl, secret: 'SECwrong' }, 'hello');
			await expect(refusal).rejects.toThrow('the robot refuses');
			const key = /[\w-]{30,}/.exec(robotUrl)![0];
			await expect(refusal).rejects.not.toThrow(key);
		}
		const away = { robotUrl: 'http://127.0.0.1:2/robot/send?access_token=x', secret: '' };
		await expect(tell(away, 'hello')).rejects.toThrow('ECONNREFUSED');
	});

	it('come from silence, and from the first beat after it; strangers are no sign of life', async () => {
		const [robot] = robots();
		const watchdog = await startWatchdog({
			...robot!,
			name: 'bot',
			token: TOKEN,
			host: '127.0.0.1',
			port: 0,
			silenceMs: 1,
			log: () => {},
		});
		const origin = `http://127.0.0.1:${watchdog.port}`;
		await until(() => taken().length > 0);
		for (const path of ['', '/beat', '/beat/', '/beat/abcdef0123456780', `/beat/${TOKEN}/x`]) {
			expect((await fetch(origin + path)).status).toBe(404);
		}
		expect(taken()).toHaveLength(1);
		expect((await fetch(`${origin}/beat/${TOKEN}?status=up`, { method: 'POST' })).status).toBe(200);
		await until(() => taken().some((text) => text.includes('is back')));
		await watchdog.close();
		expect(taken()[0]).toContain('no sign of life');
	});

	it('do not come from a clock that is set, in whichever direction', async () => {
		const [robot] = robots();
		const texts: string[] = [];
		const settings = { ...robot!, name: 'bot', token: TOKEN, host: '127.0.0.1', port: 0 };
		const log = (text: string): void => void texts.push(text);
		const watchdog = await startWatchdog({ ...settings, silenceMs: 8_000, log });
		const origin = `http://127.0.0.1:${watchdog.port}`;
		const trueNow = Date.now;
		const clock = jest.spyOn(Date, 'now');
		for (const jumpMs of [60 * MINUTE, -60 * MINUTE]) {
			await fetch(`${origin}/beat/${TOKEN}`);
			clock.mockImplementation(() => trueNow() + jumpMs);
			// It looks every second.
			await sleep(1100);
		}
		expect(texts.filter((text) => text.includes('no sign of life'))).toEqual([]);
		// Set back by an hour it tells of silence all the same.
		await until(() => texts.some((text) => text.includes('no sign of life')));
		clock.mockRestore();
		await watchdog.close();
	});

	it('that take a while are not given up: sooner at first, then every 15 s', async () => {
		jest.useFakeTimers();
		const tries: number[] = [];
		const began = Date.now();
		const mailbox = createMailbox(
			async () => {
				tries.push(Date.now() - began);
				throw new Error('away');
			},
			() => {},
		);
		mailbox.push('down');
		await jest.advanceTimersByTimeAsync(2 * 60 * MINUTE);
		mailbox.close();
		jest.useRealTimers();
		expect(tries.slice(0, 7)).toEqual([0, 3000, 9000, 18_000, 30_000, 45_000, 60_000]);
		expect(tries).toHaveLength(240);
	});

	it('are tried again until they are taken, in their order', async () => {
		const sent: string[] = [];
		let failures = 3;
		const mailbox = createMailbox(
			async (text: string) => {
				if (failures-- > 0) throw new Error('away');
				sent.push(text);
			},
			() => {},
			1,
		);
		mailbox.push('down');
		mailbox.push('back');
		await until(() => sent.length === 2);
		mailbox.close();
		expect(sent).toEqual(['down', 'back']);
	});
});

describe('the script', () => {
	const run = async (args: string[], env: Record<string, string>) => {
		const script = join(__dirname, '../../scripts/watchdog.js');
		const child = spawn(process.execPath, [script, ...args], { env });
		let output = '';
		child.stdout.on('data', (data) => (output += String(data)));
		child.stderr.on('data', (data) => (output += String(data)));
		const [code] = await once(child, 'exit');
		return { code, output };
	};
	const robot = { WATCHDOG_ROBOT_URL: 'http://127.0.0.1:2/robot/send?access_token=x' };

	it('needs nothing but Node: its only modules are Node’s own', async () => {
		expect((await run(['--help'], {})).code).toBe(0);
	});

	it.each([
		[{}, [], 'WATCHDOG_TOKEN'],
		[{ WATCHDOG_TOKEN: 'short', ...robot }, [], 'WATCHDOG_TOKEN'],
		[{ WATCHDOG_TOKEN: TOKEN }, [], 'WATCHDOG_ROBOT_URL'],
		[
			{ WATCHDOG_TOKEN: TOKEN, WATCHDOG_ROBOT_URL: 'https://example.com/' },
			[],
			'WATCHDOG_ROBOT_URL',
		],
		[
			{ WATCHDOG_TOKEN: TOKEN, WATCHDOG_ROBOT_URL: 'https://example.com/?to=/robot/send' },
			[],
			'WATCHDOG_ROBOT_URL',
		],
		[{ WATCHDOG_TOKEN: TOKEN, ...robot }, ['--silence', 'soon'], '--silence'],
		[{ WATCHDOG_TOKEN: TOKEN, ...robot }, ['--port', '70000'], '--port'],
		[{ WATCHDOG_TOKEN: TOKEN, ...robot }, ['--chek'], '--chek'],
	])('says what is wrong with %j %j', (env, args, words) => {
		expect(() => readSettings(args, env)).toThrow(words);
	});

	it('ends with an error where the check fails', async () => {
		const { code, output } = await run(['--check'], { WATCHDOG_TOKEN: TOKEN, ...robot });
		expect([code, output]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
	});
});
