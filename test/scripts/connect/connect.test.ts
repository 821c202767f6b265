import { spawn, type ChildProcess } from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTRATIONS } from '../../../scripts/system/registrations';
import { sandboxRegistrations } from '../../../scripts/workflows/simulated';
import { useSandbox } from '../../sandbox/helpers';
import { hurry } from '../../sandbox/registering';
import { smallWorkflow } from '../fixtures';
import { startCommand } from './command';
import { API_KEY, startStandIn } from './standIn';

/* `npm run connect`, with the sandbox as the platforms and a stand-in for n8n's API. */

const { sandbox, control } = useSandbox();
let n8n: Awaited<ReturnType<typeof startStandIn>>;
let data: string;
let running: Array<ReturnType<typeof startCommand>>;

beforeAll(async () => {
	n8n = await startStandIn();
});
afterAll(async () => await n8n.close());
beforeEach(async () => {
	await hurry(control);
	n8n.reset();
	data = mkdtempSync(join(tmpdir(), 'clawbot-connect-'));
	running = [];
});
afterEach(async () => {
	for (const command of running) command.signal('SIGKILL');
	await Promise.all(running.map(async ({ exited }) => await exited));
	rmSync(data, { recursive: true, force: true });
});

/** The simulated platforms' addresses, as `.env` would set them. */
const sandboxVariables = () =>
	Object.fromEntries(
		Object.entries(sandboxRegistrations(sandbox.origin)).flatMap(([platform, settings]) =>
			Object.entries(settings).map(([name, value]) => [
				REGISTRATIONS[platform as 'feishu'][name]!,
				value,
			]),
		),
	);

function command(args: string[], env: NodeJS.ProcessEnv = {}) {
	const started = startCommand(args, { CLAWBOT_DATA: data, ...sandboxVariables(), ...env });
	running.push(started);
	return started;
}
const remotely = (...args: string[]) =>
	command([...args, '--url', n8n.url], { N8N_API_KEY: API_KEY });

/** The phone: what a person does with the code that the terminal shows. */
async function phone(shown: ReturnType<typeof startCommand>, does: string, more: object = {}) {
	await shown.says('Waiting for the scan');
	return await control.post('/registrations', { address: shown.address(), does, ...more });
}

/** Secrets of the bots that were made. */
const secrets = () =>
	n8n.made.map(({ data: { clientSecret, appSecret, secret } }) =>
		String(clientSecret ?? appSecret ?? secret),
	);

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

/** Nobody but n8n's store of credentials is told a secret. */
function expectNoSecret(output: string): void {
	const others = n8n.asked.filter(({ path }) => path !== '/credentials').map(({ text }) => text);
	const seen = [output, ...others, ...filesIn(data)].join('\n');
	expect(secrets().length).toBeGreaterThan(0);
	for (const secret of secrets()) expect(seen).not.toContain(secret);
}

const cases = [
	{ platform: 'dingtalk', type: 'dingTalkAppApi', id: 'clientId', secret: 'clientSecret' },
	{ platform: 'feishu', type: 'feishuAppApi', id: 'appId', secret: 'appSecret' },
	{ platform: 'wecom', type: 'weComAiBotApi', id: 'botId', secret: 'secret' },
] as const;

