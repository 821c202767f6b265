import { CONNECTION_TIMING, type ConnectionTiming } from '../../../core/connection/timing';
import { stream as dingTalk } from '../../../nodes/DingTalk/receive/stream';
import { stream as feishu } from '../../../nodes/Feishu/receive/stream';
import { Connection } from '../../../nodes/shared/receive/connection/connection';
import type { StreamProtocol } from '../../../nodes/shared/receive/connection/stream';
import { stream as weCom } from '../../../nodes/WeCom/receive/stream';
import { until, useSandbox } from '../../sandbox/helpers';

/* What befalls a connection on each platform, and how it comes back. */

const { sandbox, control } = useSandbox();

/** Short waits; what the machine needs time for may last as long as in earnest. */
const TIMING: ConnectionTiming = {
	...CONNECTION_TIMING,
	silenceMs: 500,
	answerMs: 3_000,
	steadyMs: 100,
	drainMs: 500,
	backoffMs: [10, 20, 40, 80, 160],
};

const open: Connection[] = [];
afterEach(() => {
	for (const connection of open.splice(0)) connection.close();
});

async function connect(protocol: StreamProtocol, timing = TIMING) {
	const heard: string[] = [];
	const lines: string[] = [];
	const note = (line: string): void => void lines.push(line);
	const accounts = sandbox.world.accounts as unknown as Record<string, Record<string, string>>;
	const connection = new Connection({
		protocol,
		credential: accounts[protocol.credential]!,
		kinds: new Set(['message']),
		log: { info: note, warn: note, error: note },
		timing,
		receive: async ({ text }) => {
			heard.push(text);
			return 'stored';
		},
	});
	open.push(connection);
	await connection.open();
	return { connection, heard, lines };
}

const cases = [
	{ name: 'dingtalk', protocol: dingTalk, more: {} },
	{ name: 'feishu', protocol: feishu, more: {} },
	{ name: 'wecom', protocol: weCom, more: { bot: 'aibot' } },
];

/** How many connections were opened. */
const opened = async (service: string): Promise<number> =>
	((await control.get('/connections')).opened as Record<string, number>)[service]!;

const befall = async (service: string, fault: object): Promise<void> => {
	await control.post('/stream-faults', { service, ...fault });
};

const say = async (platform: string, text: string, more: object): Promise<void> => {
	await control.post('/say', { platform, text, redeliver: false, ...more });
};

describe.each(cases)('$name', ({ name, protocol, more }) => {
	it.each<[string, ...object[]]>([
		['a freeze', { does: 'freeze' }],
		['a cut', { does: 'drop' }],
		['ten attempts that fail', { does: 'refuse', times: 10 }, { does: 'drop' }],
		['an attempt that freezes', { does: 'acceptFrozen' }, { does: 'drop' }],
	])('comes back after %s', async (_what, ...faults) => {
		const { connection, heard } = await connect(protocol, { ...TIMING, attemptMs: 3_000 });
		const before = await opened(name);
		for (const fault of faults) await befall(name, fault as object);
		await until(async () => (await opened(name)) > before);
		// The platform may take a frozen connection for a sound one: what it gives to that is said again.
		await until(async () => {
			await say(name, 'after', more);
			return heard.includes('after');
		});
		// A message may overtake the platform's word that the connection is ready.
		await until(() => connection.state.status === 'connected');
	});

	it.each(['text', 'binary', 'html', 'big'])('takes no harm from garbage: %s', async (content) => {
		const { connection, heard, lines } = await connect(protocol, CONNECTION_TIMING);
		const before = await opened(name);
		await befall(name, { does: 'garbage', content, times: 5 });
		await say(name, 'after', more);
		await until(() => heard.includes('after'));
		expect([await opened(name), connection.state.refusedFrames]).toEqual([before, 5]);
		expect(lines.filter((line) => line.includes('refused'))).toHaveLength(1);
		expect(lines.join()).not.toContain('defect');
	});
});

it('DingTalk announces the end of a connection: the next one is there before, and nothing is lost', async () => {
	const { connection, heard } = await connect(dingTalk, { ...TIMING, silenceMs: 60_000 });
	const before = await opened('dingtalk');
	for (let count = 1; count <= 5; count++) {
		await new Promise((resolve) => setTimeout(resolve, 2 * TIMING.steadyMs));
		await befall('dingtalk', { does: 'announceDisconnect' });
		await say('dingtalk', `m${count}`, {});
		await until(async () => (await opened('dingtalk')) === before + count);
	}
	await until(() => heard.length === 5);
	expect(connection.state).toMatchObject({ status: 'connected', reconnects: 0 });
});

it('DingTalk floods a connection with pings: another one takes its place', async () => {
	const { connection, heard } = await connect(dingTalk, CONNECTION_TIMING);
	await befall('dingtalk', { does: 'pingFlood', times: 500 });
	await say('dingtalk', 'before', {});
	await until(() => heard.includes('before'));
	expect(connection.state.reconnects).toBe(0);
	await befall('dingtalk', { does: 'pingFlood', times: 500 });
	await until(() => connection.state.reconnects === 1);
});
