import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	ICredentialDataDecryptedObject,
	IConnections,
	IDataObject,
	INode,
	INodeType,
} from 'n8n-workflow';
import { AccessTokens } from '../../nodes/AccessTokens/AccessTokens.node';
import { newApiKey, type ApiKeyRow } from '../../core/accessTokens/apiKeys';
import { logged, runWorkflow, type RunResult, type TestNode } from '../harness';

const SECRET = 'the secret that signs, of 32 bytes or more';
const credential = (
	fields: ICredentialDataDecryptedObject = {},
): ICredentialDataDecryptedObject => ({
	secretKeys: JSON.stringify([{ kid: '2026-11', secret: SECRET }]),
	issuer: 'clawbot',
	audience: 'clawbot-robot-api',
	...fields,
});

const run = async (
	operation: string,
	item: IDataObject,
	parameters: IDataObject = {},
	data = credential(),
): Promise<RunResult> =>
	await runWorkflow(
		[{ type: 'accessTokens', parameters: { operation, ...parameters } } as unknown as TestNode],
		{ items: [item], credentials: { clawBotTokenSigningApi: data } },
	);

/** Gives at each of its outputs the items that the one which comes in has for it. */
const feeder: INodeType = {
	description: {
		...{ displayName: 'Feeder', name: 'feeder', group: [], version: 1, description: '' },
		...{ defaults: {}, inputs: ['main'], outputs: ['main', 'main', 'main'], properties: [] },
	},
	async execute() {
		const { ends } = this.getInputData()[0]!.json as { ends: IDataObject[][] };
		return ends.map((items) => items.map((json) => ({ json, pairedItem: { item: 0 } })));
	},
};

/** An operation with several inputs, wired as in the workflow: the `json` of its items, output by output. */
async function wired(operation: string, ...ends: IDataObject[][]): Promise<IDataObject[][]> {
	const nodes = [
		{ name: 'Feeder', type: 'test.feeder' },
		{ type: 'accessTokens', parameters: { operation } },
	];
	const to = (index: number) => [{ node: 'ClawBot Access Tokens', type: 'main' as const, index }];
	const connections: IConnections = { Feeder: { main: ends.map((_, index) => to(index)) } };
	const { outputs: all, error } = await runWorkflow(
		{ nodes, connections, settings: { executionOrder: 'v1' } },
		{
			items: [{ ends: ends as unknown as IDataObject[] }],
			types: { 'test.feeder': feeder },
			credentials: { clawBotTokenSigningApi: credential() },
		},
	);
	if (error) throw error;
	return all['ClawBot Access Tokens']!.map((items) => items.map(({ json }) => json));
}

const decide = async (
	row: IDataObject,
	grants: IDataObject[],
	asked: IDataObject,
): Promise<IDataObject[][]> => await wired('decide', [row], grants, [asked]);
const issue = async (saved: IDataObject, asked: IDataObject): Promise<IDataObject[][]> =>
	await wired('issue', [saved], [asked]);

/** Output by output, the `json` of their items. */
async function outputs(...call: Parameters<typeof run>): Promise<IDataObject[][]> {
	const result = await run(...call);
	if (result.error) throw result.error;
	return result.outputs['ClawBot Access Tokens']!.map((items) => items.map(({ json }) => json));
}

// A key of its own for each test: the process remembers the ones that proved themselves.
let row: ApiKeyRow;
let secret: string;
let key: IDataObject;
let exchange: IDataObject;

beforeEach(() => {
	({ row, secret } = newApiKey('crm', ['message:send'], { now: Date.now() }));
	key = row as unknown as IDataObject;
	exchange = request('token', {
		body: { grant_type: 'client_credentials', client_id: row.keyId, client_secret: secret },
	});
});

/** As n8n's Webhook node gives it. */
const request = (route: string, fields: IDataObject): IDataObject => ({
	headers: {},
	query: {},
	body: {},
	webhookUrl: `https://n8n.example.com/webhook/clawbot/v1/${route}`,
	executionMode: 'production',
	...fields,
});
interface Issued {
	access_token: string;
	refresh_token: string;
}