describe.each(cases)('$platform', ({ platform, type, id, secret }) => {
	it('makes a bot by a scan, and lets it answer when the operator agrees', async () => {
		const shown = remotely(platform);
		const { bot } = await phone(shown, 'confirm', { from: 'lisi' });
		await shown.says('Publish "ClawBot 1 bot: answer bot messages" with this bot?');
		expect(n8n.boundIds(type)).toEqual([]);
		expect(n8n.asked.some(({ method }) => method === 'PUT')).toBe(false);
		shown.type('y');
		expect(await shown.exited).toBe(0);

		const [made] = n8n.made;
		expect(made).toMatchObject({
			type,
			name: expect.stringContaining(bot.id),
			data: { [id]: bot.id },
		});
		const given = made!.data[secret];
		expect(sandbox.world.bots.withSecret(platform, bot.id, given)).toBeDefined();
		// One trigger and three nodes that answer.
		expect(n8n.boundIds(type)).toEqual(Array(4).fill(made!.id));
		for (const other of cases)
			if (other.type !== type) expect(n8n.boundIds(other.type)).toEqual([]);
		expectNoSecret(shown.output());
	});

	it('leaves the workflows alone when the operator does not agree, or is gone', async () => {
		for (const end of ['n', 'leave']) {
			const shown = remotely(platform);
			await phone(shown, 'confirm');
			await shown.says('[y/N]');
			if (end === 'leave') shown.leave();
			else shown.type(end);
			expect(await shown.exited).toBe(1);
			expect(shown.output()).toContain('is in no workflow yet');
			expectNoSecret(shown.output());
		}
		expect(n8n.boundIds(type)).toEqual([]);
	});
});

describe('the operator sees who it was before anybody gets an answer', () => {
	it('by Feishu’s id, and the bot greets that person', async () => {
		const shown = remotely('feishu');
		await phone(shown, 'confirm', { from: 'lisi' });
		await shown.says('It was confirmed by ou_');
		await shown.says('[y/N]');
		const before = JSON.stringify(await control.get('/ledger'));
		expect(before).not.toContain('im/v1/messages');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(shown.output()).toContain('✓ The bot has written to the person who scanned the code');
		const { entries } = await control.get('/ledger?platform=feishu');
		const sent = entries.filter(({ path }: { path: string }) => path.includes('im/v1/messages'));
		expect(sent).toHaveLength(1);
		expect(JSON.stringify(sent)).toContain('你好，我已连接');
		expect(JSON.stringify(sent)).toContain(/ou_[0-9a-f]+/.exec(shown.output())![0]);
	});

	it('by asking, where the platform does not say it', async () => {
		const shown = remotely('wecom');
		await phone(shown, 'confirm');
		await shown.says('WeCom (企业微信) does not say who confirmed it');
		await shown.says('[y/N]');
		shown.leave();
		await shown.exited;
	});

	it('a failed greeting is a remark', async () => {
		const shown = remotely('feishu');
		await phone(shown, 'confirm');
		await shown.says('[y/N]');
		await control.post('/faults', {
			service: 'feishu',
			pathContains: 'im/v1/messages',
			status: 500,
			body: { code: 1, msg: 'unwell' },
		});
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(shown.output()).toContain('was not greeted (unwell (1))');
	});

	it('what was typed before the question does not answer it', async () => {
		const shown = remotely('feishu');
		await shown.says('Waiting for the scan');
		shown.type('y');
		await control.post('/registrations', { address: shown.address(), does: 'confirm' });
		await shown.says('[y/N]');
		shown.leave();
		expect(await shown.exited).toBe(1);
		expect(n8n.boundIds('feishuAppApi')).toEqual([]);
	});
});

describe('a scan that comes to nothing', () => {
	it.each([
		['deny', 'Who scanned the code said no'],
		['expire', 'The code has expired'],
	])('%s', async (does, words) => {
		const shown = remotely('feishu');
		await phone(shown, does);
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain(words);
		expect(n8n.made).toEqual([]);
	});

	it('is cancelled by Ctrl-C', async () => {
		const shown = remotely('feishu');
		await shown.says('Waiting for the scan');
		shown.signal('SIGINT');
		expect(await shown.exited).toBe(130);
		expect(shown.output()).toContain('Cancelled: nobody asks for this code any more');
		expect(n8n.made).toEqual([]);
	});

	it('leaves the other platforms their turn', async () => {
		const shown = remotely('feishu', 'wecom');
		await phone(shown, 'deny');
		await shown.says('WeCom (企业微信)');
		await phone(shown, 'confirm');
		await shown.says('[y/N]');
		shown.type('yes');
		expect(await shown.exited).toBe(1);
		expect(n8n.made.map(({ type }) => type)).toEqual(['weComAiBotApi']);
	});

	it('says why there is no code', async () => {
		await control.post('/faults', { service: 'feishu', kind: 'registration', cut: true });
		const shown = remotely('feishu');
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain('The platform does not answer: there is no code');
		expect(shown.output()).not.toMatch(/\n\s+at /);
	});
});

