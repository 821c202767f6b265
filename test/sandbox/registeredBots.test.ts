import { lark, silent } from '../interop/larkSdk';
import { type Control, http, until, useSandbox } from './helpers';
import { hurry, registeringCases } from './registering';
import { endDingTalkClients, startDingTalkClient } from './stream/dingtalkSdk';
import { endFeishuClients, startFeishuClient } from './stream/feishuSdk';
import { endWeComClients, startWeComClient } from './stream/wecomSdk';

// A bot that was made by a scan is a bot like those in accounts.json, judged by the platforms' own clients.

const { sandbox, control } = useSandbox();
beforeEach(async () => await hurry(control));
afterEach(() => {
	endDingTalkClients();
	endFeishuClients();
	endWeComClients();
});

interface Made {
	id: string;
	secret: string;
}

async function make(platform: string, more: object = {}): Promise<Made> {
	const { begin, poll } = registeringCases.find((each) => each.platform === platform)!;
	const { address, deviceCode } = await begin(sandbox);
	await control.post('/registrations', { address, does: 'confirm', ...more });
	const { id, secret } = await poll(sandbox, deviceCode);
	return { id: id!, secret: secret! };
}

const say = (platform: string, bot: Made | undefined, more: object = {}) =>
	control.post('/say', {
		platform,
		text: 'hello',
		...(platform === 'wecom' && { bot: 'aibot' }),
		...(bot && { botId: bot.id }),
		...more,
	});
const answers = async (control: Control, messageId: string) =>
	(await control.get(`/answers?messageId=${encodeURIComponent(messageId)}`)).map(
		({ text }: { text: string }) => text,
	);
const answered = async (messageId: string, text: string) =>
	await until(async () => (await answers(control, messageId)).includes(text));

test('DingTalk: it is connected, hears its own messages only, and answers', async () => {
	const bot = await make('dingtalk');
	const account = { clientId: bot.id, clientSecret: bot.secret };
	const mine = await startDingTalkClient(sandbox, { account });
	const other = await startDingTalkClient(sandbox);
	await until(() => mine.client.registered && other.client.registered);
	const { messageId, deliveries } = await say('dingtalk', bot);
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	expect(other.heard).toEqual([]);
	const data = JSON.parse(mine.heard[0]!.data);
	expect(data.robotCode).toBe(bot.id);
	await http.post(data.sessionWebhook, { msgtype: 'text', text: { content: 'by session' } });
	const login = await http.post(`${sandbox.origin}/dingtalk/api/v1.0/oauth2/accessToken`, {
		appKey: bot.id,
		appSecret: bot.secret,
	});
	const send = (robotCode: string) =>
		http.post(
			`${sandbox.origin}/dingtalk/api/v1.0/robot/oToMessages/batchSend`,
			{
				robotCode,
				userIds: ['zhangsan'],
				msgKey: 'sampleText',
				msgParam: JSON.stringify({ content: 'by API' }),
			},
			{ headers: { 'x-acs-dingtalk-access-token': login.data.accessToken } },
		);
	expect((await send(bot.id)).data).toHaveProperty('processQueryKey');
	expect(await answers(control, messageId)).toEqual(['by session', 'by API']);
	const { robotCode } = sandbox.world.accounts.dingTalkAppApi;
	expect((await send(robotCode)).data.code).toBe('invalidParameter.robotCode');
	await say('dingtalk', undefined);
	expect(mine.heard).toHaveLength(1);
	expect(other.heard).toHaveLength(1);
});

test('Feishu: it is connected, hears its own messages only, and answers', async () => {
	const bot = await make('feishu', { from: 'lisi' });
	const account = { appId: bot.id, appSecret: bot.secret };
	const mine = await startFeishuClient(sandbox, account);
	const other = await startFeishuClient(sandbox);
	const { messageId, conversation, deliveries } = await say('feishu', bot, { from: 'lisi' });
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	expect(other.heard).toEqual([]);
	expect(mine.heard).toMatchObject([{ app_id: bot.id, message: { message_id: messageId } }]);
	const domain = `${sandbox.origin}/feishu`;
	const client = new lark.Client({ ...account, domain, ...silent });
	const content = JSON.stringify({ text: 'answer' });
	const path = { message_id: messageId };
	await client.im.message.reply({ path, data: { msg_type: 'text', content } });
	await answered(messageId, 'answer');
	const sent = await client.im.message.create({
		params: { receive_id_type: 'user_id' },
		data: { receive_id: 'lisi', msg_type: 'text', content },
	});
	expect(sent.data).toMatchObject({ chat_id: conversation, sender: { id: bot.id } });
	const stored = new lark.Client({
		...sandbox.world.accounts.feishuAppApi,
		domain,
		...silent,
	});
	const reply = stored.im.message.reply({ path, data: { msg_type: 'text', content } });
	await expect(reply).rejects.toMatchObject({ response: { data: { code: 230002 } } });
	const change = stored.im.message.update({
		path: { message_id: String(sent.data?.message_id) },
		data: { msg_type: 'text', content },
	});
	await expect(change).rejects.toMatchObject({ response: { data: { code: 230071 } } });
});

