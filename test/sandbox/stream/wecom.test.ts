import { randomBytes } from 'node:crypto';

import { until, useSandbox } from '../helpers';
import { endWeComClients, startWeComClient, type WeComFrame } from './wecomSdk';

/* The sandbox's AI bot connections, judged by WeCom's own client. */

const { sandbox, control } = useSandbox();

afterEach(async () => {
	endWeComClients();
	await until(async () => !(await connections()).length);
});

const connections = async () => (await control.get('/connections')).connections;
const sayText = (text: string, more: object = {}) =>
	control.post('/say', { platform: 'wecom', bot: 'aibot', text, ...more });
const frames = async (kind: string) => (await control.get(`/ledger?kind=${kind}`)).entries;
const fault = (does: string, more: object = {}) =>
	control.post('/stream-faults', { service: 'wecom', does, ...more });
const answersTo = (messageId: string) => control.get(`/answers?messageId=${messageId}`);

async function connected(more: { heartbeatInterval?: number } = {}) {
	const started = startWeComClient(sandbox, more);
	await until(() => started.said.includes('authenticated'));
	return started;
}

/** A client that has been told something by a person, and the frame that it came in. */
async function told(more: object = {}) {
	const started = await connected();
	const { messageId, deliveries } = await sayText('hello', more);
	const frame = await until(() => started.heard.at(-1));
	return { ...started, messageId, deliveries, frame };
}

const code = (errcode: number) => expect.objectContaining({ errcode }) as Error;

describe('connects', () => {
	it('with its secret, and lives by pings', async () => {
		await control.put('/stream-settings', { wecom: { silenceMs: 2000 } });
		const { said } = await connected({ heartbeatInterval: 500 });
		await until(async () => (await frames('ping')).length > 5);
		expect(said).toEqual(['authenticated']);
		expect(await connections()).toMatchObject([{ service: 'wecom', frozen: false }]);
	});

	it('not with a wrong one', async () => {
		const { said } = startWeComClient(sandbox, { secret: 'wrong' });
		await until(() => said.length);
		expect(said[0]).toMatch(/^Authentication failed: .*\(code: 853000\)$/);
	});

	it('after a while, where nobody answers at first', async () => {
		await fault('refuse', { times: 2 });
		await connected();
		const statuses = (await frames('connect')).map(({ status }: { status: number }) => status);
		expect(statuses).toEqual([503, 503, 101]);
	});

	it('alone: the one before is told so, closed, and does not come back', async () => {
		const first = await connected();
		const second = await connected();
		await until(() => first.said.length > 1);
		expect(first.heard.map(({ body }) => body.event.eventtype)).toEqual(['disconnected_event']);
		await sayText('for the second');
		await until(() => second.heard.length);
		expect(first.heard.length).toBe(1);
		expect((await connections()).length).toBe(1);
	});

	it('anew, where its connection broke in the middle of a frame', async () => {
		const { said, heard } = await connected();
		await fault('cut', { kind: 'delivery' });
		expect((await sayText('lost', { redeliver: false })).deliveries).toMatchObject([
			{ status: 0, refused: 'not sent' },
		]);
		await until(() => said.filter((word) => word === 'authenticated').length === 2);
		await sayText('found');
		await until(() => heard.length);
		expect(heard.map(({ body }) => body.text)).toEqual([{ content: 'found' }]);
	});

	it('not for ever in silence', async () => {
		await control.put('/stream-settings', { wecom: { silenceMs: 30 } });
		const { said } = startWeComClient(sandbox);
		await until(() => said.filter((word) => word.startsWith('disconnected')).length);
	});
});

