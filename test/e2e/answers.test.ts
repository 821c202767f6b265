import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, startBrowser } from '../browser';
import { startSystem } from '../../scripts/system/system';
import { freePorts } from '../../scripts/machine/ports';
import accounts from '../../sandbox/accounts.json';
import { Crowd, agentCredential, agentWorkflow } from './agents';
import { World, bots, type Said, type System } from './bot';
import {
	answersOnce,
	worksRedeliveriesOnce,
	assertRefusal,
	onlyOneAnswer,
	refusesForgery,
} from './promises';

// The bundled workflow on a real n8n, with the packed package installed as a user would install it.

let system: System;
let world: World;

beforeAll(async () => {
	const ports = await freePorts('sandbox');
	system = await startSystem({
		sandboxPort: ports.sandbox,
		extraWorkflows: [
			agentWorkflow('automatic', {}),
			agentWorkflow('together', { executions: 'together' }),
		],
		extraCredentials: [agentCredential(`http://127.0.0.1:${ports.sandbox}`)],
	});
	world = new World(system);
});
afterAll(async () => await system?.stop());
afterEach(async () => {
	await world.control('DELETE', 'faults');
	await world.control('PUT', 'model', {});
});

const question: Said = { platform: 'dingtalk' };

// Feishu's check is not signed: it is over with the first message that is.
describe('before the first message, every bot', () => {
	it.each([
		['DingTalk events', { platform: 'dingtalk', bot: 'events' }],
		['Feishu', { platform: 'feishu' }],
		['WeCom app', { platform: 'wecom' }],
		['WeCom AI bot', { platform: 'wecom', bot: 'aibot' }],
	] as Array<[string, Said]>)('passes the console’s check of its address: %s', async (_, said) => {
		const before = await world.executions();
		expect(await world.control('POST', 'verify-url', said)).toMatchObject({ ok: true });
		expect(await world.executions()).toEqual(before);
	});
});

describe.each(bots)('%s', (_, said) => {
	it('answers a question once', async () => {
		await answersOnce(world, said);
	});

	it('works a message once that is delivered several times', async () => {
		await worksRedeliveriesOnce(world, said);
	});

	it('refuses a forged message and starts nothing', async () => {
		await refusesForgery(world, said);
	});

	it('explains itself on /help and /帮助', async () => {
		for (const text of ['/help', '/帮助', '／HELP me']) {
			const { messageId } = await world.say({ ...said, text });
			expect((await world.answered(messageId))[0]!.text).toContain('显示这段说明');
		}
	});
});

describe('every bot', () => {
	it.each([
		['dingtalk', 'picture'],
		['dingtalk', 'something of next year'],
		['feishu', 'image'],
		['feishu', 'something of next year'],
		['wecom', 'image'],
		['wecom', 'something of next year'],
	])('asks for text where there is none: %s %s', async (platform, contentType) => {
		const { messageId } = await world.say({ platform, contentType } as unknown as Said);
		expect((await world.answered(messageId))[0]!.text).toContain('我目前只看得懂文字');
	});

	it.each(bots)('refuses garbage in one way: %s', async (_, said) => {
		const wire = await world.build({ ...said, text: 'x' });
		const before = await world.executions();
		const bodies = [
			'',
			'null',
			'[]',
			'{}',
			'<xml>',
			'{"encrypt":1}',
			'\u0000\uFFFF',
			'x'.repeat(100_000),
		];
		for (const body of bodies) {
			// n8n itself parses JSON and XML before a node sees them and refuses what it cannot; plain bytes
			// reach the node as they are.
			const headers = { ...wire.headers, 'content-type': 'application/octet-stream' };
			assertRefusal(
				await world.deliverRaw(said, {
					...wire,
					headers: Object.fromEntries(
						Object.entries(headers).filter(([name]) => !/sign/i.test(name)),
					),
					query: {},
					method: 'POST',
					body: Buffer.from(body).toString('base64'),
				}),
			);
		}
		expect(await world.executions()).toEqual(before);
	});

	it('refuses a body over 1 MB', async () => {
		const wire = await world.build({ ...question, text: 'x' });
		assertRefusal(
			await world.deliverRaw(question, {
				...wire,
				body: Buffer.alloc(1024 * 1024 + 1, 'x').toString('base64'),
				headers: { ...wire.headers, 'content-type': 'application/octet-stream' },
			}),
		);
	});

	it('tells the person when the model refuses for good', async () => {
		await world.control('PUT', 'model', {
			rules: [{ contains: 'broken', status: 401, body: '{}' }],
		});
		for (const [, said] of bots) {
			const { messageId } = await world.say({ ...said, text: 'A broken question' });
			expect((await world.answered(messageId))[0]!.text).toContain('暂时没能回答');
		}
	});
});

