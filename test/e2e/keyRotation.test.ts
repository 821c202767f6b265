import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSystem } from '../../scripts/system/system';
import { World, type System } from './bot';
import { everySeconds, filledIn } from './filled';
import { publish, unpublish } from './editor';
import { addRows, rowsOf, seen } from './seen';
import { holdsOn, pause, until } from './until';

// Keys as operators change them: the page, the token endpoint under load, the reminder, the audit.

type Row = Record<string, unknown>;

let system: System;
let world: World;
let page: string;
let tokens: string;
/** Seconds between two runs of the reminder. */
const REMINDER_S = 8;
/** The workflows of keys and tokens, with a reminder that ticks for a test. */
const folder = filledIn(
	['clawbotKeysPage1', 'clawbotKeyRmnd1', 'clawbotTokens01', 'clawbotRetry001'],
	({ name, parameters }) => {
		// Longer than a run takes on a busy machine: of two at once, each would tell.
		if (name === 'Every morning at 9:00') parameters.rule = everySeconds(REMINDER_S);
	},
);
/** Every secret that was shown: none may be kept anywhere. */
const secrets: string[] = [];

beforeAll(async () => {
	// Minutes: what is swept every minute is swept every three seconds here.
	const env = { EXECUTIONS_DATA_PRUNE_HARD_DELETE_INTERVAL: '0.05' };
	system = await startSystem({ workflowsDir: folder, env });
	world = new World(system);
	page = `${system.n8n.url}/webhook/clawbot-keys`;
	tokens = `${system.n8n.url}/webhook/clawbot/v1/token`;
});
afterAll(async () => {
	await system?.stop();
	rmSync(folder, { recursive: true });
});

const basic = (password: string): string =>
	`Basic ${Buffer.from(`${system.operator.user}:${password}`).toString('base64')}`;

async function open(body?: Record<string, string>): Promise<{ status: number; html: string }> {
	const response = await fetch(page, {
		method: body ? 'POST' : 'GET',
		headers: { authorization: basic(system.operator.password) },
		...(body && { body: new URLSearchParams(body) }),
	});
	return { status: response.status, html: await response.text() };
}

/** The hidden fields of the form of an action, as a browser would send them. */
async function form(action: string): Promise<Record<string, string>> {
	const { html } = await open();
	const forms = html.split('<form').slice(1);
	const found = forms.find((each) => each.includes(`name="action" value="${action}"`)) ?? '';
	const fields = [...found.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
	return Object.fromEntries(fields.map(([, name, value]) => [name, value]));
}

/** Key and secret as the page shows them. */
function keyIn(html: string): string {
	const [, key] = /<pre>(ck_[^<]+)<\/pre>/.exec(html) ?? [];
	if (!key) throw new Error(`No key in ${html}`);
	secrets.push(key.split(':')[1]!);
	return key;
}

async function exchange(key: string): Promise<number> {
	const [client_id, client_secret] = key.split(':');
	const response = await fetch(tokens, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret }),
	});
	await response.text();
	return response.status;
}

/** Waits until the operations group can read it. */
const hears = async (words: string): Promise<unknown> =>
	await until(
		words,
		async () => await seen(world, words),
		({ length }) => length > 0,
	);
const tableRows = async (name: string): Promise<Row[]> => await rowsOf<Row>(system, name);

let first: string;
let second: string;

it('The page asks for the password, and looking makes no key', async () => {
	for (const authorization of ['', basic('wrong')]) {
		const headers = { authorization };
		expect((await fetch(page, { headers })).status).toBe(401);
		expect((await fetch(page, { headers, method: 'POST' })).status).toBe(401);
	}
	const { status, html } = await open();
	expect(status).toBe(200);
	expect(html).toContain('还没有 There is none yet');
	expect(await tableRows('clawbot_api_keys')).toEqual([]);
});

it('A new client gets a key that was tried', async () => {
	const made = await open({ ...(await form('make')), client: '报表系统', scopes: 'message:send' });
	expect(made.status).toBe(200);
	first = keyIn(made.html);
	expect(await exchange(first)).toBe(200);
	expect(await exchange(`${first}x`)).toBe(401);
	expect(await tableRows('clawbot_api_keys')).toMatchObject([
		{ client: '报表系统', status: 'active', scopes: 'message:send', expiresAtMs: 0 },
	]);
	expect(await tableRows('clawbot_keys')).toMatchObject([{ name: 'Robot API: 报表系统' }]);
});

