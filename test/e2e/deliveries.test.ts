import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryRow, Payload, Unsent } from '../../core/delivery/delivery';
import { SEND_LEASE_MS } from '../../core/delivery/lease';
import { DEFAULT_GROUPS } from '../../sandbox/people';
import { startSystem } from '../../scripts/system/system';
import { World, type Said, type System } from './bot';
import { publish, unpublish } from './editor';
import { onlyWhenTold } from './filled';
import { onlyOneAnswer } from './promises';
import { callStore, probe, row, type Operation } from './store';
import { holdsOn, pause, until } from './until';

/*
 * What becomes of messages that cannot be sent or answered at once. What people saw and how often it was
 * tried is read from the sandbox's ledger.
 */

interface Exchange {
	/** ISO 8601. */
	at: string;
	service: string;
	kind: string;
	path: string;
	status: number;
	refused?: string;
	note?: string;
	text?: string;
	request?: { body?: string };
}

/** One conversation on each kind of bot, and the calls by which each of them is answered. */
const bots: Array<[name: string, said: Said, service: string, kind: string]> = [
	['DingTalk', { platform: 'dingtalk' }, 'dingtalk', 'reply'],
	['Feishu', { platform: 'feishu' }, 'feishu', 'reply'],
	['WeCom app', { platform: 'wecom' }, 'wecom', 'send'],
	['WeCom AI bot', { platform: 'wecom', bot: 'aibot' }, 'wecom', 'reply'],
];

let system: System;
let world: World;
/** Leases of rows whose keys begin so are lost to others. */
const LOST = 'lost to others';
/** No clock repeats anything: what is tried again here was told to be due. */
const folder = onlyWhenTold(({ name, parameters }) => {
	if (name !== 'Write where the version before stands') return;
	const [key] = parameters.filters.conditions;
	key.keyValue = `={{ $json.claim && $json.key.startsWith('${LOST}') ? '' : $json.key }}`;
});

beforeAll(async () => {
	const doors: Operation[] = ['save', 'due', 'find', 'deliver'];
	system = await startSystem({ workflowsDir: folder, extraWorkflows: doors.map(probe) });
	world = new World(system);
});
afterAll(async () => {
	await system?.stop();
	rmSync(folder, { recursive: true });
});
afterEach(async () => {
	await world.control('DELETE', 'faults');
	await world.control('PUT', 'model', { rules: [] });
});
const call = async (operation: Operation, items: object[]) =>
	await callStore(system.n8n.url, operation, items);
const deliver = async (...requests: object[]) => await call('deliver', requests);
const fail = async (service: string, kind: string, fault: object) =>
	await world.control('POST', 'faults', { service, kind, times: 1, ...fault });

/** Calls of the bot whose body holds a text, in their order. */
async function calls(text: string, kinds = ['send', 'reply']): Promise<Exchange[]> {
	const query = 'ledger?direction=in&since=0';
	const { entries } = await world.control<{ entries: Exchange[] }>('GET', query);
	return entries.filter(
		({ kind, request }) => kinds.includes(kind) && request?.body?.includes(text),
	);
}

/** What people see of a text: calls that the platform took for a new message. */
async function seen(text: string): Promise<Exchange[]> {
	return (await calls(text)).filter((exchange) => exchange.text && exchange.note !== 'duplicate');
}

async function rows(...statuses: string[]): Promise<DeliveryRow[]> {
	return await call(
		'find',
		statuses.map((status) => ({ status })),
	);
}

/** Waits until a row holds a text and has one of some statuses. */
async function settled(text: string, ...statuses: string[]): Promise<DeliveryRow> {
	return await until(`"${text}" is ${statuses.join(' or ')}`, async () =>
		(await rows(...statuses)).find(({ payload }) => payload.includes(text)),
	);
}