/** An exchange through the three operations, as the workflow has them. */
async function issued(): Promise<{ tokens: Issued; grant: IDataObject }> {
	const [read] = (await outputs('read', exchange))[3] as [IDataObject];
	const [[grant], , [asked]] = (await decide(key, [{}], read)) as [
		[IDataObject],
		[],
		[IDataObject],
	];
	// The table gives its own columns as well.
	const saved = { ...grant, id: 1, createdAt: 'x' };
	const [[tokens], ...others] = (await issue(saved, asked)) as [[IDataObject], ...IDataObject[][]];
	expect(others).toEqual([[], []]);
	return { tokens: tokens as unknown as Issued, grant };
}

const bearer = (token: string, fields: IDataObject = {}): IDataObject =>
	request('messages', {
		headers: { authorization: `Bearer ${token}`, 'idempotency-key': ' order-42 ', cookie: 'x' },
		body: { text: 'x' },
		...fields,
	});

it('Exchanges a key for a token, by which the client is admitted', async () => {
	const { tokens, grant } = await issued();
	const [[verified], ...others] = (await outputs('verify', bearer(tokens.access_token))) as [
		[IDataObject],
	];
	expect(others).toEqual([[], []]);
	const passed = {
		route: 'messages',
		query: {},
		body: { text: 'x' },
		idempotencyKey: 'order-42',
	};
	expect(verified.request).toEqual(passed);
	const revoked = { ...key, status: 'revoked' };
	const refused = [[{ request: passed }]];
	expect(await outputs('admit', revoked, { verified, grant })).toEqual(refused);
	expect(await outputs('admit', key, { verified, grant: {} })).toEqual(refused);
	const caller = { client: 'crm', keyId: row.keyId, scopes: ['message:send'] };
	expect(await outputs('admit', key, { verified, grant })).toEqual([[{ request: passed, caller }]]);
});

it('Does not look up again who was just admitted, until the grant is revoked', async () => {
	const { tokens, grant } = await issued();
	const verify = async (): Promise<IDataObject[][]> =>
		await outputs('verify', bearer(tokens.access_token));
	const [[verified]] = (await verify()) as [[IDataObject]];
	await outputs('admit', key, { verified, grant });
	const [, [admitted]] = (await verify()) as [unknown, [IDataObject]];
	expect(admitted).toMatchObject({ caller: { client: 'crm' }, request: { route: 'messages' } });
	const revocation = { kind: 'revoke', grantId: grant.grantId };
	await issue({ ...grant, status: 'revoked' }, revocation);
	expect((await verify()).map((items) => items.length)).toEqual([1, 0, 0]);
});

it('Does not look up again a key that just proved itself, and signs what was saved for it', async () => {
	const { grant } = await issued();
	const [, [next], [asked]] = (await outputs('read', exchange)) as [
		IDataObject[],
		[IDataObject],
		[IDataObject],
	];
	expect(next).toMatchObject({ keyId: row.keyId, status: 'active' });
	expect(next.grantId).not.toBe(grant.grantId);
	const [granted] = await issue({ ...next, id: 2 }, asked);
	expect(granted).toMatchObject([{ token_type: 'Bearer', expires_in: 36_000 }]);
	const wrong = request('token', {
		body: { grant_type: 'client_credentials', client_id: row.keyId, client_secret: 'cs_wrong' },
	});
	const [read] = (await outputs('read', wrong))[3] as [IDataObject];
	expect(await decide(key, [{}], read)).toEqual([
		[],
		[],
		[],
		[{ status: 401, body: expect.any(Object) }],
	]);
});

it('That way evaluates no expression: the engine for it costs more than all the rest', () => {
	const { nodes } = JSON.parse(
		readFileSync(join(__dirname, '../../workflows/issue-access-tokens.json'), 'utf8'),
	) as { nodes: INode[] };
	const evaluating = nodes.filter(
		({ type, parameters }) => !type.endsWith('stickyNote') && /"=/.test(JSON.stringify(parameters)),
	);
	const ids = evaluating.map(({ id }) => id);
	for (const id of ['ask', 'read', 'insert', 'issue', 'give']) {
		expect(nodes.map((node) => node.id)).toContain(id);
		expect(ids).not.toContain(id);
	}
	// The control: those of the other way are found.
	expect(ids).toContain('find-key');
});