describe('the secret, which comes once', () => {
	it.each([
		[
			'n8n has not taken it',
			1,
			'press Enter to try again',
			'has not said that it has its credential',
		],
		['it is in no workflow', 0, '[y/N]', 'is in no workflow yet: choose the credential'],
	])(
		'is not spoken of, but what to do is, at Ctrl-C while %s',
		async (_, refusals, asks, words) => {
			n8n.state.refusals = refusals;
			const shown = remotely('feishu');
			const { bot } = await phone(shown, 'confirm');
			await shown.says(asks);
			shown.signal('SIGINT');
			expect(await shown.exited).toBe(130);
			expect(shown.output()).toContain(words);
			const { secret } = sandbox.world.bots.find('feishu', bot.id)!;
			expect(shown.output()).not.toContain(secret);
			expect(n8n.boundIds('feishuAppApi')).toEqual([]);
		},
	);

	it('is kept until n8n has taken it, and shown to nobody', async () => {
		n8n.state.refusals = 2;
		const shown = remotely('feishu');
		await phone(shown, 'confirm');
		for (let tries = 0; tries < 2; tries++) {
			await shown.says('the database is gone');
			await shown.says('press Enter to try again');
			shown.type('');
		}
		await shown.says('[y/N]');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(n8n.boundIds('feishuAppApi')).toHaveLength(4);
		expectNoSecret(shown.output());
	});

	it('is gone when the operator gives the bot up, and that is said', async () => {
		n8n.state.refusals = 1;
		const shown = remotely('feishu');
		const { bot } = await phone(shown, 'confirm');
		await shown.says('press Enter to try again');
		shown.type('q');
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain(
			`${bot.id} is there, but n8n has not said that it has its credential`,
		);
		const { secret } = sandbox.world.bots.find('feishu', bot.id)!;
		expect(shown.output()).not.toContain(secret);
	});
});