/** For longer than a repetition would take, a text is tried once. */
const triedOnce = async (text: string): Promise<void> =>
	await holdsOn(async () => expect(await calls(text)).toHaveLength(1), 5_000);

/** The payload of a row whose text was not sent. */
function kept(way: Pick<Unsent, 'platform' | 'via' | 'target'>, text: string): string {
	const unsent: Unsent = {
		...way,
		content: { type: 'text', text },
		longText: 'split',
		seed: text,
		sentParts: 0,
		messageIds: [],
		repeatable: false,
	};
	return JSON.stringify({ unsent } satisfies Payload);
}

const attempts = ({ history }: DeliveryRow): string[] =>
	(JSON.parse(history) as Array<{ class: string }>).map((attempt) => attempt.class);

it.each(bots)(
	'sends an answer again that %s did not take, as the same message, and asks the model once',
	async (name, said, service, kind) => {
		const text = `Twice in vain on ${name}`;
		await fail(service, kind, { status: 500, body: {}, times: 2 });
		const { messageId } = await world.say({ ...said, text });
		expect((await world.answered(messageId))[0]!.text).toContain(text);
		await onlyOneAnswer(world, messageId);
		expect(await calls(text, ['chat'])).toHaveLength(1);
		const tried = await calls(text);
		expect(tried.map(({ status }) => status)).toEqual([500, 500, 200]);
		expect(new Set(tried.map(({ request }) => request!.body)).size).toBe(1);
		const delivered = await settled(text, 'delivered');
		expect(attempts(delivered)).toEqual(['temporary', 'temporary', 'delivered']);
	},
);

it('asks the model again where it gave no answer, and answers once', async () => {
	await world.control('PUT', 'model', {
		rules: [{ contains: 'for a while', status: 500, body: '{}' }],
	});
	const sent = await Promise.all(
		bots.map(async ([name, said]) => {
			return await world.say({ ...said, text: `Down for a while on ${name}` });
		}),
	);
	for (const [name] of bots) {
		const asked = (await calls(`for a while on ${name}`, ['chat'])).length;
		const waiting = await settled(`for a while on ${name}`, 'waiting');
		expect(waiting).toMatchObject({ kind: 'question', class: 'temporary' });
		// An attempt asks twice at the most; one may be under way.
		expect(asked).toBeLessThanOrEqual(2 * (waiting.attempts + 1));
	}
	await world.control('PUT', 'model', { rules: [] });
	for (const { messageId } of sent) {
		const [answer] = await world.answered(messageId);
		expect(answer!.text).toContain('Answer to: Down for a while');
	}
	await Promise.all(sent.map(async ({ messageId }) => await onlyOneAnswer(world, messageId)));
	for (const [name] of bots) {
		const delivered = await settled(`for a while on ${name}`, 'delivered');
		expect(attempts(delivered).at(-1)).toBe('delivered');
	}
});

it('gives up at once what can never be sent, and tells the person once', async () => {
	const text = 'Never to be sent';
	const body = { code: 230002, msg: 'The bot can not be outside the group.' };
	await fail('feishu', 'reply', { status: 400, body });
	const { messageId } = await world.say({ platform: 'feishu', text });
	expect((await world.answered(messageId))[0]!.text).toContain('暂时没能回答');
	expect(await settled(text, 'dead')).toMatchObject({ attempts: 1, kind: 'answer' });
	await triedOnce(text);
	await onlyOneAnswer(world, messageId);
});

describe('where the platform did its work and the connection ended before it said so', () => {
	it('repeats the message with its idempotency key, and it is seen once', async () => {
		const text = 'Cut off, with a key';
		// The node repeats such a message once by itself; this lasts longer than that.
		await fail('feishu', 'reply', { cut: true, after: true, times: 3 });
		const { messageId } = await world.say({ platform: 'feishu', text });
		expect(attempts(await settled(text, 'delivered'))).toEqual(['unknownOutcome', 'delivered']);
		await onlyOneAnswer(world, messageId);
		expect((await calls(text)).map(({ status }) => status)).toEqual([0, 0, 0, 200]);
	});

	it('does not repeat it where the platform knows no key: a person decides', async () => {
		const text = 'Cut off, without a key';
		await fail('wecom', 'send', { cut: true, after: true });
		await deliver({ platform: 'wecom', text });
		expect(await settled(text, 'uncertain')).toMatchObject({
			attempts: 1,
			class: 'unknownOutcome',
		});
		await triedOnce(text);
	});
});

