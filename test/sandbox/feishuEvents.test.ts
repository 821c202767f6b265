import { type BotAnswer, feishuCrypto, startBot, until, useSandbox } from './helpers';

/* What Feishu sends again to a callback, and with which ids; what it makes of the answer to a card action. */

const { sandbox, control } = useSandbox();
let bot: Awaited<ReturnType<typeof startBot>>;
let answer: () => BotAnswer;

beforeAll(async () => {
	bot = await startBot(() => answer());
	await control.put('/callbacks', { feishu: bot.origin });
});
beforeEach(() => {
	bot.received.length = 0;
});
afterAll(async () => await bot.close());

const say = (more: object) => control.post('/say', { platform: 'feishu', ...more });
const eventIds = () =>
	bot.received.map(({ body }) => {
		const { encryptKey } = sandbox.world.accounts.feishuAppApi;
		return JSON.parse(feishuCrypto.open(encryptKey, JSON.parse(body).encrypt)).header.event_id;
	});

test.each([
	['an event keeps its id', { eventType: 'application.bot.menu_v6', event: {} }, 1],
	['a message has another event id each time', { text: 'hi' }, 5],
])('Delivered again, %s', async (_name, more, ids) => {
	await control.put('/clock', { scheduleScale: 0 });
	answer = () => ({ status: 500 });
	await say(more);
	await until(() => bot.received.length === 5);
	expect(new Set(eventIds()).size).toBe(ids);
});

const TOAST = JSON.stringify({ toast: { type: 'info', content: 'done' } });
test.each<[string, BotAnswer, string | undefined, string[]]>([
	['nothing', {}, undefined, []],
	['an empty object', { body: '{}' }, undefined, []],
	['a toast', { body: TOAST }, undefined, ['done']],
	['words', { body: 'done' }, 'the answer to a card action must be a JSON object', []],
	['a redirection', { status: 302, body: TOAST }, 'HTTP 302', []],
	['a failure', { status: 500 }, 'HTTP 500', []],
])('A press of a button is sent once, answered with %s', async (_name, given, refused, shown) => {
	await control.put('/clock', { scheduleScale: 0 });
	answer = () => given;
	const press = { eventType: 'card.action.trigger', event: { action: { tag: 'button' } } };
	const said = await say(press);
	expect(said.deliveries[0].refused).toBe(refused);
	const answers = await control.get(`/answers?messageId=${said.messageId}`);
	expect(answers.map(({ text }: { text: string }) => text)).toEqual(shown);
	await say({ text: 'after it' });
	expect(new Set(eventIds().slice(0, 2)).size).toBe(2);
});