describe('the choice', () => {
	it('is asked where no platform is named, and taken by number or name', async () => {
		const shown = remotely();
		await shown.says('Enter: all, one after the other.');
		shown.type('2, wecom');
		await phone(shown, 'deny');
		await shown.says('WeCom (企业微信)');
		await shown.says('Waiting for the scan');
		expect(shown.output()).not.toContain('Scan this code with the app of DingTalk');
	});

	it('shows what is published with it, and which trigger hears again', async () => {
		const [bundled] = n8n.state.workflows;
		Object.assign(bundled!, { versionId: 'v2', activeVersion: { versionId: 'v1', nodes: [] } });
		bundled!.nodes.find(({ name }) => name === 'Feishu message')!.disabled = true;
		const shown = remotely('feishu');
		await phone(shown, 'confirm');
		await shown.says('", with its changes that are not published yet, with this bot?');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(shown.output()).toContain('is enabled: Feishu message');
		expect(bundled!.nodes.some(({ disabled }) => disabled)).toBe(false);
	});

	it('of the workflows is the operator’s, and others with the bot before are named', async () => {
		const old = { feishuAppApi: { id: 'old', name: 'Old app' } };
		const [bundled] = n8n.state.workflows;
		const own = structuredClone({ ...bundled!, id: 'own1', name: 'My bot', active: false });
		for (const node of own.nodes) {
			if (node.type.endsWith('.feishuTrigger')) node.credentials = structuredClone(old);
		}
		const sender = smallWorkflow('sender1', 'My sender', ['x']);
		sender.nodes.at(-1)!.credentials = old;
		n8n.state.workflows.push(own, { ...sender, active: true });
		const shown = remotely('feishu', '--workflow', 'own1', '--workflow', 'clawbotAnswer001');
		await phone(shown, 'confirm');
		await shown.says('Publish "My bot" and "ClawBot 1 bot: answer bot messages" with this bot?');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(n8n.state.workflows.find(({ id }) => id === 'own1')).toMatchObject({ active: true });
		expect(shown.output()).toMatch(/These still work with "Old app".*\n {2}My sender/);
		expect(n8n.boundIds('feishuAppApi')).toHaveLength(9);
	});

	it('gives the credential to all that work with the one from before, and publishes none of them', async () => {
		const old = { feishuAppApi: { id: 'old', name: 'Old app' } };
		const [bundled] = n8n.state.workflows;
		for (const { credentials } of bundled!.nodes) {
			if (credentials?.feishuAppApi) Object.assign(credentials, structuredClone(old));
		}
		const sender = smallWorkflow('sender1', 'My sender', ['x']);
		sender.nodes.at(-1)!.credentials = structuredClone(old);
		const gone = { ...structuredClone(sender), id: 'gone1', name: 'Archived' };
		n8n.state.workflows.push({ ...sender, active: false });
		n8n.state.workflows.push({ ...gone, active: false, isArchived: true });
		const shown = remotely('feishu');
		await phone(shown, 'confirm');
		await shown.says('get the new one too:\n  My sender');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(n8n.boundIds('feishuAppApi')).toHaveLength(6);
		expect(new Set(n8n.boundIds('feishuAppApi')).size).toBe(2);
		expect(n8n.state.workflows.find(({ id }) => id === 'sender1')).toMatchObject({ active: false });
		expect(shown.output()).not.toContain('Archived');
		expect(shown.output()).not.toContain('still work with');
	});

	it('names the bot whose place is taken, and publishes only what the operator was asked about', async () => {
		const [bundled] = n8n.state.workflows;
		Object.assign(bundled!, { versionId: 'v1' });
		const shown = remotely('feishu');
		await shown.says('Waiting for the scan');
		// While the person looks for the phone, a colleague chooses another bot.
		const node = bundled!.nodes.find(({ type }) => type.endsWith('.feishuTrigger'))!;
		for (const each of bundled!.nodes) delete each.credentials?.feishuAppApi;
		node.credentials = { feishuAppApi: { id: 'other', name: 'Bot of a colleague' } };
		await control.post('/registrations', { address: shown.address(), does: 'confirm' });
		await shown.says('It takes the place of "Bot of a colleague".');
		await shown.says('[y/N]');
		Object.assign(bundled!, { versionId: 'v2' });
		shown.type('y');
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain('has been changed since you were asked');
		expect(n8n.asked.some(({ method }) => method === 'PUT')).toBe(false);
	});

	it('shows names without what moves the cursor, colours or turns a text', async () => {
		n8n.state.workflows[0]!.name = 'Mine\x1b[2J\x9b31m\u202e\r!';
		const shown = remotely('feishu', '--workflow', 'clawbotAnswer001');
		await phone(shown, 'confirm');
		await shown.says('Publish "Mine');
		await shown.says('[y/N]');
		shown.type('y');
		expect(await shown.exited).toBe(0);
		expect(shown.output()).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
	});

	it.each<[string, string[], string, () => void]>([
		[
			'a workflow in the archive',
			['feishu', '--workflow', 'clawbotAnswer001'],
			'is archived',
			() => Object.assign(n8n.state.workflows[0]!, { isArchived: true }),
		],
		['a platform that is none', ['slack'], 'Known are [dingtalk|feishu|wecom …]', () => {}],
		['an option that it has not', ['feishu', '--force'], 'Known are [dingtalk', () => {}],
		[
			'a workflow that is not there',
			['feishu', '--workflow', 'x'],
			'there is no workflow x',
			() => {},
		],
		[
			'no bundled workflow',
			['feishu'],
			'npm run workflows:push',
			() => {
				n8n.state.workflows = [];
			},
		],
		[
			'an n8n without the package',
			['feishu'],
			'Install n8n-nodes-clawbot there first',
			() => {
				n8n.state.hasPackage = false;
			},
		],
		[
			'a workflow without a trigger for it',
			['feishu', '--workflow', 'small'],
			'has no trigger for such a bot',
			() => n8n.state.workflows.push({ ...smallWorkflow('small', 'Small'), active: true }),
		],
		[
			'a workflow with several bots',
			['feishu'],
			'works with several bots of this platform',
			() =>
				n8n.state.workflows[0]!.nodes.forEach((node, index) => {
					if (node.credentials?.feishuAppApi) node.credentials.feishuAppApi.id = `app${index}`;
				}),
		],
	])('says what to do, and shows no code: %s', async (_, args, words, prepare) => {
		prepare();
		const shown = remotely(...args);
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain(words);
		expect(shown.output()).not.toMatch(/\n\s+at /);
		expect((await control.get('/registrations')).registrations).toEqual([]);
	});

	it.each([
		['a wrong key', { N8N_API_KEY: 'wrong' }, 'Check the API key'],
		['no key', {}, 'no API key was given'],
	])('says what to do: %s', async (_, env, words) => {
		const shown = command(['feishu', '--url', n8n.url], env);
		expect(await shown.exited).toBe(1);
		expect(shown.output()).toContain(words);
	});
});