describe('Under load', () => {
	/** The page gives a new key 10 s to be tried: more would make a busy n8n late. */
	const AT_ONCE = 4;
	let atLast = (): void => {};
	afterEach(() => atLast());

	/**
	 * 17 requests for a token each second, until it is told to end; `key` is looked up for each. A machine that cannot
	 * answer as many gets fewer: what is under way would else grow for as long as this goes on.
	 */
	function load(key: () => string): {
		answers: number[];
		/** Waits until more have been answered than can have been under way. */
		some(): Promise<unknown>;
		end(): Promise<number[]>;
	} {
		const answers: number[] = [];
		const underWay = new Set<Promise<unknown>>();
		let ended = false;
		atLast = () => {
			ended = true;
		};
		const sending = (async () => {
			while (!ended) {
				const status = exchange(key()).catch(() => 0);
				const answered = status.then((each) => {
					answers.push(each);
					underWay.delete(answered);
				});
				underWay.add(answered);
				await pause(1000 / 17);
				if (underWay.size >= AT_ONCE) await Promise.race(underWay);
			}
		})();
		return {
			answers,
			async some() {
				const before = answers.length;
				return await until(
					'requests are answered',
					() => answers.length,
					(count) => count > before + 2 * AT_ONCE,
				);
			},
			async end() {
				ended = true;
				await sending;
				await Promise.all(underWay);
				return answers;
			},
		};
	}
	const refused = (answers: number[]): number => answers.filter((status) => status !== 200).length;

	it('a change refuses no valid key', async () => {
		let current = first;
		const { some, end } = load(() => current);
		await some();
		const changed = await open(await form('change'));
		second = keyIn(changed.html);
		await some();
		current = second;
		await some();
		expect(refused(await end())).toBe(0);
		expect(await exchange(first)).toBe(200);
	});

	it('a roll back refuses none either', async () => {
		const { some, end } = load(() => second);
		await some();
		expect((await open(await form('rollBack'))).status).toBe(200);
		await some();
		expect(refused(await end())).toBe(0);
		const keys = (await tableRows('clawbot_api_keys')).map(({ keyId, status }) => [keyId, status]);
		expect(keys).toEqual([
			[first.split(':')[0], 'active'],
			[second.split(':')[0], 'retiring'],
		]);
	});

	it('a change of a key that leaked ends it, and the one before it, within seconds: the control', async () => {
		let current = first;
		const { answers, some, end } = load(() => current);
		await some();
		const changed = await open({ ...(await form('change')), leaked: '1' });
		await until(
			'the load is refused',
			() => refused(answers),
			(count) => count > 0,
		);
		await end();
		current = keyIn(changed.html);
		// Each key is looked up by itself, and what was found counts for 5 s.
		await until(
			'both keys are refused',
			async () => await Promise.all([first, second].map(exchange)),
			(statuses) => statuses.every((status) => status === 401),
		);
		expect(await exchange(current)).toBe(200);
	});
});

it('A form without the token of the page, or sent twice, changes nothing', async () => {
	const sent = await form('change');
	const before = await tableRows('clawbot_api_keys');
	expect((await open({ ...sent, csrf: 'a'.repeat(64) })).status).toBe(403);
	expect((await open({ ...sent, seen: first.split(':')[0]! })).status).toBe(409);
	expect(await tableRows('clawbot_api_keys')).toEqual(before);
});

it('A new key that cannot be tried is not switched to, and operations hear of it', async () => {
	const before = await tableRows('clawbot_api_keys');
	await unpublish(system, 'clawbotTokens01');
	const { status, html } = await open(await form('change'));
	await publish(system, 'clawbotTokens01');
	expect(status).toBe(502);
	expect(html).toContain('HTTP 404');
	const after = await tableRows('clawbot_api_keys');
	const states = (rows: Row[]): unknown[] => rows.map(({ keyId, status }) => [keyId, status]);
	expect(states(after.slice(0, -1))).toEqual(states(before));
	expect(after.at(-1)).toMatchObject({ status: 'revoked' });
	await hears('试用失败');
});

it('Everything is in the audit, in the name of who did it', async () => {
	const audit = await tableRows('clawbot_key_audit');
	const actions = audit.filter(({ by }) => by === system.operator.user).map(({ action }) => action);
	expect(actions).toEqual([
		...['made', 'switched'],
		...['made', 'switched'],
		'rolledBack',
		...['made', 'switched'],
		...['made', 'refused'],
	]);
});

it('The operations group hears once of keys that are due, and of rows that cannot be read', async () => {
	const day = 86_400_000;
	const since = (days: number): string => new Date(Date.now() - days * day).toISOString();
	await addRows(system, 'clawbot_keys', [
		{ name: '钉钉加签密钥', where: '钉钉开放平台', owner: '李强', issuedAt: since(83) },
		{ name: 'SMTP', issuedAt: since(100) },
		{ name: 'no date' },
	]);
	await hears('钉钉加签密钥');
	await hears('SMTP');
	// At least one more run of the reminder.
	const told = (text: string): object => ({ text: expect.stringContaining(text) });
	await holdsOn(
		async () => {
			expect(await seen(world, '钉钉加签密钥')).toMatchObject([told('还有 7 天')]);
			expect(await seen(world, 'SMTP')).toMatchObject([told('no date: ')]);
		},
		1.5 * REMINDER_S * 1000,
	);
});

/** Where a text stands: in tables of n8n's database, executions that nobody sees included, and in logs. */
function holding(text: string): string[] {
	const kept = new DatabaseSync(join(system.folder, 'n8n/.n8n/database.sqlite'), {
		readOnly: true,
	});
	const tables = kept.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
	const texts = tables.map(({ name }) => [
		String(name),
		JSON.stringify(kept.prepare(`SELECT * FROM "${String(name)}"`).all()),
	]);
	kept.close();
	const logs = readdirSync(system.folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.log'))
		.map((name) => [name, readFileSync(join(system.folder, name), 'utf8')]);
	return [...texts, ...logs, ['output', system.n8n.logs()]]
		.filter(([, content]) => content!.includes(text))
		.map(([name]) => name!);
}

it('No secret and no password is kept, not even in executions that n8n does not save', async () => {
	expect(secrets).toHaveLength(3);
	// The controls: what is kept is found, and n8n stores what comes in before it begins to work on it.
	expect(holding(first.split(':')[0]!).length).toBeGreaterThan(1);
	await until('n8n stores a secret', async () => {
		await exchange(first);
		return holding(secrets[0]!).includes('execution_data') || undefined;
	});
	await open();
	const password = basic(system.operator.password);
	await until('nothing holds a secret', () =>
		[...secrets, password, password.slice('Basic '.length)].flatMap(holding).length === 0
			? true
			: undefined,
	);
});
