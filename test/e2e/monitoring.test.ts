import type { Sample } from '../../core/common/sample';
import { rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { AlertNotification } from '../../core/alerts/contract';
import { SMS_SIGN_NAME, SMS_TEMPLATE_CODE } from '../../sandbox/sms';
import { startSystem } from '../../scripts/system/system';
import { startWatchdog } from '../../scripts/watchdog';
import { startServer, type TestServer } from '../nodes/server';
import { hostPage } from '../core/metrics/pages';
import { bots, World, type System } from './bot';
import { door, through } from './doors';
import { everySeconds, filledIn } from './filled';
import { startMailServer } from './mailServer';
import { answersToBodies, behindNginx, POISON, postXml, tellsPaths } from './proxied';
import { addRows, seen } from './seen';
import { until } from './until';

/*
 * What is measured, told and proven alive, through the bundled workflows: with a real mail server, the
 * sandbox as SMS gateway and group robots, and the watchdog as the one outside.
 */

const [COLLECT, SEND] = ['clawbotCollect01', 'clawbotSendAlrt1'] as const;
const TOKEN = 'watchdog-token-0123456789';
/** Seconds between two heartbeats, and some of them. */
const HEARTBEAT_S = 3;
const SILENCE_MS = 12_000;

let system: System;
let world: World;
let host: TestServer;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let watchdog: Awaited<ReturnType<typeof startWatchdog>>;

/** A page without an end. */
function* endless(): Generator<string> {
	for (;;) yield '# HELP x\n'.repeat(10_000);
}

const WHO: Readonly<Record<string, string>> = {
	emailFrom: 'bot@example.com',
	emailTo: 'ops@example.com',
	smsTo: '13800138000',
	smsSignName: SMS_SIGN_NAME,
	smsTemplateCode: SMS_TEMPLATE_CODE,
};

const folder = filledIn(
	[COLLECT, SEND, 'clawbotHeartbt01', 'clawbotHeartIn01'],
	({ name, parameters }) => {
		if (name === 'Every minute') parameters.rule = everySeconds(HEARTBEAT_S);
		for (const field of (name === 'Who gets it' && parameters.assignments.assignments) || []) {
			field.value = WHO[field.name] ?? field.value;
		}
	},
);

/** What people see in groups and on phones. */
const told = async (words: string): Promise<string[]> =>
	(await seen(world, words)).map(({ service, text }) => `${service}: ${text}`);

const sees = async (words: string): Promise<string> =>
	await until(words, async () => (await told(words))[0]);

const collect = async (): Promise<Sample[]> =>
	await through<Sample>(system.n8n.url, COLLECT, [{ now: 1 }]);
const send = async (...notices: AlertNotification[]): Promise<void> => {
	await through(system.n8n.url, SEND, notices);
};

beforeAll(async () => {
	mail = await startMailServer();
	host = await startServer(({ path }, response) => {
		response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
		if (path === '/metrics') response.end(hostPage({ available: 400 * 1024 * 1024 }));
		// Faster than anybody can take it.
		else Readable.from(endless()).pipe(response);
		return undefined;
	});
	system = await startSystem({
		workflowsDir: folder,
		env: {
			N8N_METRICS: 'true',
			N8N_METRICS_INCLUDE_WEBHOOK_METRICS: 'true',
			// As with `npm start`.
			NODE_ENV: 'production',
		},
		extraWorkflows: [COLLECT, SEND].map((id) => door(id)),
		extraCredentials: [
			{
				id: 'clawbot-smtp',
				name: 'ClawBot SMTP',
				type: 'smtp',
				data: { host: '127.0.0.1', port: mail.port, secure: false, disableStartTls: true },
			},
		],
	});
	world = new World(system);
	watchdog = await startWatchdog({
		name: 'ClawBot',
		token: TOKEN,
		host: '127.0.0.1',
		port: 0,
		silenceMs: SILENCE_MS,
		robotUrl: `${system.sandbox!.origin}/wecom/cgi-bin/webhook/send?key=5a4db0c5-0000-4000-8000-000000000002`,
		secret: '',
		log: () => {},
	});
});

afterAll(async () => {
	await watchdog?.close();
	await system?.stop();
	await host?.close();
	await mail?.close();
	rmSync(folder, { recursive: true });
});

describe('Collect metrics', () => {
	it('measures nothing until somebody says what', async () => {
		expect(await collect()).toEqual([]);
	});

	it('returns what each source says, and of the others why they say nothing', async () => {
		const source = (name: string, kind: string, url: string): object => ({
			name,
			kind,
			url,
			enabled: true,
		});
		const answers = '/api/v1/executions?workflowId=clawbotAnswer001&status=success&limit=100';
		await addRows(system, 'clawbot_metric_sources', [
			source('host', 'nodeExporter', `${host.origin}/metrics`),
			source('n8n', 'n8n', `${system.n8n.url}/metrics`),
			source('answers', 'executions', `${system.n8n.url}${answers}`),
			source('endless', 'nodeExporter', `${host.origin}/endless`),
			source('away', 'nodeExporter', 'http://127.0.0.1:1/metrics'),
			source('typo', 'nodeexporter', host.origin),
			{ ...source('off', 'nodeExporter', host.origin), enabled: false },
		]);
		const { messageId } = await world.say({ platform: 'dingtalk', text: 'how fast?' });
		await world.answered(messageId);
		await world.executions();
		await collect();
		const samples = await collect();
		const of = (name: string): Sample[] => samples.filter(({ source: from }) => from === name);
		expect(of('host')).toMatchObject([
			{ source: 'host', metric: 'up', value: 1 },
			{ source: 'host', metric: 'freeMemoryMb', value: 400 },
		]);
		expect(of('n8n')).toMatchObject([
			{ source: 'n8n', metric: 'up', value: 1 },
			{ source: 'n8n', metric: 'apiP99Ms', value: expect.any(Number), count: expect.any(Number) },
		]);
		expect(of('answers')).toMatchObject([
			{ source: 'answers', metric: 'up', value: 1 },
			{ source: 'answers', metric: 'answerP99Ms', value: expect.any(Number), count: 1 },
		]);
		expect(of('endless')).toMatchObject([{ value: 0, error: expect.stringContaining('8 MB') }]);
		expect(of('away')).toMatchObject([{ metric: 'up', value: 0, error: expect.any(String) }]);
		expect(of('typo')).toMatchObject([{ value: 0, error: expect.stringContaining('kind') }]);
		expect(of('off')).toEqual([]);
	});
});

describe('Send alert', () => {
	const notice = (fields: Partial<AlertNotification>): AlertNotification => ({
		channel: 'operations',
		title: 'CPU of 10.0.0.5 is 91 %',
		text: 'over 85 % for 10 minutes',
		key: 'k',
		...fields,
	});

	it('reaches people on every channel, once for each key', async () => {
		const channels = ['email', 'sms', 'operations', 'wecom', 'dingtalk', 'feishu'] as const;
		const all = channels.map((channel) =>
			notice({ channel, title: 'Everywhere 10.0.0.5', key: 'all' }),
		);
		await send(...all, ...all);
		await send(...all);
		expect(mail.mails.map(({ to }) => to)).toEqual([['ops@example.com']]);
		expect(mail.mails[0]!.text).toContain('Subject: Everywhere 10.0.0.5');
		expect(mail.mails[0]!.text).toContain('over 85 % for 10 minutes');
		expect(await told('Everywhere')).toHaveLength(5);
		expect(await told('Everywhere 10·0·0·5')).toHaveLength(1);
		// Operations is the WeCom group as it comes.
		const groups = (await told('over 85 %')).map((text) => text.split(':')[0]).sort();
		expect(groups).toEqual(['dingtalk', 'feishu', 'wecom', 'wecom']);
	});

	it('tells operations what could not be sent, and sends the rest', async () => {
		mail.mails.length = 0;
		await send(
			notice({ channel: 'email', title: 'Refused mail', to: 'refused@example.com', key: 'r1' }),
			notice({
				channel: 'email',
				title: 'Good mail',
				to: 'a@example.com, b@example.com',
				key: 'r2',
			}),
			notice({ channel: 'sms', title: 'Refused text', to: 'not a number', key: 'r3' }),
			notice({ channel: 'pigeon' as never, title: 'Unknown channel', key: 'r4' }),
		);
		expect(mail.mails.map(({ to }) => to)).toEqual([['a@example.com', 'b@example.com']]);
		expect(await sees('Refused mail')).toMatch(/email.*(550|refused|rejected|mailbox)/i);
		expect(await sees('Refused text')).toMatch(/sms.*Phone number/);
		expect(await sees('Unknown channel')).toContain('over 85 %');
		expect(await told('Good mail')).toEqual([]);
	});

	it('sends what has no key each time', async () => {
		const keyless = { ...notice({ channel: 'wecom', title: 'Keyless' }), key: '' };
		await send(keyless, { ...keyless, key: undefined as never });
		await send(keyless);
		expect(await told('Keyless')).toHaveLength(3);
	});

	it('lets a mail server that hangs, or is away, hold up nothing else', async () => {
		mail.hang();
		const sending = send(
			notice({ channel: 'email', title: 'Hanging mail', key: 'a1' }),
			notice({ channel: 'email', title: 'No server', key: 'a2' }),
			notice({ channel: 'sms', title: 'But a phone', key: 'a3' }),
			notice({ channel: 'feishu', title: 'But a group', key: 'a4' }),
			notice({ channel: 'operations', title: 'But operations', key: 'a5' }),
		);
		for (const words of ['But a phone', 'But a group', 'But operations']) await sees(words);
		expect(await told('Hanging mail')).toEqual([]);
		// E-mail goes last.
		await mail.connection();
		await mail.close();
		await sending;
		expect(await sees('Hanging mail')).toMatch(/by email: .*(close|ECONNRESET)/i);
		expect(await sees('No server')).toContain('ECONNREFUSED');
	});
});

/** What strangers write into the address of a heartbeat; zeros are a number that nobody sent. */
const BAD_QUERIES = [
	'',
	'nonce',
	'nonce=',
	`nonce=${'0'.repeat(32)}&sentAtMs=abc`,
	`nonce[]=${'0'.repeat(32)}`,
	`nonce=${'0'.repeat(32)}&nonce=${'1'.repeat(32)}`,
	`nonce[a]=${'0'.repeat(32)}`,
	`nonce=${'0'.repeat(32)}%27`,
	`nonce=${'0'.repeat(32)}%0A`,
	'nonce=%25',
	'nonce={{1/0}}',
	`nonce=${'0'.repeat(5_000)}`,
];

describe('Heartbeat', () => {
	const heartbeat = async (metric: string): Promise<Sample | undefined> =>
		(await collect()).find((sample) => sample.source === 'heartbeat' && sample.metric === metric);

	/** Waits for one message more with these words than before something was done. */
	const oneMore = async (words: string, act: () => Promise<unknown>): Promise<void> => {
		const before = (await told(words)).length;
		await act();
		await until(words, async () => ((await told(words)).length > before ? true : undefined));
	};

	it('is silent until it is switched on, and silence is told by the one outside', async () => {
		expect(await heartbeat('up')).toBeUndefined();
		await sees('no sign of life');
	});

	it('goes the whole way, and the one outside hears of it', async () => {
		const pingUrl = `http://127.0.0.1:${watchdog.port}/beat/${TOKEN}`;
		await addRows(system, 'clawbot_heartbeats', [{ name: 'bot', enabled: true, pingUrl }]);
		await sees('is back');
		const answered = await until('a measured answer', async () => await heartbeat('syntheticMs'));
		expect(answered).toMatchObject({ target: 'bot', value: expect.any(Number) });
		await until(
			'it is up',
			async () => await heartbeat('up'),
			({ value }) => value === 1,
		);
		// Nobody has seen the synthetic messages in a chat.
		expect(await told('心跳检查')).toEqual([]);
	});

	it('sets an XML parser free that a malformed request made hang, and says so', async () => {
		await oneMore('is back', async () => {
			expect(await postXml(system, POISON)).toBe(422);
			// The control: until a heartbeat has waited for 10 s in vain, n8n takes no XML.
			expect(await postXml(system, '<xml/>', 3_000)).toBe(0);
			const waiting = await world.say({ platform: 'wecom', text: 'Is anybody there?' });
			expect(waiting.deliveries.map(({ status }) => status)).not.toContain(200);
			expect(await sees('XML parser hang')).toContain('deploy/nginx');
			// What waited goes on.
			expect(await world.answered(waiting.messageId)).toHaveLength(1);
		});
		expect(await postXml(system, '<xml/>')).toBe(401);
	});

	it('is not reached by malformed XML behind the bundled Nginx, and bots are', async () => {
		const { poisonedBy, answers, refused } = await behindNginx(world, folder);
		expect(poisonedBy).toEqual([]);
		expect(answers).toEqual(bots.map(([name]) => [name, 200, 1]));
		expect(refused).toEqual([413, 415, 429]);
	});

	it('is not disturbed by bodies that are too large or malformed, whose senders hear nothing of n8n', async () => {
		const { direct, proxied } = await answersToBodies(system);
		for (const what of ['3 MB', 'a bomb']) {
			const statuses = direct.filter(({ to }) => to.endsWith(what)).map(({ status }) => status);
			expect([what, ...statuses]).toEqual([what, 500, 500, 404, 413, 413]);
		}
		expect(direct.filter(({ status }) => status > 0 && status < 400)).toEqual([]);
		expect([...direct, ...proxied].filter(({ text }) => tellsPaths(text))).toEqual([]);
		const refused = proxied.filter(({ to }) => !to.endsWith('no JSON'));
		const statusOf = ({ to }: { to: string }): number => (to.endsWith('3 MB') ? 413 : 415);
		expect(refused.map(({ status }) => status)).toEqual(refused.map(statusOf));
		// The control: what n8n answers outside of production.
		expect(tellsPaths('{"code":404,"stacktrace":"ResponseError: x\n    at y"}')).toBe(true);
		expect(tellsPaths('<pre>Error: x<br> &nbsp; &nbsp;at y (/srv/body-parser.js:53:40)')).toBe(
			true,
		);
	});

	it('does not take an apology, or another answer, for the answer', async () => {
		const refused = { contains: '心跳检查', status: 400, body: '{}' };
		const wrong = { contains: '心跳检查', answer: '你好！' };
		for (const rule of [refused, wrong]) {
			await oneMore('no sign of life', async () => {
				await world.control('PUT', 'model', { rules: [rule] });
			});
			await oneMore('is back', async () => {
				await world.control('PUT', 'model', { rules: [] });
			});
		}
	});

	it('notices a bot that was unpublished', async () => {
		const { api } = system.n8n;
		await oneMore('no sign of life', async () => await api.deactivate('clawbotAnswer001'));
		await oneMore('is back', async () => await api.activate('clawbotAnswer001'));
	});

	it('lets no stranger give a sign of life', async () => {
		const post = async (path: string, body: object): Promise<number> => {
			const { status } = await fetch(`${system.n8n.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
			return status;
		};
		const guess = '0'.repeat(32);
		const failed = async (): Promise<object[]> =>
			await system.n8n.api.executions('?workflowId=clawbotHeartIn01&status=error');
		const before = await failed();
		for (const nonce of ['', 'x', '%', guess, { $ne: '' }, null]) {
			await post('clawbot-heartbeat', { nonce });
			await post(`clawbot-heartbeat-answer?nonce=${String(nonce)}`, { text: String(nonce) });
		}
		for (const query of BAD_QUERIES) {
			await post(`clawbot-heartbeat?${query}`, { text: guess });
			await post(`clawbot-heartbeat-answer?${query}`, { text: guess });
		}
		// n8n may have answered before it has worked them.
		await until(
			'none is under way',
			async () =>
				await system.n8n.api.executions('?workflowId=clawbotHeartIn01&status=running&limit=1'),
			({ length }) => length === 0,
		);
		const query = 'ledger?direction=in&service=model&since=0';
		const { entries } = await world.control<{ entries: object[] }>('GET', query);
		const asked = (text: string): number =>
			entries.filter((entry) => JSON.stringify(entry).includes(text)).length;
		expect([asked('心跳检查') > 0, asked(guess)]).toEqual([true, 0]);
		// None made an execution fail, which would be a dead letter.
		expect(await failed()).toEqual(before);
	});

	it('falls silent with n8n', async () => {
		await oneMore('no sign of life', async () => await system.n8n.stop());
	});
});