describe('the n8n of npm start', () => {
	let start: ChildProcess;
	const log = (text: string) => appendFileSync(join(data, 'logs', 'n8n.log'), `${text}\n`);

	/** What `npm start` leaves in its folder. */
	beforeEach(() => {
		const file = join(data, 'start.js');
		writeFileSync(file, 'setInterval(() => {}, 1000);');
		start = spawn(process.execPath, [file], { stdio: 'ignore' });
		mkdirSync(join(data, 'logs'));
		const running = { pid: start.pid, n8nUrl: n8n.url, sandboxUrl: sandbox.origin };
		writeFileSync(join(data, 'running.json'), JSON.stringify(running));
		writeFileSync(
			join(data, 'secrets.json'),
			JSON.stringify({ encryptionKey: 'x', apiKey: API_KEY }),
		);
	});
	afterEach(() => start.kill('SIGKILL'));

	/** Up to the publication, whereupon n8n logs `line` of the bot. */
	async function connected(line: (botId: string) => string) {
		const shown = startCommand(['dingtalk', '--sandbox'], { CLAWBOT_DATA: data });
		running.push(shown);
		const { bot } = await phone(shown, 'confirm');
		log(`08:00:00 info DingTalk ${bot.id}: closed`);
		n8n.state.onPublished = () => log(`08:00:01 info DingTalk ${line(bot.id)}`);
		await shown.says('[y/N]');
		shown.type('y');
		return { code: await shown.exited, output: shown.output() };
	}

	it('is asked by its log whether the connection is open', async () => {
		const { code, output } = await connected((id) => `${id}: connected`);
		expect(output).toContain('✓ Wait until the connection is open: connected');
		expect(code).toBe(0);
		expect(n8n.made).toMatchObject([{ data: { keepAlive: true } }]);
	});

	it('is told when the connection does not open', async () => {
		const { code, output } = await connected((id) => `${id}: not connected: HTTP 502`);
		expect(output).toContain('Wait until the connection is open: not connected: HTTP 502');
		expect(code).toBe(1);
	});

	it('is told when no trigger of the workflow opens one', async () => {
		for (const node of n8n.state.workflows[0]!.nodes) {
			if (node.type.endsWith('.dingTalkTrigger')) node.parameters = { connection: 'httpCallback' };
		}
		const { code, output } = await connected((id) => `${id}: nothing`);
		expect(output).toContain('choose the long connection in it');
		expect(code).toBe(1);
	});

	it('is missed where it does not run', async () => {
		start.kill('SIGKILL');
		rmSync(join(data, 'running.json'));
		for (const [args, words] of [
			[['feishu'], 'npm start is not running'],
			[['feishu', '--sandbox'], 'the sandbox is not running'],
		] as const) {
			const shown = command([...args]);
			expect(await shown.exited).toBe(1);
			expect(shown.output()).toContain(words);
		}
	});
});