it('asks and answers by connections that are kept open', async () => {
	interface Request {
		kind: string;
		request: { headers: Record<string, string> };
	}
	for (const [, said] of bots) {
		const { messageId } = await world.say({ ...said, text: 'A kept question' });
		await world.answered(messageId);
	}
	const { entries } = await world.control<{ entries: Request[] }>('GET', 'ledger?direction=in');
	const kept = entries.filter(({ request }) => request.headers?.connection === 'keep-alive');
	const kinds = new Set(kept.map(({ kind }) => kind));
	expect([...kinds]).toEqual(expect.arrayContaining(['chat', 'reply', 'send', 'token']));
});

describe('the playground', () => {
	it('answers what a person types in each pane', async () => {
		const browser = await startBrowser();
		try {
			const page = await openPage(browser);
			await page.goto(system.sandbox!.origin);
			const panes = page.locator('.pane');
			await panes.nth(3).waitFor();
			expect(await panes.count()).toBe(4);
			for (const [index, text] of ['你好，钉钉', '你好，飞书', '你好，企业微信'].entries()) {
				const pane = panes.nth(index);
				await pane.locator('textarea').fill(text);
				await pane.locator('textarea').press('Enter');
				await pane.getByText(`Answer to: ${text}`, { exact: true }).waitFor();
				await pane.getByText(/200/).first().waitFor();
			}
		} finally {
			await browser.close();
		}
	});
});

it('answers the others of a window where one reply fails', async () => {
	// The robot of one conversation is gone: its help text cannot be delivered.
	const [gone, ...others] = await Promise.all([
		world.build({ ...question, text: '/help' }),
		...Array.from(
			{ length: 8 },
			async (_, n) => await world.build({ ...question, text: `other ${n}` }),
		),
	]);
	const body = JSON.parse(Buffer.from(gone!.body, 'base64').toString()) as {
		sessionWebhook: string;
	};
	body.sessionWebhook = body.sessionWebhook.replace(/session=.*/, 'session=of-nobody');
	const wires = [
		{ ...gone!, body: Buffer.from(JSON.stringify(body)).toString('base64') },
		...others,
	];
	const deliveries = await Promise.all(
		wires.map(async (wire) => await world.deliverRaw(question, wire)),
	);
	expect(deliveries.map(({ status }) => status)).toEqual(wires.map(() => 200));
	await Promise.all(others.map(async ({ messageId }) => await world.answered(messageId!)));
});

it('holds back no answer for a slow one: 39 of 40 in a window are answered before it', async () => {
	await world.control('PUT', 'model', { rules: [{ contains: 'slow', delayMs: 20_000 }] });
	const texts = Array.from({ length: 40 }, (_, i) => (i === 7 ? 'the slow one' : `quick ${i}`));
	const sent = await Promise.all(texts.map(async (text) => await world.say({ ...question, text })));
	const answers = (
		await Promise.all(sent.map(async ({ messageId }) => await world.answered(messageId)))
	).map(([answer]) => answer!);
	const [slow] = answers.splice(7, 1);
	expect(slow!.text).toContain('the slow one');
	expect(answers.filter(({ at }) => at >= slow!.at)).toEqual([]);
});

