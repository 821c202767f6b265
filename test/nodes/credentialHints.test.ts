import type { ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { permissions } from '../../protocol/feishu/permissions';
import { ownNode } from '../harness';
import { useSandbox } from '../sandbox/helpers';

// What "Test" says of a right id and secret whose app lacks something in the platform's console.

const { sandbox } = useSandbox();

type Data = ICredentialDataDecryptedObject;

const NODE_OF = { dingTalkAppApi: 'dingTalk', feishuAppApi: 'feishu', weComAppApi: 'weCom' };

async function tested(
	type: keyof typeof NODE_OF,
	changes: Data = {},
): Promise<INodeCredentialTestResult> {
	const data = { ...sandbox.world.accounts[type], ...changes } as Data;
	const run = ownNode(NODE_OF[type]).methods!.credentialTest!.testApp!;
	return await run.call({} as never, { id: '1', name: 'x', type, data } as never);
}

/** The next call of that path is answered so. */
const answers = (service: string, pathContains: string, body: unknown, status = 200): void =>
	sandbox.world.faults.add({ service, pathContains, body, status, times: 1 });

describe('A Feishu app', () => {
	const BOT = '/bot/v3/info';
	const SCOPES = '/application/v6/scopes';
	const scopeNames = permissions.filter(({ kind }) => kind === 'scope').map(({ name }) => name);
	const OK = 'Feishu accepts App ID and App Secret';

	/** Tests an app that may do this and nothing else. */
	async function testAppWith(tenant: string[], user: string[] = []) {
		const [id, secret] = ['cli_00000000000000aa', 'its-own-secret'];
		const grants = { scopes: { tenant, user }, events: { tenant: [], user: [] }, callbacks: [] };
		sandbox.world.bots.add({
			platform: 'feishu',
			name: 'x',
			brand: 'feishu',
			id,
			secret,
			grants,
		});
		return await tested('feishuAppApi', { appId: id, appSecret: secret });
	}

	it('with all permissions lacks nothing', async () => {
		expect(await testAppWith(scopeNames)).toEqual({ status: 'OK', message: OK });
		expect(await tested('feishuAppApi')).toEqual({ status: 'OK', message: OK });
	});

	it.each(scopeNames)('is told that it lacks %s, and where to get it', async (lacking) => {
		const { status, message } = await testAppWith(scopeNames.filter((name) => name !== lacking));
		expect(status).toBe('OK');
		expect(message).toContain(`${OK}. Not granted: ${lacking} (`);
		expect(message).toContain('权限管理');
		expect(message).toContain('版本管理与发布');
		for (const name of scopeNames) {
			if (name !== lacking) expect(message).not.toContain(`${name} (`);
		}
	});

	it('is told all that it lacks at once; what people granted for themselves is not the bot’s', async () => {
		const { message } = await testAppWith(['contact:user.base:readonly'], scopeNames);
		for (const name of scopeNames) expect(message).toContain(`${name} (`);
	});

	it.each([
		[11205, 'app do not have bot'],
		[230006, 'Bot ability is not activated'],
	])('without a bot fails, with %i', async (code, msg) => {
		answers('feishu', BOT, { code, msg }, 400);
		const { status, message } = await tested('feishuAppApi');
		expect(status).toBe('Error');
		expect(message).toContain('应用能力 → 机器人');
		expect(message).toContain(`(Feishu: ${msg} ${code})`);
	});

	it.each([BOT, SCOPES])('that may not be used from here fails, said by %s', async (path) => {
		answers('feishu', path, { code: 99991401, msg: 'ip denied' }, 400);
		const { status, message } = await tested('feishuAppApi');
		expect(status).toBe('Error');
		expect(message).toContain('IP 白名单');
	});

	it('that is not active is told to be published', async () => {
		answers('feishu', BOT, { code: 0, bot: { activate_status: 0, open_id: 'ou_x' } });
		const { status, message } = await tested('feishuAppApi');
		expect(status).toBe('OK');
		expect(message).toContain('版本管理与发布');
	});

	it.each([
		['no permission to ask', 400, { code: 99991672, msg: 'Access denied' }],
		['a busy Feishu', 429, { code: 99991400, msg: 'frequency limit' }],
		['an unknown code', 400, { code: 212100, msg: 'app not install' }],
		['nothing', 200, { code: 0, data: {} }],
		['no list', 200, { code: 0, data: { scopes: 'all' } }],
		['a list of something else', 200, { code: 0, data: { scopes: [{ name: 'x' }, 3, null] } }],
		['a page', 200, '<html>'],
	])('is told nothing where the answer is %s', async (_, status, body) => {
		answers('feishu', SCOPES, body, status);
		answers('feishu', BOT, body, status);
		expect(await tested('feishuAppApi')).toEqual({ status: 'OK', message: OK });
	});
});

describe('A DingTalk app', () => {
	const DOWNLOAD = '/robot/messageFiles/download';
	const OK = 'DingTalk accepts Client ID and Client Secret';
	const DENIED = 'Forbidden.AccessDenied.AccessTokenPermissionDenied';

	it('with a robot lacks nothing', async () => {
		expect(await tested('dingTalkAppApi')).toEqual({ status: 'OK', message: OK });
		const { clientId } = sandbox.world.accounts.dingTalkAppApi;
		const changes = { robotCode: '' };
		expect(await tested('dingTalkAppApi', changes)).toEqual({ status: 'OK', message: OK });
		expect(await tested('dingTalkAppApi', { robotCode: ` ${clientId}` })).toMatchObject({
			message: OK,
		});
	});

	it('whose robot DingTalk refuses is told where to add it', async () => {
		const { status, message } = await tested('dingTalkAppApi', { robotCode: 'ding-other' });
		expect(status).toBe('OK');
		expect(message).toContain('应用能力 → 机器人');
		expect(message).toContain('机器人不存在');
	});

	it('without a permission is told which, in DingTalk’s words', async () => {
		const message = '没有调用该接口的权限: qyapi_robot_sendmsg';
		answers('dingtalk', DOWNLOAD, { code: DENIED, message }, 403);
		const said = await tested('dingTalkAppApi');
		expect(said.status).toBe('OK');
		expect(said.message).toContain('权限管理');
		expect(said.message).toContain('qyapi_robot_sendmsg');
	});

	it.each([
		[400, { code: 'invalidParameter.downloadCode', message: 'x' }],
		[403, { code: 'Forbidden.AccessDenied.QpsLimitForApi', message: 'x' }],
		[500, { code: 'system.error', message: 'x' }],
		[200, { downloadUrl: 'https://example.com' }],
		[200, '<html>'],
	])('is told nothing by HTTP %i %j', async (status, body) => {
		answers('dingtalk', DOWNLOAD, body, status);
		expect(await tested('dingTalkAppApi')).toEqual({ status: 'OK', message: OK });
	});
});

describe('A WeCom app', () => {
	const AGENT = '/cgi-bin/agent/get';

	it('whose calls from here WeCom refuses fails, with the address that it saw', async () => {
		const errmsg = 'not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info';
		answers('wecom', AGENT, { errcode: 60020, errmsg });
		const { status, message } = await tested('weComAppApi');
		expect(status).toBe('Error');
		expect(message).toContain('203.0.113.7');
		expect(message).toContain('企业可信IP');
	});

	it('that is switched off is told so', async () => {
		answers('wecom', AGENT, { errcode: 0, errmsg: 'ok', agentid: 1000002, close: 1 });
		const { status, message } = await tested('weComAppApi');
		expect(status).toBe('OK');
		expect(message).toContain('已停用');
	});
});

test('The secret of an app is in none of it', async () => {
	const { clientSecret } = sandbox.world.accounts.dingTalkAppApi;
	const code = 'Forbidden.AccessDenied.AccessTokenPermissionDenied';
	const body = { code, message: `denied ${clientSecret}` };
	answers('dingtalk', '/robot/messageFiles/download', body, 403);
	const { message } = await tested('dingTalkAppApi');
	expect(message).toContain('denied');
	expect(message).not.toContain(clientSecret);
});
