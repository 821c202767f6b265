import { startSystem } from '../../scripts/system/system';
import { World, type System } from './bot';
import { publish } from './editor';
import { until } from './until';

// The credentials of apps in n8n's own HTTP Request node, on a real n8n with the packed package.

let system: System;
let world: World;

beforeAll(async () => {
	system = await startSystem();
	world = new World(system);
});
afterAll(async () => await system?.stop());

interface Call {
	credential: string;
	method: string;
	url: string;
	body?: object;
}

const callsOf = (origin: string): Call[] => [
	{
		credential: 'dingTalkAppApi',
		method: 'POST',
		url: `${origin}/dingtalk/oapi/topapi/v2/user/get`,
		body: { userid: 'person1' },
	},
	{ credential: 'feishuAppApi', method: 'GET', url: `${origin}/feishu/open-apis/im/v1/chats` },
	{
		credential: 'weComAppApi',
		method: 'GET',
		url: `${origin}/wecom/cgi-bin/agent/get?agentid=1000002`,
	},
];

const nodeOf = ({ credential, method, url, body }: Call, index: number) => ({
	id: `call-${index}`,
	name: credential,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	position: [300, 200 * index],
	credentials: { [credential]: { id: `clawbot-${credential}`, name: credential } },
	parameters: {
		method,
		url,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: credential,
		...(body && { sendBody: true, specifyBody: 'json', jsonBody: JSON.stringify(body) }),
		options: {},
	},
});

it('HTTP Request reaches an API of each platform with the credential of its app', async () => {
	const calls = callsOf(system.sandbox!.origin);
	const path = 'http-request-test';
	const start = {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0],
		webhookId: path,
		parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options: {} },
	};
	const nodes = [start, ...calls.map(nodeOf)];
	const line = (from: string, to: string) => [
		from,
		{ main: [[{ node: to, type: 'main', index: 0 }]] },
	];
	const connections = Object.fromEntries(
		nodes.slice(1).map(({ name }, index) => line(nodes[index]!.name, name)),
	);
	const { id } = await system.n8n.api.create({
		name: 'Test: HTTP Request',
		nodes,
		connections,
		settings: { executionOrder: 'v1' },
	} as never);
	await publish(system, id);
	const { status } = await fetch(`${system.n8n.url}/webhook/${path}`, { method: 'POST' });
	expect(status).toBe(200);

	const execution = await until(
		'its execution has ended',
		async () => (await system.n8n.api.executions(`?workflowId=${id}&includeData=true`))[0],
		({ stoppedAt }) => Boolean(stoppedAt),
	);
	expect(execution.data.resultData.error).toBeUndefined();
	const said = (name: string) => execution.data.resultData.runData[name][0].data.main[0][0].json;
	expect(said('dingTalkAppApi')).toMatchObject({ errcode: expect.any(Number) });
	expect(said('feishuAppApi')).toMatchObject({ code: 0 });
	expect(said('weComAppApi')).toMatchObject({ errcode: 0 });

	const { entries } = await world.control<{
		entries: Array<{ kind: string; platform: string; refused?: string }>;
	}>('GET', 'ledger?direction=in');
	const asked = entries.filter(({ kind }) => kind === 'lookup' || kind === 'token');
	expect(asked.filter(({ kind }) => kind === 'lookup').length).toBeGreaterThanOrEqual(3);
	expect(asked.filter(({ refused }) => /token/i.test(refused ?? ''))).toEqual([]);
});