describe('A Feishu group', () => {
	const group: Said = { platform: 'feishu', type: 'group', from: 'ann' };

	it('has each of its topics answered by itself, and in its place', async () => {
		await world.control('PUT', 'model', { rules: [{ contains: 'slow', delayMs: 20_000 }] });
		const slow = await world.say({ ...group, text: 'the slow one' });
		const inTopics = await Promise.all(
			['A', 'B'].map(
				async (name) => await world.say({ ...group, thread: `omt_${name}`, text: `Q${name}` }),
			),
		);
		for (const [index, { messageId }] of inTopics.entries()) {
			const answer = { text: `Answer to: Q${'AB'[index]}` };
			expect(await world.answered(messageId)).toMatchObject([answer]);
			const path = `ledger?direction=in&kind=reply&messageId=${messageId}`;
			const { entries } = await world.control<{ entries: Array<{ request: { body: string } }> }>(
				'GET',
				path,
			);
			const bodies = entries.map(({ request }) => JSON.parse(request.body) as object);
			expect(bodies).toMatchObject([{ reply_in_thread: true }]);
		}
		const [answer] = await world.answered(slow.messageId);
		for (const { messageId } of inTopics) {
			expect((await world.answers(messageId))[0]!.at < answer!.at).toBe(true);
		}
	});

	it('is left alone where the bot is not mentioned', async () => {
		const before = await world.executions();
		const { deliveries } = await world.say({ ...group, mention: false, text: 'lunch?' });
		expect(deliveries.map(({ status }) => status)).toEqual([200]);
		expect(await world.executions()).toEqual(before);
	});
});

describe('n8n’s AI Agent with a memory, when many write at once', () => {
	it('gives each of 50 people their own words, also from memory', async () => {
		const crowd = new Crowd(world, 'automatic', 50);
		const answers = await crowd.sayAtOnce((name) => `My secret is ${name}`);
		expect(answers).toEqual(crowd.names.map((name) => `Answer to: My secret is ${name}`));
		await crowd.sayAtOnce(() => 'What is my secret?');
		// Of each person one request that tells it, and one that remembers it.
		const twice = crowd.names.flatMap((name) => [[name], [name]]);
		expect((await crowd.namesInRequests()).sort()).toEqual(twice.sort());
	});

	it('mixes them up in one execution (control)', async () => {
		const crowd = new Crowd(world, 'together', 20);
		await crowd.sayAtOnce((name) => `My secret is ${name}`);
		const mixed = (await crowd.namesInRequests()).filter((names) => names.length > 1);
		expect(mixed.length).toBeGreaterThan(0);
	});
});

it('keeps secrets out of executions, logs, the database and the ledger, also when things fail', async () => {
	const secrets = secretValues();
	// A provider and a platform that repeat what they were sent.
	await world.control('PUT', 'model', {
		rules: [
			{
				contains: 'leak',
				status: 401,
				body: JSON.stringify({
					error: { message: `Incorrect API key: ${accounts.clawBotModelApi.apiKey}` },
				}),
			},
		],
	});
	await world.control('POST', 'faults', {
		service: 'feishu',
		pathContains: '/reply',
		times: 2,
		status: 400,
		body: { code: 230001, msg: `bad secret ${accounts.feishuAppApi.appSecret}` },
	});
	const sent = [];
	for (const [, said] of bots) sent.push(await world.say({ ...said, text: 'Do not leak' }));
	// None on Feishu, which refuses them.
	const heard = sent.filter((_, index) => bots[index]![1].platform !== 'feishu');
	for (const { messageId } of heard) await world.answered(messageId);
	await world.executions();

	const executions = await system.n8n.api.executions('?limit=250&includeData=true');
	const ledger = await world.control('GET', 'ledger?since=0');
	const places: Record<string, string> = {
		executions: JSON.stringify(executions),
		logs: system.n8n.logs(),
		ledger: JSON.stringify(ledger),
		...databaseFiles(),
	};
	// The search must be able to find something: the text of a message is in each place but the log.
	expect(places.executions).toContain('Do not leak');
	expect(places.ledger).toContain('Do not leak');
	for (const [place, content] of Object.entries(places)) {
		const found = secrets.filter(([, value]) => content.includes(value)).map(([name]) => name);
		expect({ place, found }).toEqual({ place, found: [] });
	}
});

