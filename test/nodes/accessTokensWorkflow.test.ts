import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { newApiKey } from '../../core/accessTokens/apiKeys';
import { nodeTypesWith, runWorkflow } from '../harness';
import { readBundled } from '../workflows/bundled';

/* The bundled workflow in n8n's engine, as it is wired; its Data Tables are lists of the test. */

type Row = Record<string, unknown>;

let tables: Record<string, Row[]>;
/** What the Data Table nodes were asked, by the id of the node. */
let asked: string[];
let notifications: IDataObject[];
let key: { keyId: string; secret: string };

beforeEach(() => {
	const { row, secret } = newApiKey('crm', ['message:send'], { now: Date.now() });
	key = { keyId: row.keyId, secret };
	tables = { clawbot_api_keys: [{ ...row }], clawbot_grants: [] };
	asked = [];
	notifications = [];
});

interface Condition {
	keyName: string;
	keyValue?: unknown;
	condition: string;
}

const holds = (row: Row, { keyName, keyValue, condition }: Condition): boolean => {
	const value = row[keyName];
	if (condition === 'eq') return value === keyValue;
	if (condition === 'lt') return Number(value) < Number(keyValue);
	if (condition === 'like') return keyValue === '%' || value === keyValue;
	throw new Error(`The test knows no ${condition}`);
};

function work(ctx: IExecuteFunctions): Row[] {
	const operation = ctx.getNodeParameter('operation', 0) as string;
	asked.push(ctx.getNode().id);
	if (operation === 'create') return [{ id: ctx.getNodeParameter('tableName', 0) }];
	const rows = tables[ctx.getNodeParameter('dataTableId.value', 0) as string]!;
	if (operation === 'insert') {
		const row = { ...ctx.getInputData()[0]!.json, id: rows.length + 1 };
		rows.push(row);
		return [row];
	}
	const conditions = ctx.getNodeParameter('filters.conditions', 0) as unknown as Condition[];
	const every = ctx.getNodeParameter('matchType', 0) === 'allConditions';
	const found = rows.filter((row) =>
		every
			? conditions.every((each) => holds(row, each))
			: conditions.some((each) => holds(row, each)),
	);
	if (operation === 'update') {
		const values = ctx.getNodeParameter('columns.value', 0) as Row;
		for (const row of found) Object.assign(row, values);
	}
	if (operation === 'deleteRows') for (const row of found) rows.splice(rows.indexOf(row), 1);
	return found;
}

const standIn = (
	type: string,
	version: number,
	execute: (ctx: IExecuteFunctions) => Row[],
): INodeType => ({
	description: nodeTypesWith().getByNameAndVersion(type, version).description,
	async execute(): Promise<INodeExecutionData[][]> {
		const items = execute(this).map((json) => ({ json: json as IDataObject, pairedItem: 0 }));
		return [items];
	},
});

const types = {
	'n8n-nodes-base.dataTable': standIn('n8n-nodes-base.dataTable', 1.1, work),
	'n8n-nodes-base.executeWorkflow': standIn('n8n-nodes-base.executeWorkflow', 1.2, (ctx) => {
		notifications.push(...ctx.getInputData().map(({ json }) => json));
		return [];
	}),
};

/** What a client gets at an address of the workflow, and by which of its nodes. */
async function ask(route: 'token' | 'revoke', body: IDataObject): Promise<{ by: string } & Reply> {
	const { nodes, connections, settings } = readBundled('issue-access-tokens.json');
	const start = nodes.find(({ webhookId }) => webhookId === `clawbot-v1-${route}`)!;
	const others = nodes.filter((node) => node !== start && !node.type.endsWith('stickyNote'));
	const name = 'ClawBot Token Signing';
	const credentials = { clawBotTokenSigningApi: { id: 'signing', name } };
	const usable = (node: INode): INode => ({ ...node, ...(node.credentials && { credentials }) });
	const webhookUrl = `https://n8n.example.com/webhook/clawbot/v1/${route}`;
	const { outputs, error } = await runWorkflow(
		{ nodes: [start, ...others].map(usable), connections, settings },
		{
			items: [{ headers: {}, query: {}, body, webhookUrl }],
			types,
			credentials: {
				clawBotTokenSigningApi: {
					secretKeys: JSON.stringify([
						{ kid: 'k', secret: 'what signs here has 32 bytes or more' },
					]),
					issuer: 'clawbot',
					audience: 'clawbot-robot-api',
				},
			},
		},
	);
	if (error) throw error;
	const answered = ['give', 'malformed', 'respond'].flatMap((id) => {
		const { name: by } = nodes.find((node) => node.id === id)!;
		return (outputs[by]?.[0] ?? []).map(({ json }) => ({ by: id, ...(json as unknown as Reply) }));
	});
	expect(answered).toHaveLength(1);
	return answered[0]!;
}

