import {
	NodeConnectionTypes,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { request } from '../../nodes/shared/http/transport';
import { classify as classifyDingTalk } from '../../protocol/dingtalk/errors';
import { tokenRules as dingTalkToken } from '../../protocol/dingtalk/token';
import { classify as classifyFeishu } from '../../protocol/feishu/errors';
import { tokenRules as feishuToken } from '../../protocol/feishu/token';
import { classify as classifyWeCom } from '../../protocol/wecom/errors';
import { tokenRules as weComToken } from '../../protocol/wecom/token';
import { logged, runWorkflow, type RunResult } from '../harness';
import { startServer, type Asked, type Answering, type TestServer } from './server';

// The credentials of apps in n8n's own HTTP Request node, which needs no node of ours for an API.

const SECRET = 'canary-secret-0123456789';
const TOKEN = 'canary-token-9876543210';

let server: TestServer;
let other: TestServer;
/** How many tokens were handed out: each one has its number. */
let tokens = 0;
beforeEach(async () => {
	tokens = 0;
	logged.length = 0;
	server = await startServer((asked) => platforms[platformOf(asked)]!.answer(asked));
	other = await startServer(() => ({}));
});
afterEach(async () => await Promise.all([server.close(), other.close()]));

const tokenNow = (): string => `${TOKEN}-${tokens}`;
const platformOf = ({ path }: Asked): string => path.split('/')[1]!;
const restOf = ({ path }: Asked): string => path.slice(path.indexOf('/', 1));

interface PlatformApi {
	type: string;
	credential: () => ICredentialDataDecryptedObject;
	/** Ten calls of its API that no node of ours makes. */
	calls: Array<[method: string, path: string, body?: IDataObject]>;
	/** The platform, which is strict: about the token’s place, the body’s form, and its own codes. */
	answer: (asked: Asked) => Answering;
}

const isAsk = ({ method, headers, body }: Asked): boolean =>
	method === 'GET' || (/json/.test(headers['content-type'] ?? '') && typeof body === 'object');

const platforms: Record<string, PlatformApi> = {
	dingtalk: {
		type: 'dingTalkAppApi',
		credential: () => ({
			clientId: 'ding-1',
			clientSecret: SECRET,
			baseUrl: `${server.origin}/dingtalk/api`,
			oapiBaseUrl: `${server.origin}/dingtalk/oapi`,
		}),
		calls: [
			['GET', '/api/v1.0/contact/users/u1'],
			['POST', '/api/v1.0/contact/users/search', { queryWord: 'Ann', offset: 0, size: 10 }],
			['GET', '/api/v1.0/calendar/users/u1/calendars'],
			['POST', '/api/v1.0/calendar/users/u1/calendars/primary/events', { summary: 'x' }],
			['POST', '/api/v1.0/todo/users/u1/tasks', { subject: 'x' }],
			['PUT', '/api/v1.0/todo/users/u1/tasks/t1', { done: true }],
			['DELETE', '/api/v1.0/todo/users/u1/tasks/t1'],
			['POST', '/api/v1.0/robot/messageFiles/download', { downloadCode: 'd', robotCode: 'r' }],
			['POST', '/oapi/topapi/v2/user/get', { userid: 'u1' }],
			['POST', '/oapi/topapi/v2/department/listsub', { dept_id: 1 }],
		],
		answer(asked) {
			const path = restOf(asked);
			if (path === '/api/v1.0/oauth2/accessToken') {
				const { appKey, appSecret } = asked.body;
				if (appKey !== 'ding-1' || appSecret !== SECRET) {
					return {
						status: 400,
						body: { code: 'invalidClientIdOrSecret', message: `no: ${appSecret}` },
					};
				}
				tokens++;
				return { body: { accessToken: tokenNow(), expireIn: 7200 } };
			}
			const isOld = path.startsWith('/oapi/');
			const { headers, query } = asked;
			const [given, stray] = [headers['x-acs-dingtalk-access-token'], query.get('access_token')];
			if (isOld ? stray !== tokenNow() || given : given !== tokenNow() || stray) {
				const body = isOld ? { errcode: 40014, errmsg: 'no' } : { code: 'InvalidAuthentication' };
				return { status: isOld ? 200 : 401, body };
			}
			return isAsk(asked) || asked.method === 'DELETE' ? { body: { ok: path } } : { status: 400 };
		},
	},
	feishu: {
		type: 'feishuAppApi',
		credential: () => ({ appId: 'cli_1', appSecret: SECRET, baseUrl: `${server.origin}/feishu` }),
		calls: [
			['GET', '/open-apis/contact/v3/users/ou_1?user_id_type=open_id'],
			['GET', '/open-apis/im/v1/chats?page_size=20'],
			['POST', '/open-apis/im/v1/chats', { name: 'x' }],
			['PATCH', '/open-apis/im/v1/messages/om_1', { content: '{}' }],
			['GET', '/open-apis/calendar/v4/calendars'],
			['POST', '/open-apis/bitable/v1/apps/a1/tables/t1/records', { fields: { Name: 'x' } }],
			['GET', '/open-apis/bitable/v1/apps/a1/tables/t1/records'],
			['PUT', '/open-apis/bitable/v1/apps/a1/tables/t1/records/r1', { fields: {} }],
			['DELETE', '/open-apis/bitable/v1/apps/a1/tables/t1/records/r1'],
			['POST', '/open-apis/docx/v1/documents', { title: 'x' }],
		],
		answer(asked) {
			const path = restOf(asked);
			if (path === '/open-apis/auth/v3/tenant_access_token/internal') {
				const { app_id: id, app_secret: secret } = asked.body;
				if (id !== 'cli_1' || secret !== SECRET)
					return { body: { code: 10014, msg: 'secret invalid' } };
				tokens++;
				return { body: { code: 0, tenant_access_token: tokenNow(), expire: 7200 } };
			}
			if (asked.headers.authorization !== `Bearer ${tokenNow()}`) {
				return { status: 400, body: { code: 99991663, msg: 'token invalid' } };
			}
			return isAsk(asked) || asked.method === 'DELETE'
				? { body: { code: 0, ok: path } }
				: { status: 400 };
		},
	},
	wecom: {
		type: 'weComAppApi',
		credential: () => ({
			corpId: 'ww1',
			agentId: '1000002',
			secret: SECRET,
			baseUrl: `${server.origin}/wecom`,
		}),
		calls: [
			['GET', '/cgi-bin/user/get?userid=zhangsan'],
			['GET', '/cgi-bin/department/list'],
			['POST', '/cgi-bin/user/create', { userid: 'x', name: 'X' }],
			['GET', '/cgi-bin/tag/list'],
			['POST', '/cgi-bin/tag/create', { tagname: 'x' }],
			['GET', '/cgi-bin/menu/get?agentid=1000002'],
			['POST', '/cgi-bin/menu/create?agentid=1000002', { button: [] }],
			['POST', '/cgi-bin/oa/schedule/add', { schedule: {} }],
			['POST', '/cgi-bin/appchat/create', { userlist: ['a', 'b'] }],
			['POST', '/cgi-bin/message/recall', { msgid: 'm1' }],
		],
		answer(asked) {
			const path = restOf(asked);
			if (path === '/cgi-bin/gettoken') {
				const { corpid, corpsecret } = Object.fromEntries(asked.query);
				if (corpid !== 'ww1') return { body: { errcode: 40013, errmsg: 'invalid corpid' } };
				if (corpsecret !== SECRET)
					return { body: { errcode: 40001, errmsg: 'invalid credential' } };
				tokens++;
				return { body: { errcode: 0, access_token: tokenNow(), expires_in: 7200 } };
			}
			if (asked.query.getAll('access_token').join() !== tokenNow()) {
				return { body: { errcode: 42001, errmsg: 'access_token expired' } };
			}
			return isAsk(asked) ? { body: { errcode: 0, ok: path } } : { body: { errcode: 44002 } };
		},
	},
};

interface Call {
	url: string;
	method?: string;
	body?: IDataObject;
	options?: IDataObject;
}

/** Runs HTTP Request nodes in a line, each for so many items. */
async function run(
	platform: string,
	calls: Call[],
	{ items = [{}], credential = {} }: { items?: IDataObject[]; credential?: IDataObject } = {},
): Promise<RunResult> {
	const { type, credential: own } = platforms[platform]!;
	const nodes = calls.map(({ url, method = 'GET', body, options = {} }, index) => ({
		type: 'n8n-nodes-base.httpRequest',
		name: `Call ${index}`,
		credentials: { [type]: { id: '1', name: type } },
		parameters: {
			method,
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: type,
			...(body && {
				sendBody: true,
				specifyBody: 'json',
				jsonBody: JSON.stringify(body),
			}),
			options,
		},
	}));
	const credentials = { [type]: { ...own(), ...credential } } as never;
	return await runWorkflow([{ type: 'dingTalkTrigger' }, ...nodes] as never, {
		items,
		credentials,
	});
}

const ofPlatform = {
	dingtalk: { classify: classifyDingTalk, token: dingTalkToken },
	feishu: { classify: classifyFeishu, token: feishuToken },
	wecom: { classify: classifyWeCom, token: weComToken },
} as const;

/** A node of this package, in one request. */
function ownNode(platform: string, url: string): INodeType {
	const { classify, token } = ofPlatform[platform as keyof typeof ofPlatform];
	const main = NodeConnectionTypes.Main;
	const { type } = platforms[platform]!;
	return {
		description: {
			...{ name: 'own', displayName: 'Own', version: 1, properties: [] },
			...{ inputs: [main], outputs: [main], credentials: [{ name: type }] },
		} as unknown as INodeTypeDescription,
		async execute() {
			const credential = await this.getCredentials(type);
			const options = { method: 'POST' as const, url, body: { name: 'x' } };
			const call = { service: 'Own', options, classify, credential, token };
			return [[{ json: await request(this, call) }]];
		},
	};
}

const urlIn = (platform: string, path: string): string => `${server.origin}/${platform}${path}`;
const isTokenRequest = ({ path }: Asked): boolean =>
	/accessToken|tenant_access_token|gettoken/.test(path);

describe.each(Object.keys(platforms))('The app credential of %s', (platform) => {
	const { calls } = platforms[platform]!;
	const [, first] = calls[0]!;

	it('makes ten calls of its API that no node of ours makes, with one token', async () => {
		expect(calls).toHaveLength(10);
		const made = calls.map(([method, path, body]) => ({
			method,
			url: urlIn(platform, path),
			body,
		}));
		const { outputs, error } = await run(platform, made);
		expect(error).toBeUndefined();
		for (const [index, [, path]] of calls.entries()) {
			expect(outputs[`Call ${index}`]![0]![0]!.json).toMatchObject({ ok: path.split('?')[0] });
		}
		expect(tokens).toBe(1);
	});

	it('fetches one token for many items at once, and for the runs after', async () => {
		const items = Array.from({ length: 20 }, () => ({}));
		const call = [{ url: urlIn(platform, first) }];
		await Promise.all([run(platform, call, { items }), run(platform, call, { items })]);
		await run(platform, call, { items });
		expect(tokens).toBe(1);
		expect(server.asked.filter((asked) => !isTokenRequest(asked))).toHaveLength(60);
	});

	it('fetches another token shortly before the first one ends', async () => {
		const call = [{ url: urlIn(platform, first) }];
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now');
		try {
			for (const [minutes, expected] of [
				[0, 1],
				[114, 1],
				[116, 2],
			] as const) {
				clock.mockImplementation(() => now + minutes * 60_000);
				await run(platform, call);
				expect(tokens).toBe(expected);
			}
		} finally {
			clock.mockRestore();
		}
	});

	it.each([
		['another host', () => `${other.origin}/${platform}${first}`],
		['another path of the host', () => `${server.origin}/elsewhere`],
		['a name that begins like it', () => `${server.origin}/${platform}-x${first}`],
		['a host behind a user’s name', () => `${server.origin.replace('//', `//${'127.0.0.1'}@`)}`],
		['a path that goes up', () => `${server.origin}/${platform}/../elsewhere`],
	])('gives its token to nobody else: %s', async (_, url) => {
		const { error } = await run(platform, [{ url: url() }]);
		expect(error!.message).toMatch(/the access token goes only to/);
		expect([...server.asked, ...other.asked]).toEqual([]);
	});

	it('gives its token to nobody to whom a redirect leads', async () => {
		const { answer } = platforms[platform]!;
		server.answer = (asked) =>
			isTokenRequest(asked)
				? answer(asked)
				: { status: 302, headers: { location: other.origin.replace('127.0.0.1', 'localhost') } };
		const { status } = await run(platform, [{ url: urlIn(platform, first) }]);
		expect(status).toBe('error');
		expect(other.asked).toEqual([]);
	});

	it('keeps to the domains that the credential names for HTTP Request', async () => {
		const credential = { allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' };
		const { error } = await run(platform, [{ url: urlIn(platform, first) }], { credential });
		expect(error!.message).toMatch(/not allowed|domain/i);
		expect(server.asked).toEqual([]);
	});

	it('fails where the platform ended the token early, once; a node of ours gets the next one for both', async () => {
		const { calls, type, credential } = platforms[platform]!;
		const [method, path, body] = calls.find(([verb]) => verb === 'POST')!;
		const call = [{ method, url: urlIn(platform, path), body }];
		await run(platform, call);
		tokens++;
		const asked = server.asked.length;
		const { outputs, error } = await run(platform, call);
		// WeCom says it inside HTTP 200, which n8n takes for a success.
		if (platform === 'wecom') expect(outputs['Call 0']![0]![0]!.json.errcode).toBe(42001);
		else expect(error).toBeDefined();
		expect(server.asked).toHaveLength(asked + 1);

		const own = { type: 'test.own', credentials: { [type]: { id: '1', name: type } } };
		const credentials = { [type]: credential() };
		const types = { 'test.own': ownNode(platform, urlIn(platform, path)) };
		const { error: ofOwn } = await runWorkflow([{ type: 'dingTalkTrigger' }, own] as never, {
			credentials,
			types,
		});
		expect(ofOwn).toBeUndefined();
		const { outputs: later } = await run(platform, call);
		expect(later['Call 0']![0]![0]!.json).toMatchObject({ ok: path.split('?')[0] });
	});

	it('says what is wrong, and keeps its secrets', async () => {
		const secretField = { dingtalk: 'clientSecret', feishu: 'appSecret', wecom: 'secret' }[
			platform
		]!;
		const credential = { [secretField]: `${SECRET}-wrong` };
		const { error, run: whole } = await run(platform, [{ url: urlIn(platform, first) }], {
			credential,
		});
		expect(error!.message).toMatch(/^(DingTalk|Feishu|WeCom): /);
		expect(error!.description).toMatch(/secret/i);
		expect(JSON.stringify(whole.data) + logged.join()).not.toContain(SECRET);
	});

	it('keeps its token to itself where a call fails', async () => {
		const { answer } = platforms[platform]!;
		server.answer = (asked) => (isTokenRequest(asked) ? answer(asked) : { status: 500 });
		const { error, run: whole } = await run(platform, [{ url: urlIn(platform, first) }]);
		expect(error).toBeDefined();
		expect(JSON.stringify(whole.data) + logged.join()).not.toContain(TOKEN);
	});

	it('says so where the platform cannot be reached', async () => {
		await other.close();
		const addresses = { baseUrl: `${other.origin}/api`, oapiBaseUrl: other.origin };
		const { error } = await run(platform, [{ url: `${other.origin}/api/x` }], {
			credential: addresses,
		});
		expect(error!.message).toMatch(/refused the connection/);
	});
});