it('recognises a message after a restart that it acknowledged before it', async () => {
	const sent: string[] = [];
	for (const [, said] of bots) sent.push(await answersOnce(world, said));
	await system.n8n.restart();
	for (const messageId of sent) expect((await world.deliverAgain(messageId)).status).toBe(200);
	await Promise.all(sent.map(async (messageId) => await onlyOneAnswer(world, messageId)));
	await answersOnce(world, question);
});

// Negative controls: the promises above must fail where their mechanism is off, or they show nothing.
describe('with mechanisms switched off', () => {
	const original = new Map<string, string>();

	/** Changes the package that n8n has installed, and restarts n8n. */
	async function switchOff(
		...changes: Array<[file: string, from: string, returns: string]>
	): Promise<void> {
		const dist = join(system.folder, 'n8n/.n8n/nodes/node_modules/n8n-nodes-clawbot/dist');
		for (const [file, from, returns] of changes) {
			const path = join(dist, file);
			const code = readFileSync(path, 'utf8');
			original.set(path, code);
			expect(code).toContain(from);
			writeFileSync(path, code.replace(from, `${from} return ${returns};`));
		}
		await system.n8n.restart();
	}

	function switchOn(): void {
		for (const [path, code] of original) writeFileSync(path, code);
		original.clear();
	}

	describe('signature check and de-duplication:', () => {
		beforeAll(async () => {
			await switchOff(
				['protocol/verify.js', 'function safeEqual(a, b) {', 'true'],
				['nodes/shared/receive/seen.js', 'has(key, nowMs) {', 'false'],
			);
		});
		afterAll(switchOn);

		it('a forged message gets in', async () => {
			for (const [name, said] of bots) {
				await expect(refusesForgery(world, said).then(() => name)).rejects.toThrow(
					'a forged message started',
				);
			}
		});

		it('a redelivery is worked again', async () => {
			for (const [name, said] of bots) {
				await expect(worksRedeliveriesOnce(world, said).then(() => name)).rejects.toThrow(
					/[2-9] (answers|executions)/,
				);
			}
		});
	});

	describe('decryption:', () => {
		beforeAll(async () => {
			await switchOff([
				'protocol/envelope.js',
				'function decryptPadded(key, cipherText, block = BLOCK) {',
				'cipherText',
			]);
		});
		afterAll(switchOn);

		it('encrypted messages are not understood', async () => {
			for (const [name, said] of bots.filter(([, { platform }]) => platform === 'wecom')) {
				await expect(answersOnce(world, said).then(() => name)).rejects.toThrow(
					'not acknowledged: 401',
				);
			}
		});
	});
});

/** Everything in the sandbox's accounts that is a secret, by name. */
function secretValues(): Array<[name: string, value: string]> {
	const open =
		/^(clientId|robotCode|appId|corpId|agentId|botId|provider|authScheme|baseUrl|oapiBaseUrl|websocketUrl)$/;
	return Object.entries(accounts).flatMap(([type, data]) =>
		Object.entries(data)
			.filter(([field, value]) => !open.test(field) && value !== '')
			.map(([field, value]): [string, string] => {
				const url = /[=/]([^=/]+)$/.exec(value)?.[1];
				return [`${type}.${field}`, field === 'webhookUrl' ? url! : value];
			}),
	);
}

function databaseFiles(): Record<string, string> {
	const folder = join(system.folder, 'n8n/.n8n');
	return Object.fromEntries(
		readdirSync(folder)
			.filter((name) => name.startsWith('database.sqlite'))
			.map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
	);
}
