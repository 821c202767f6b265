import { rmSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import { THIS_MACHINE } from '../../core/checks/clockStates';
import { startSshd } from '../../scripts/machine/sshd';
import { startSystem } from '../../scripts/system/system';
import { World, type System } from './bot';
import { everySeconds, filledIn } from './filled';
import { addRows, rowsOf, seen } from './seen';
import { until } from './until';

/*
 * Clock, security and slow messages through the bundled workflows in a real n8n: its Data Tables, its own
 * audit, its list of executions, a host behind a real SSH server, and the sandbox, whose clock can be set.
 */

const CHECKS = ['clawbotClock001', 'clawbotSecurity', 'clawbotSlowPush'];
/** What makes messages for them to look at. */
const BOT = 'clawbotAnswer001';

let system: System;
let world: World;
let sshd: Awaited<ReturnType<typeof startSshd>>;

const folder = filledIn([...CHECKS, BOT], ({ name, parameters }) => {
	// Longer than a check takes on a busy machine: of two at once, each would tell.
	if (name === 'Every 10 minutes') parameters.rule = everySeconds(10);
	if (name === 'On the first day of each quarter') parameters.rule = everySeconds(40);
	if (name === 'Every morning at 9:05') parameters.rule = everySeconds(15);
	if (name === 'Give the hosts 4 minutes') parameters.amount = 0.1;
});

/** What the operations group can read. */
const inGroup = async (words: string): Promise<string[]> =>
	(await seen(world, words)).filter(({ service }) => service === 'wecom').map(({ text }) => text);

const sees = async (words: string): Promise<string> =>
	await until(words, async () => (await inGroup(words))[0]);

const stateOf = async (subject: string): Promise<IDataObject | undefined> =>
	(await rowsOf<IDataObject>(system, 'clawbot_clock')).find((row) => row.subject === subject);

const securityRows = async (): Promise<IDataObject[]> => await rowsOf(system, 'clawbot_security');

beforeAll(async () => {
	sshd = await startSshd();
	const fromRow = {
		host: '{{ $json.address }}',
		port: '{{ $json.port }}',
		user: '{{ $json.user }}',
	};
	system = await startSystem({
		workflowsDir: folder,
		extraCredentials: [
			{
				id: 'clawbot-host',
				name: 'ClawBot Host',
				type: 'sshPrivateKey',
				data: {
					host: `=${fromRow.host}`,
					port: `=${fromRow.port}`,
					username: `=${fromRow.user}`,
					privateKey: sshd.credential.privateKey,
					passphrase: '',
				},
			},
		],
	});
	world = new World(system);
});

afterAll(async () => {
	await system?.stop();
	await sshd?.stop();
	rmSync(folder, { recursive: true });
});

it('tells once that the clock is off, whichever way, and once that it is right again', async () => {
	const jump = async (offsetMs: number): Promise<unknown> =>
		await world.control('PUT', 'clock', { offsetMs });
	const checked = async (): Promise<number> =>
		await until('a check', async () => (await stateOf(THIS_MACHINE))?.checkedMs as number);
	const oneMoreCheck = async (): Promise<void> => {
		const before = await checked();
		await until('one more check', checked, (ms) => ms > before);
	};
	await checked();
	await jump(-45_000);
	expect(await sees('时钟严重偏差')).toMatch(/Ahead of the platforms: 4[45]\.\d s/);
	// What was told may be saved after it was told.
	for (let times = 0; times < 2; times += 1) await oneMoreCheck();
	expect(await inGroup('时钟严重偏差')).toHaveLength(1);
	await jump(0);
	await sees('时钟恢复正常');
	await jump(5000);
	expect(await sees('时钟偏差')).toMatch(/Behind the platforms: [45]\.\d s/);
	await jump(0);
	await until('right again', async () => (await inGroup('时钟恢复正常'))[1]);
	const rows = await rowsOf<IDataObject>(system, 'clawbot_clock');
	expect(rows.map(({ subject }) => subject)).toEqual([THIS_MACHINE]);
	await sees('n8n: ');
});

it('asks a host for its clock, and says of one that is away why', async () => {
	const host = { port: 1, user: 'clawbot', order: 1, enabled: true, role: '', note: '' };
	const { port, username: user } = sshd.credential;
	const rows = [
		{ ...host, name: 'away', address: '127.0.0.1' },
		{ ...host, name: 'bot-1', address: '127.0.0.1', port, user, order: 2 },
	];
	await addRows(system, 'clawbot_hosts', rows);
	await until('the reason', async () => {
		const state = await stateOf('away');
		return state?.level === 'unknown' && String(state.note).includes('ECONNREFUSED')
			? state
			: undefined;
	});
	const state = await until('its clock', async () => {
		const found = await stateOf('bot-1');
		return found && found.level !== 'unknown' ? found : undefined;
	});
	// It is this machine's own: what it is off by is how long the answer took.
	expect(Math.abs(state.driftMs as number)).toBeLessThan(30_000);
});

it('reports on security with n8n’s own audit, and gives one ticket however often it runs', async () => {
	const report = await sees('安全检查 Security check');
	expect(report).toContain('新增 new');
	const findings = await until('findings of n8n', async () => {
		const rows = await securityRows();
		return rows.some(({ check }) => check === 'n8n') ? rows : undefined;
	});
	const first = findings.find(({ check }) => check === 'n8n')!;
	await until('the next run', async () => {
		const row = (await securityRows()).find(({ key }) => key === first.key);
		return (row?.lastSeenMs as number) > (first.lastSeenMs as number) ? row : undefined;
	});
	const rows = await securityRows();
	expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
	expect(rows.find(({ key }) => key === first.key)).toMatchObject({
		firstSeenMs: first.firstSeenMs,
		status: 'open',
	});
	expect(await inGroup('工单 Ticket: 20')).toHaveLength(1);
	expect(await inGroup('securityAudit:generate')).toEqual([]);
	await sees('away: ');
	await until('the ports of the host', async () => {
		const looks = await rowsOf<IDataObject>(system, 'clawbot_looks');
		return looks.find(({ host, check }) => host === 'bot-1' && check === 'security');
	});
});

it('says where slow answers lost their time', async () => {
	// More than what a busy machine takes beside it, for all messages together.
	await world.control('PUT', 'model', { delayMs: 40_000 });
	const { messageId } = await world.say({ platform: 'dingtalk', text: 'how long?' });
	await world.answered(messageId);
	const text = await until('the report', async () =>
		(await inGroup('Messages over 2.0 s')).find((each) => /模型 model: \d+%/.test(each)),
	);
	expect(text).toContain('Choose a faster model');
	expect(text).toContain('/workflow/clawbotAnswer001/executions/');
});