interface Reply {
	status?: number;
	access_token?: string;
	refresh_token?: string;
	error?: string;
}

const exchange = async (secret = key.secret): Promise<{ by: string } & Reply> =>
	await ask('token', {
		...{ grant_type: 'client_credentials', client_id: key.keyId, client_secret: secret },
	});
const refresh = async (refresh_token: string): Promise<{ by: string } & Reply> =>
	await ask('token', { grant_type: 'refresh_token', refresh_token });

const REFUSED = { by: 'respond', status: 401 };

it('An exchange looks the key up once; the next one writes its grant and nothing else', async () => {
	expect(await exchange()).toMatchObject({ by: 'give', access_token: expect.any(String) });
	expect(asked).toEqual(['keys', 'grants', 'find-grants', 'find-key', 'insert', 'forget']);
	asked = [];
	expect(await exchange()).toMatchObject({ by: 'give', refresh_token: expect.any(String) });
	expect(asked).toEqual(['insert']);
	expect(tables.clawbot_grants).toHaveLength(2);
});

it('Twenty exchanges at once look the key up once', async () => {
	const given = await Promise.all(Array.from({ length: 20 }, async () => await exchange()));
	expect(given.filter(({ by }) => by === 'give')).toHaveLength(20);
	expect(asked.filter((id) => id === 'find-key')).toHaveLength(1);
	expect(new Set(tables.clawbot_grants!.map(({ grantId }) => grantId)).size).toBe(20);
});

it('A wrong secret and what cannot be read are refused, and nothing is written', async () => {
	expect(await exchange('cs_wrong')).toMatchObject(REFUSED);
	expect(await ask('token', {})).toMatchObject({
		by: 'malformed',
		error: 'unsupported_grant_type',
	});
	expect(tables.clawbot_grants).toEqual([]);
});

it('A refresh gives the next pair; the one before it ends the family later, and operations hear of it', async () => {
	const first = await exchange();
	const second = await refresh(first.refresh_token!);
	expect(second).toMatchObject({ by: 'give' });
	const third = await refresh(second.refresh_token!);
	expect(third).toMatchObject({ by: 'give' });
	expect(notifications).toEqual([]);
	expect(await refresh(first.refresh_token!)).toMatchObject(REFUSED);
	expect(await refresh(third.refresh_token!)).toMatchObject(REFUSED);
	expect(notifications).toMatchObject([{ priority: 'alert' }]);
	expect(tables.clawbot_grants).toMatchObject([{ status: 'revoked' }]);
});

it('Of refreshes in the same moment one at least gives a pair, and none ends the family', async () => {
	const { refresh_token: token } = await exchange();
	const answers = await Promise.all(Array.from({ length: 5 }, async () => await refresh(token!)));
	const given = answers.filter(({ by }) => by === 'give');
	expect(given.length).toBeGreaterThan(0);
	expect(answers.filter(({ by }) => by !== 'give').map(({ status }) => status)).toEqual(
		Array.from({ length: 5 - given.length }, () => 401),
	);
	expect(notifications).toEqual([]);
	expect(tables.clawbot_grants).toMatchObject([{ status: 'active' }]);
});

it('A token that is given back ends its family; one that is unknown gets the same answer', async () => {
	const { access_token: token, refresh_token: again } = await exchange();
	for (const each of [token!, 'unknown']) {
		expect(await ask('revoke', { token: each })).toEqual({ by: 'give' });
	}
	expect(await refresh(again!)).toMatchObject(REFUSED);
	expect(notifications).toEqual([]);
});