describe('answers', () => {
	it('a message with a stream, which the person sees as one answer', async () => {
		const { client, frame, messageId, deliveries } = await told({ type: 'group' });
		expect(deliveries).toMatchObject([{ by: 'stream', status: 200 }]);
		expect(frame.body).toMatchObject({ msgid: messageId, chattype: 'group', msgtype: 'text' });
		await client.replyStream(frame, 's1', 'h');
		await client.replyStream(frame, 's1', 'hi', true);
		expect(await answersTo(messageId)).toMatchObject([
			{ text: 'hi', format: 'markdown', via: 'aibot_respond_msg', linked: 'exact', edits: 1 },
		]);
		await expect(client.replyStream(frame, 's1', 'more')).rejects.toEqual(code(40058));
	});

	it('with a card, with a file that was sent in pieces', async () => {
		const { client, frame, messageId } = await told();
		await client.replyTemplateCard(frame, {
			card_type: 'text_notice',
			main_title: { title: 'Done' },
		});
		const bytes = randomBytes(700_000);
		const media = await client.uploadMedia(bytes, { type: 'file', filename: 'a.bin' });
		expect(sandbox.world.files.get(media.media_id)?.data.equals(bytes)).toBe(true);
		await client.replyMedia(frame, 'file', media.media_id);
		await expect(client.replyMedia(frame, 'file', 'made-up')).rejects.toEqual(code(40007));
		expect(await answersTo(messageId)).toMatchObject([
			{ text: 'Done', format: 'card' },
			{ text: '[file] a.bin', format: 'file' },
		]);
	});

	it('by the request id of that connection, within six minutes', async () => {
		const { client, frame } = await told();
		const other = { headers: { req_id: 'made-up' } };
		await expect(client.replyStream(other, 's1', 'hi')).rejects.toEqual(code(846605));
		await control.put('/clock', { offsetMs: 6 * 60_000 + 1000 });
		await expect(client.replyStream(frame, 's1', 'hi')).rejects.toEqual(code(846608));
		await client.sendMessage('zhangsan', { msgtype: 'markdown', markdown: { content: 'hi' } });
		expect(await answersTo(frame.body.msgid)).toMatchObject([{ via: 'aibot_send_msg' }]);
		client.disconnect();
		const next = await connected();
		await control.put('/clock', { offsetMs: 0 });
		await expect(next.client.replyStream(frame, 's1', 'hi')).rejects.toEqual(code(846605));
	});

	it('one at a time for each message', async () => {
		const { client, frame } = await told();
		const first = client.replyStream(frame, 's1', 'h');
		const manager = Reflect.get(client, 'wsManager') as { send: (frame: object) => void };
		// The client queues; a second frame that overtakes its acknowledgement is refused in its stead.
		manager.send({ cmd: 'aibot_respond_msg', ...frame, body: { msgtype: 'stream' } });
		await expect(first).rejects.toEqual(code(45033));
	});

	it('and is heard also where it is gone before the platform has acknowledged', async () => {
		const { client, frame, messageId } = await told();
		await fault('cut', { kind: 'acknowledgement' });
		const answered = client.replyStream(frame, 's1', 'hi', true);
		await expect(answered).rejects.toThrow('cancelled');
		expect(await answersTo(messageId)).toMatchObject([{ text: 'hi' }]);
		expect(await frames('reply')).toMatchObject([{ by: 'stream', replyTo: messageId, text: 'hi' }]);
	});

	it.each([
		['a person who comes in', 'enter_chat', {}],
		['a press of a button', 'template_card_event', { event_key: 'yes', task_id: 't1' }],
	])('%s within 5 s', async (_name, eventType, event) => {
		const { client, frame, messageId } = await told({ eventType, event });
		expect(frame.body).toMatchObject({
			msgtype: 'event',
			event: { eventtype: eventType, ...event },
		});
		const card = { card_type: 'text_notice', main_title: { title: 'Hi' }, task_id: 't1' };
		const answer = () =>
			eventType === 'enter_chat'
				? client.replyWelcome(frame, { msgtype: 'text', text: { content: 'Hi' } })
				: client.updateTemplateCard(frame, card);
		await answer();
		expect(await answersTo(messageId)).toMatchObject([{ text: 'Hi' }]);
		await expect(client.replyStream(frame, 's1', 'hi')).rejects.toEqual(code(846605));
		await control.put('/clock', { offsetMs: 6000 });
		await expect(answer()).rejects.toEqual(code(846605));
	});

	it('with what lies in a file of the message, which has a key of its own', async () => {
		const data = Buffer.from('a picture').toString('base64');
		const file = { name: 'a.png', contentType: 'image/png', data };
		const { client, frame } = await told({ contentType: 'image', file });
		const { url, aeskey } = frame.body.image as { url: string; aeskey: string };
		const { buffer, filename } = await client.downloadFile(url, aeskey);
		expect([buffer.toString(), filename]).toEqual(['a picture', 'a.png']);
		await control.put('/clock', { offsetMs: 5 * 60_000 + 1000 });
		await expect(client.downloadFile(url, aeskey)).rejects.toThrow('404');
	});
});

it('hears nothing while frozen, and the connection after it is another one', async () => {
	const first = await connected({ heartbeatInterval: 100 });
	await fault('freeze');
	expect((await sayText('hello', { redeliver: false })).deliveries[0].refused).toBe('not sent');
	await until(() => first.said.filter((word) => word === 'authenticated').length === 2);
	const got: WeComFrame[] = first.heard;
	await sayText('again');
	await until(() => got.length);
	expect(got.map(({ body }) => body.text)).toEqual([{ content: 'again' }]);
});