it('Lets neither secrets nor tokens out of what they came in', async () => {
	const { tokens } = await issued();
	const read = JSON.stringify(await outputs('read', exchange));
	expect(read).not.toContain(secret);
	const verified = JSON.stringify(await outputs('verify', bearer(tokens.access_token)));
	expect(verified).not.toContain(tokens.access_token);
	expect(verified).not.toContain('cookie');
	for (const hidden of [secret, tokens.access_token, tokens.refresh_token, SECRET]) {
		expect(logged.join('\n')).not.toContain(hidden);
	}
});

it('Answers what it cannot read, and what it refuses, at once', async () => {
	const nonsense = request('token', { body: { grant_type: 'password' } });
	expect((await outputs('read', nonsense))[4]).toMatchObject([{ error: 'unsupported_grant_type' }]);
	const [read] = (await outputs('read', exchange))[3] as [IDataObject];
	const none = await decide({}, [{}], read);
	expect(none).toEqual([[], [], [], [expect.objectContaining({ status: 401 })]]);
	expect(await outputs('verify', bearer('x.y.z'))).toEqual([[], [], [none[3]![0]!.body]]);
});

it('Gives back a token by itself, once', async () => {
	const { tokens, grant } = await issued();
	for (const token of [tokens.access_token, tokens.refresh_token]) {
		const [read] = (await outputs('read', request('revoke', { body: { token } })))[3] as [
			IDataObject,
		];
		expect(read).toEqual({ kind: 'revoke', grantId: grant.grantId });
		const [, [change], asked] = (await decide({}, [grant], read)) as [
			unknown,
			[IDataObject],
			IDataObject[],
		];
		expect(change).toMatchObject({ grantId: grant.grantId, status: 'revoked', expected: '%' });
		expect(asked).toEqual([read]);
		expect(await issue(change, read)).toEqual([[{}], [], []]);
	}
	expect(await outputs('read', request('revoke', { body: { token: 'x' } }))).toEqual([[{}]]);
});

it('Says of a refresh token that was used before', async () => {
	const { tokens, grant } = await issued();
	const again = request('token', {
		body: { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
	});
	const [read] = (await outputs('read', again))[3] as [IDataObject];
	const moved = { ...grant, refreshHash: 'f'.repeat(64), previousHash: 'e'.repeat(64) };
	const [, [change]] = (await decide(key, [moved], read)) as [unknown, [IDataObject]];
	expect(change).toMatchObject({ status: 'revoked' });
	const [granted, [answer], [notification]] = (await issue(change, read)) as [
		IDataObject[],
		[IDataObject],
		[IDataObject],
	];
	expect(granted).toEqual([]);
	expect(answer).toMatchObject({ status: 401 });
	expect(notification).toMatchObject({ priority: 'alert', text: expect.stringContaining('crm') });
});

describe('a credential that is of no use', () => {
	it.each([
		[{ secretKeys: '' }, 'JSON list'],
		[{ secretKeys: '[{"kid":"a","secret":"hidden"}]' }, 'under 32 bytes'],
		[{ issuer: ' ' }, 'Issuer is empty'],
		[{ audience: '' }, 'Audience is empty'],
	])('fails in words, and shows nothing of it: %#', async (fields, words) => {
		const { error } = await run('verify', bearer('x'), {}, credential(fields));
		expect(error!.message).toContain(words);
		expect(error!.description).toContain('ClawBot Token Signing API');
		expect(JSON.stringify(error)).not.toContain('hidden');
	});

	it('is found by its test', async () => {
		const { testSigningKeys } = new AccessTokens().methods.credentialTest;
		const test = async (data: ICredentialDataDecryptedObject): Promise<unknown> =>
			await testSigningKeys.call({} as never, { id: '1', name: 'x', type: 'x', data });
		expect(await test(credential())).toEqual({ status: 'OK', message: '2026-11 signs' });
		expect(await test(credential({ secretKeys: '[]' }))).toEqual({
			status: 'Error',
			message: 'Signing Keys holds no key',
		});
	});
});