test('WeCom: it is connected beside the other bot, hears its own messages only, and answers', async () => {
	const bot = await make('wecom');
	const other = startWeComClient(sandbox);
	const mine = startWeComClient(sandbox, { botId: bot.id, secret: bot.secret });
	await until(() => [mine, other].every(({ said }) => said.includes('authenticated')));
	const { messageId, deliveries } = await say('wecom', bot);
	expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
	await until(() => mine.heard.length);
	expect(mine.heard[0]!.body).toMatchObject({ aibotid: bot.id, msgid: messageId });
	await mine.client.replyStream(mine.heard[0] as never, 'one', 'answer', true);
	await answered(messageId, 'answer');
	await say('wecom', undefined);
	await until(() => other.heard.length);
	expect(other.heard).toHaveLength(1);
	expect(mine.heard).toHaveLength(1);
	const { connections } = await control.get('/connections');
	expect(connections.map(({ botId }: { botId: string }) => botId).sort()).toEqual(
		[bot.id, sandbox.world.accounts.weComAiBotApi.botId].sort(),
	);
});

test.each(['dingtalk', 'feishu', 'wecom'])(
	'%s: without a connection nothing arrives',
	async (platform) => {
		const bot = await make(platform);
		await control.put('/callbacks', { [platform]: 'http://127.0.0.1:1/' });
		const { deliveries } = await say(platform, bot, { redeliver: false });
		expect(deliveries).toMatchObject([{ by: 'stream', refused: 'no connection is open' }]);
		const only = 'takes messages by its connection only';
		await expect(say(platform, bot, { by: 'http' })).rejects.toThrow(only);
		await expect(say(platform, bot, { url: 'http://127.0.0.1:1/' })).rejects.toThrow(only);
		await control.put('/callbacks', { [platform]: '' });
	},
);

test('a bot that nobody made is no bot, and a reset takes those that were made away', async () => {
	await expect(say('feishu', { id: 'cli_nobody', secret: '' })).rejects.toThrow(
		'no bot cli_nobody',
	);
	await make('feishu');
	expect((await control.get('/bots')).bots).toHaveLength(4);
	await control.post('/reset');
	const { bots } = await control.get('/bots');
	expect(bots.map(({ madeBy }: { madeBy?: string }) => madeBy)).toEqual([
		undefined,
		undefined,
		undefined,
	]);
});

test('Feishu: an app that lacks the permission is told its others, and may not write', async () => {
	const id = 'cli_00000000000000bb';
	const scopes = { tenant: ['im:chat:readonly'], user: ['contact:user.base:readonly'] };
	const grants = { scopes, events: { tenant: [], user: [] }, callbacks: [] };
	const secret = 'its-own-secret';
	sandbox.world.bots.add({ platform: 'feishu', name: 'x', brand: 'feishu', id, secret, grants });
	const api = `${sandbox.origin}/feishu/open-apis`;
	const login = await http.post(`${api}/auth/v3/tenant_access_token/internal`, {
		app_id: id,
		app_secret: secret,
	});
	const headers = { authorization: `Bearer ${login.data.tenant_access_token}` };
	const list = await http.get(`${api}/application/v6/scopes`, { headers });
	expect(list.data.data.scopes).toEqual([
		{ scope_name: 'im:chat:readonly', grant_status: 1, scope_type: 'tenant' },
		{ scope_name: 'contact:user.base:readonly', grant_status: 1, scope_type: 'user' },
	]);
	const write = () =>
		http.post(
			`${api}/im/v1/messages?receive_id_type=user_id`,
			{ receive_id: 'zhangsan', msg_type: 'text', content: JSON.stringify({ text: 'hi' }) },
			{ headers },
		);
	expect(await write()).toMatchObject({ status: 400, data: { code: 99991672 } });
	scopes.tenant.push('im:message');
	expect(await write()).toMatchObject({ status: 200, data: { code: 0 } });
});