describe('the send workflow', () => {
	it('sends what another workflow hands in, and the same key only once', async () => {
		const request = { platform: 'dingtalk', text: 'Backup finished', key: 'backup of today' };
		expect(await deliver(request)).toMatchObject([{ status: 'delivered', bot: 'groupRobot' }]);
		expect(await deliver(request, request)).toEqual([]);
		expect(await seen('Backup finished')).toHaveLength(1);
	});

	it.each([
		[{ platform: 'dingtalk' }, '"text" is missing'],
		[{ platform: 'telegram', text: 'x' }, '"platform" must be one of'],
		[{ platform: 'feishu', via: 'app', text: 'x' }, '"target.type" must be one of'],
	])('refuses a bad request in words, before it stores anything: %j', async (request, words) => {
		const text = `Beside ${JSON.stringify(request)}`;
		await expect(deliver({ platform: 'dingtalk', text }, request)).rejects.toThrow('500');
		await until(
			'n8n says why',
			async () => {
				const query = '?workflowId=clawbotDeliver1&status=error&limit=1&includeData=true';
				const [failed] = await system.n8n.api.executions(query);
				return failed?.data.resultData.error.message as string | undefined;
			},
			(message) => message.includes(words),
		);
		expect(await seen(text)).toEqual([]);
	});

	it('keeps to the limit of a robot: what is too much waits, and nothing is refused', async () => {
		const texts = Array.from({ length: 30 }, (_, index) => `Burst ${index}.`);
		await deliver(...texts.map((text) => ({ platform: 'wecom', text })));
		// One that goes between the two looks is in both.
		const { tried, waiting } = await until(
			'each was tried or waits',
			async () => ({
				waiting: (await rows('waiting')).filter(({ payload }) => payload.includes('Burst ')),
				tried: (await calls('Burst ')).filter(({ service }) => service === 'wecom'),
			}),
			(found) => found.tried.length + found.waiting.length === texts.length,
		);
		expect(tried.filter(({ refused }) => refused)).toEqual([]);
		const began = Date.parse(tried[0]!.at);
		const inAMinute = tried.filter(({ at }) => Date.parse(at) < began + 60_000);
		expect(inAMinute.length).toBeLessThanOrEqual(20);
		expect(waiting.length).toBeGreaterThan(0);
		for (const { class: name } of waiting) expect(name).toBe('rateLimited');
	});

	it('makes one message of broadcasts that the limit held back', async () => {
		// Due when all three are there: one that is seen alone goes alone.
		const dueAt = Date.now() + 5_000;
		const held = ['First', 'Second', 'Third'].map((nth) =>
			row({
				dueAt,
				kind: 'notification',
				priority: 2,
				platform: 'feishu',
				bot: 'groupRobot',
				class: 'rateLimited',
				payload: kept({ platform: 'feishu', via: 'groupRobot' }, `${nth} of the digest`),
			}),
		);
		await call('save', held);
		await settled('First of the digest', 'delivered');
		expect(await settled('Third of the digest', 'merged')).toMatchObject({ attempts: 2 });
		const [digest, ...others] = await seen('of the digest');
		expect(others).toEqual([]);
		for (const nth of ['First', 'Second', 'Third']) {
			expect(digest!.text).toContain(`${nth} of the digest`);
		}
	});
});

