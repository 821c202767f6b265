import type { IDataObject } from 'n8n-workflow';
import { completeMessage, type DecodedMessage } from '../../../protocol/message';
import { connectionStates, join } from '../../../nodes/shared/receive/connection/connections';
import { stream } from '../../../nodes/WeCom/receive/stream';
import { logger, runWorkflow } from '../../harness';
import { controlOf, startTestSandbox, until } from '../../sandbox/helpers';

/* An AI bot on the sandbox's connection: what comes by it is answered by it, as long as WeCom takes that. */

// Not forgotten between tests: that would end the connection.
let sandbox: Awaited<ReturnType<typeof startTestSandbox>>;
let control: ReturnType<typeof controlOf>;
const heard: DecodedMessage[] = [];
let leave: () => void;

beforeAll(async () => {
	sandbox = await startTestSandbox();
	control = controlOf(sandbox);
	const credential = { ...sandbox.world.accounts.weComAiBotApi };
	leave = await join(
		'trigger',
		{ protocol: stream, credential, log: logger },
		{
			kinds: new Set(['message', 'action', 'event']),
			take: async (message) => {
				heard.push(message);
				return true;
			},
		},
	);
});
afterEach(async () => await control.put('/clock', { offsetMs: 0 }));
afterAll(async () => {
	leave();
	// The trigger's place outlives it by 5 s.
	await until(() => connectionStates().length === 0);
	await sandbox.close();
});

/** Messages that the bot has written of its own accord. */
const written = async () =>
	((await control.get('/ledger?kind=send')).entries as IDataObject[]).filter(
		({ refused }) => !refused,
	);

/** What a person says or does, as an item of the trigger. */
async function said(more: object = {}): Promise<{ messageId: string; item: IDataObject }> {
	const before = heard.length;
	const say = { platform: 'wecom', bot: 'aibot', text: 'hello', redeliver: false, ...more };
	const { messageId } = await control.post('/say', say);
	const message = await until(() => heard[before]);
	return { messageId, item: completeMessage(message, 'b') as unknown as IDataObject };
}

async function reply(item: IDataObject, text = '**hi**'): Promise<IDataObject> {
	const parameters = { resource: 'message', operation: 'reply', format: 'markdown', text };
	const { weComAiBotApi } = sandbox.world.accounts;
	const { outputs, error } = await runWorkflow([{ type: 'weCom', parameters }], {
		items: [item],
		credentials: { weComAiBotApi: { ...weComAiBotApi } },
	});
	if (error) throw error;
	return outputs.WeCom![0]![0]!.json;
}

const answersTo = async (messageId: string) =>
	(await control.get(`/answers?messageId=${messageId}`)) as IDataObject[];

it.each([{}, { type: 'group' }])('A message is answered where it was written: %j', async (more) => {
	const { messageId, item } = await said(more);
	expect(await reply(item)).toMatchObject({ delivery: { via: 'connection', parts: 1 } });
	expect(await answersTo(messageId)).toMatchObject([
		{ text: '**hi**', format: 'markdown', via: 'aibot_respond_msg', linked: 'exact' },
	]);
});

it('After six minutes it is answered by a message of its own', async () => {
	const { messageId, item } = await said();
	await control.put('/clock', { offsetMs: 7 * 60_000 });
	await reply(item);
	expect(await answersTo(messageId)).toMatchObject([{ text: '**hi**', via: 'aibot_send_msg' }]);
});

it('A long answer is shown whole and in order', async () => {
	const { messageId, item } = await said();
	const text = Array.from({ length: 2500 }, (_, line) => `第 ${line} 行，企业微信`).join('\n\n');
	const { delivery } = await reply(item, text);
	const answers = await answersTo(messageId);
	expect(delivery).toMatchObject({ parts: answers.length });
	expect(answers.length).toBeGreaterThan(1);
	const whole = answers.map((answer) => String(answer.text)).join('\n\n');
	expect(whole.replace(/\s+/g, ' ')).toBe(text.replace(/\s+/g, ' '));
});

it('Who opens the conversation is welcomed, and written to where that is late', async () => {
	const first = await said({ eventType: 'enter_chat' });
	await reply(first.item);
	expect(await answersTo(first.messageId)).toMatchObject([
		{ text: 'hi', format: 'text', via: 'aibot_respond_welcome_msg' },
	]);
	const second = await said({ eventType: 'enter_chat' });
	await control.put('/clock', { offsetMs: 6000 });
	await reply(second.item, 'late');
	expect((await written()).map(({ text }) => text)).toContain('late');
});

it('A pressed button is answered by a message of its own', async () => {
	const event = { event_key: 'ok', task_id: 't1' };
	const { item } = await said({ eventType: 'template_card_event', event });
	await reply(item, 'pressed');
	expect((await written()).map(({ text }) => text)).toContain('pressed');
});
