import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { hashSecret } from '../../core/accessTokens/apiKeys';
import { runWorkflow, type TestNode } from '../harness';

/** Runs one operation and gives the `json` of each of its outputs. */
async function run(
	operation: string,
	items: IDataObject[],
	parameters: IDataObject = {},
): Promise<IDataObject[][]> {
	const node = { type: 'keyRotation', parameters: { operation, ...parameters } };
	const { outputs, error } = await runWorkflow([node as unknown as TestNode], { items });
	if (error) throw error;
	return outputs['ClawBot Key Rotation']!.map((output) => output.map(({ json }) => json));
}

const page = async (
	body: IDataObject,
	apiKeys: IDataObject[] = [],
	keys: IDataObject[] = [{}],
): Promise<IDataObject[][]> =>
	await run('page', keys, {
		request: { body, user: 'li.qiang' },
		apiKeys: apiKeys as unknown as IDataObject,
	});

const key = (fields: IDataObject = {}): IDataObject => ({
	id: 1,
	keyId: 'ck_old',
	client: '报表系统',
	secretHash: hashSecret('s'),
	scopes: 'message:send',
	status: 'active',
	createdAtMs: Date.now() - 80 * 86_400_000,
	expiresAtMs: 0,
	...fields,
});

it('Hands on what a browser sent without its password', async () => {
	const authorization = `Basic ${Buffer.from('li.qiang:s3cret:x').toString('base64')}`;
	const sent = {
		headers: { authorization, cookie: 'n8n-auth=x' },
		query: {},
		body: { action: 'x' },
	};
	expect(await run('request', [sent])).toEqual([[{ body: { action: 'x' }, user: 'li.qiang' }]]);
	expect(await run('request', [{}])).toEqual([[{ body: {}, user: '' }]]);
});

describe('Answer the Page', () => {
	it('shows the keys, with a token in each form that is the same with the next run', async () => {
		const [proposals, decisions, pages] = await page({}, [key()]);
		expect(proposals).toEqual([]);
		expect(decisions).toEqual([]);
		expect(pages).toMatchObject([{ status: 200 }]);
		const html = pages![0]!.html as string;
		expect(html).toContain('ck_old');
		expect(html).toContain('报表系统');
		expect(html).toMatch(/name="csrf" value="[0-9a-f]{64}"/);
		expect(html).not.toContain(hashSecret('s'));
	});

	it('makes nothing without the token of the page', async () => {
		for (const csrf of [undefined, '', 'a'.repeat(64)]) {
			const body = { action: 'change', client: '报表系统', seen: 'ck_old', csrf };
			const [proposals, decisions, pages] = await page(body, [key()]);
			expect(pages).toMatchObject([{ status: 403 }]);
			expect([proposals, decisions]).toEqual([[], []]);
		}
	});
});

describe('Settle a New Key', () => {
	const proposal = {
		trial: { ...key({ keyId: 'ck_new', status: 'retiring' }), expiresAtMs: 1 },
		secret: 'cs_canary0123456789',
		by: 'li.qiang',
		leaked: false,
		others: [{ keyId: 'ck_old', status: 'active', expiresAtMs: 0 }],
	};
	const settle = async (answer: IDataObject): Promise<IDataObject[]> =>
		(await run('settle', [answer], { newKey: proposal as unknown as IDataObject })).flat();

	it('switches to a key that got a token', async () => {
		const [decision, page] = await settle({ statusCode: 200, body: { access_token: 'x' } });
		expect(decision!.changes).toMatchObject([
			{ keyId: 'ck_new', was: 'retiring', status: 'active' },
			{ keyId: 'ck_old', was: 'active', status: 'retiring' },
		]);
		expect(page!.html).toContain('ck_new:cs_canary0123456789');
		expect(JSON.stringify(decision)).not.toContain('canary');
	});

	it.each([
		['a refusal', { statusCode: 401, body: { error: 'unauthorized' } }, 'HTTP 401 unauthorized'],
		['an answer without a token', { statusCode: 200, body: '<html>' }, 'HTTP 200'],
		['no answer', { error: { message: 'connect ECONNREFUSED' } }, 'ECONNREFUSED'],
		['an error of an older form', { error: 'timeout' }, 'timeout'],
		['nothing', {}, 'no answer'],
	])('keeps everything as it is after %s, and says why', async (_, answer, reason) => {
		const [decision, page] = await settle(answer);
		expect(decision!.changes).toMatchObject([{ keyId: 'ck_new', status: 'revoked' }]);
		expect(decision!.changes).toHaveLength(1);
		expect(page).toMatchObject({ status: 502, html: expect.stringContaining(reason) });
		expect(decision!.notices).toMatchObject([{ priority: 'alert' }]);
		expect(JSON.stringify([decision, page])).not.toContain('canary');
	});

	it('says what is missing where its field is not filled in', async () => {
		await expect(run('settle', [{}], { newKey: {} })).rejects.toMatchObject({
			message: 'The field New Key holds no new key',
		});
	});
});

it('Reminds, and splits what it decided into rows and notices', async () => {
	const rows = [{ name: 'WeCom Secret', issuedAt: '2020-01-01', rotatesAfterDays: null }];
	const [decisions] = await run('remind', rows, { audit: [] as unknown as IDataObject });
	expect(decisions).toHaveLength(1);
	const [changes, done, ages, notices, audit] = await run('split', decisions!);
	expect([changes, done, ages]).toEqual([[], [], []]);
	expect(notices).toMatchObject([{ title: '密钥到期 Keys overdue', priority: 'alert' }]);
	expect(audit).toMatchObject([{ key: 'WeCom Secret', action: 'alarmed' }]);
	const again = await run('remind', rows, { audit: audit as unknown as IDataObject });
	expect(again).toEqual([[]]);
});

it('What was done is written down before it is said, what was said after it: n8n works from top to bottom', () => {
	const file = join(__dirname, '../../workflows/save-key-changes.json');
	const { nodes, connections } = JSON.parse(readFileSync(file, 'utf8')) as {
		nodes: INode[];
		connections: IConnections;
	};
	const order = ['writeKeys', 'writeAudit', 'writeAges', 'notify', 'writeTold'];
	const heights = order.map((id) => nodes.find((node) => node.id === id)!.position[1]);
	expect(heights).toEqual([...heights].sort((a, b) => a - b));
	const names = connections['Split it into its parts']!.main!.map((ends) => ends![0]!.node);
	expect(names).toEqual(order.map((id) => nodes.find((node) => node.id === id)!.name));
});

it('Is silent while the table is empty', async () => {
	expect(await run('remind', [{}], { audit: [{}] as unknown as IDataObject })).toEqual([[]]);
});