it('sends each message once where two copies of the workflow look at the same time', async () => {
	const { nodes, connections } = await system.n8n.api.workflow('clawbotRetry001');
	const name = 'Test: a second retry';
	const settings = { executionOrder: 'v1' };
	const { id } = await system.n8n.api.create({ name, nodes, connections, settings });
	await publish(system, id);
	const target: Unsent['target'] = { type: 'chat', ids: [DEFAULT_GROUPS.dingtalk!] };
	const texts = Array.from({ length: 15 }, (_, n) => `Seen by two copies, ${n}.`);
	const dueAt = Date.now() + 2000;
	await call(
		'save',
		texts.map((text) => {
			const payload = kept({ platform: 'dingtalk', via: 'app', target }, text);
			return row({ dueAt, kind: 'notification', payload });
		}),
	);
	for (const text of texts) await settled(text, 'delivered');
	for (const text of texts) expect(await seen(text)).toHaveLength(1);
	await unpublish(system, id);
});

it('goes on at once after a look that lost all that it had leased', async () => {
	const payload = kept({ platform: 'dingtalk', via: 'groupRobot' }, 'Lost');
	const lost = row({ key: `${LOST} 1`, kind: 'notification', payload });
	const before = Date.now();
	await call('save', [lost]);
	// That look has its time; nobody sees its end.
	await pause(3000);
	const text = 'After a look in vain';
	await fail('dingtalk', 'send', { status: 500, body: {} });
	await deliver({ platform: 'dingtalk', text });
	await settled(text, 'delivered');
	// It would else wait for the end of what it thinks leased, which is not before this.
	const [, again] = await calls(text);
	expect(Date.parse(again!.at)).toBeLessThan(before + SEND_LEASE_MS);
	expect((await rows('waiting')).filter(({ key }) => key === lost.key)).toHaveLength(1);
	await call('save', [{ ...lost, version: 2, status: 'discarded' }]);
});

it('sends again after a crash what was under way, and it is seen once', async () => {
	const text = 'Under way when the lights went out';
	// The first attempt fails, so that it waits; the second one is done, and the answer never arrives.
	await fail('feishu', 'send', { status: 500, body: {} });
	await fail('feishu', 'send', { after: true, hang: true });
	const target = { type: 'chat', ids: [DEFAULT_GROUPS.feishu] };
	await deliver({ platform: 'feishu', via: 'app', target, text });
	await until(
		'the second attempt',
		async () => await calls(text),
		({ length }) => length === 2,
	);
	await system.n8n.kill();
	await system.n8n.start();
	expect(attempts(await settled(text, 'delivered'))).toEqual(['temporary', 'crashed', 'delivered']);
	expect(await seen(text)).toHaveLength(1);
});

// Negative control: the safety look, once an hour here, hides nothing above.
it('tries nothing again where nobody tells the trigger, until n8n starts anew', async () => {
	const installed = 'n8n/.n8n/nodes/node_modules/n8n-nodes-clawbot/dist';
	const file = join(system.folder, installed, 'core/delivery/nextLook.js');
	const code = readFileSync(file, 'utf8');
	const door = 'tell(at) {';
	expect(code).toContain(door);
	writeFileSync(file, code.replace(door, `${door} return;`));
	await unpublish(system, 'clawbotRetry001');
	// What the look of the start finds says that this is over.
	const payload = kept({ platform: 'dingtalk', via: 'groupRobot' }, 'There at the start');
	await call('save', [row({ kind: 'notification', payload })]);
	await system.n8n.restart();
	await publish(system, 'clawbotRetry001');
	await settled('There at the start', 'delivered');
	const text = 'Nobody tells of this';
	await fail('dingtalk', 'send', { status: 500, body: {} });
	await deliver({ platform: 'dingtalk', text });
	await settled(text, 'waiting');
	await triedOnce(text);
	writeFileSync(file, code);
	await system.n8n.restart();
	await settled(text, 'delivered');
});
