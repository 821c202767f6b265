import type { Sandbox } from '../../sandbox/server';
import { acceptUserInput } from '../../sandbox/user-input';
import { openIdOf } from '../../sandbox/people';
import { startTestSandbox } from '../sandbox/helpers';
import { lark, silent, type LarkClient } from './larkSdk';

/*
 * The sandbox, judged by Feishu's own client: it makes the calls that our nodes make, with its own tokens, and
 * reads what its types promise. DingTalk's client knows no other host than the real one.
 */

const CHAT = 'oc_5a4db0c5000000000000000000000001';
let sandbox: Sandbox;
let client: LarkClient;
let asked: string;

beforeAll(async () => {
	sandbox = await startTestSandbox();
	// Each of these calls is a person’s; together they would be a flood.
	sandbox.world.limits.set({ enabled: false });
	const { appId, appSecret } = sandbox.world.accounts.feishuAppApi;
	client = new lark.Client({ appId, appSecret, domain: `${sandbox.origin}/feishu`, ...silent });
	asked = acceptUserInput(sandbox.world, { platform: 'feishu', text: 'hello', type: 'group' }).id;
});
afterAll(async () => await sandbox.close());

const id = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}_`)) as string;
const time = expect.stringMatching(/^\d{13}$/) as string;
const content = JSON.stringify({ text: 'hi' });

/** A message as the SDK's types have it, where it is sent, answered or changed. */
const message = (more: object = {}) => ({
	message_id: id('om'),
	msg_type: 'text',
	create_time: time,
	update_time: time,
	deleted: false,
	updated: false,
	chat_id: CHAT,
	sender: {
		id: sandbox.world.accounts.feishuAppApi.appId,
		id_type: 'app_id',
		sender_type: 'app',
		tenant_key: expect.any(String) as string,
	},
	body: { content },
	...more,
});

const send = async (): Promise<string> => {
	const { data } = await client.im.message.create({
		params: { receive_id_type: 'chat_id' },
		data: { receive_id: CHAT, msg_type: 'text', content },
	});
	return String(data?.message_id);
};

const path = () => ({ message_id: asked });

it('sends a message', async () => {
	const sent = await client.im.message.create({
		params: { receive_id_type: 'chat_id' },
		data: { receive_id: CHAT, msg_type: 'text', content },
	});
	expect(sent).toMatchObject({ code: 0, data: message() });
});

it('answers a message', async () => {
	const answer = await client.im.message.reply({
		path: path(),
		data: { msg_type: 'text', content },
	});
	expect(answer).toMatchObject({ code: 0, data: message({ root_id: asked, parent_id: asked }) });
	expect(answer.data).not.toHaveProperty('thread_id');
});

it('answers a message in a topic, which is the same one for every answer', async () => {
	const data = { msg_type: 'text', content, reply_in_thread: true };
	const first = await client.im.message.reply({ path: path(), data });
	expect(first.data).toMatchObject(message({ thread_id: id('omt') }));
	const second = await client.im.message.reply({ path: path(), data });
	expect(second.data?.thread_id).toBe(first.data?.thread_id);
});

it('changes a message', async () => {
	const message_id = await send();
	const other = JSON.stringify({ text: 'ho' });
	const changed = await client.im.message.update({
		path: { message_id },
		data: { msg_type: 'text', content: other },
	});
	expect(changed).toMatchObject({
		code: 0,
		data: message({ message_id, updated: true, body: { content: other } }),
	});
});

it('takes a message back', async () => {
	const message_id = await send();
	expect(await client.im.message.delete({ path: { message_id } })).toMatchObject({ code: 0 });
});

it('adds and removes a reaction', async () => {
	const reaction = {
		reaction_id: expect.any(String) as string,
		operator: { operator_id: sandbox.world.accounts.feishuAppApi.appId, operator_type: 'app' },
		action_time: time,
		reaction_type: { emoji_type: 'SMILE' },
	};
	const added = await client.im.messageReaction.create({
		path: path(),
		data: { reaction_type: { emoji_type: 'SMILE' } },
	});
	expect(added).toMatchObject({ code: 0, data: reaction });
	const reaction_id = String(added.data?.reaction_id);
	const removed = await client.im.messageReaction.delete({ path: { ...path(), reaction_id } });
	expect(removed).toMatchObject({ code: 0, data: { ...reaction, reaction_id } });
});

it('finds chats and people', async () => {
	const { data } = await client.im.chat.list({ params: { page_size: 20 } });
	expect(data?.items).toContainEqual(expect.objectContaining({ chat_id: CHAT }));
	const open_id = openIdOf('zhangsan');
	const found = await client.contact.user.get({
		path: { user_id: open_id },
		params: { user_id_type: 'open_id' },
	});
	expect(found.data?.user).toMatchObject({ open_id, name: '张三' });
	const byMail = await client.contact.user.batchGetId({
		params: { user_id_type: 'open_id' },
		data: { emails: ['zhangsan@example.com'] },
	});
	expect(byMail.data?.user_list).toEqual([{ email: 'zhangsan@example.com', user_id: open_id }]);
});

it('refuses what the platform refuses (control)', async () => {
	const nobody = client.im.message.create({
		params: { receive_id_type: 'chat_id' },
		data: { receive_id: 'oc_nowhere', msg_type: 'text', content },
	});
	await expect(nobody).rejects.toMatchObject({ response: { data: { code: 230002 } } });
});
