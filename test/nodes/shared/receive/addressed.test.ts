import { startWebhooks, type WebhookRunner } from '../../../webhooks';
import { feishu } from '../../feishuCase';
import { dingTalk, post } from '../../platforms';
import { weComAiBot } from '../../weComCase';

// Which messages a trigger takes for its bot, on the way that they come.

type Fields = Record<string, unknown>;

const bot = { key: '@_user_1', id: { open_id: 'ou_bot' }, name: 'ClawBot' };
const ann = { key: '@_user_2', id: { open_id: 'ou_ann', user_id: 'ann' }, name: 'Ann' };
const otherBot = { sender: { sender_id: { open_id: 'ou_2' }, sender_type: 'app' } };
const inGroup = (text: string, mentions: object[] = [], more: Fields = {}): object => {
	const document = feishu.document({ id: 'm', text }) as { event: Fields };
	const message = { ...(document.event.message as Fields), chat_type: 'group', mentions };
	return { ...document, event: { ...document.event, message, ...more } };
};
const direct = (more: Fields = {}): object => {
	const document = feishu.document({ id: 'm' }) as { event: Fields };
	return { ...document, event: { ...document.event, ...more } };
};

const messages: Array<[what: string, document: object]> = [
	['a direct message', direct()],
	['a direct message of a bot', direct(otherBot)],
	['a mention of the bot', inGroup('@_user_1 help', [bot])],
	['a mention of everybody and the bot', inGroup('@_all @_user_1 help', [bot])],
	['a mention of a person', inGroup('@_user_2 help', [ann])],
	['no mention', inGroup('help')],
	['a mention of everybody', inGroup('@_all meeting at 3')],
	['another bot', inGroup('help', [], otherBot)],
	['another bot that mentions the bot', inGroup('@_user_1 help', [bot], otherBot)],
	['another bot that mentions everybody', inGroup('@_all help', [], otherBot)],
];
const everything = messages.map(([what]) => what);
const byDefault = everything.slice(0, 4);
const everybody = 'a mention of everybody';

let runner: WebhookRunner;
afterEach(async () => await runner.close());

/** What starts the workflow, of all kinds of message. */
async function taken(parameters: Fields, typeVersion = 3): Promise<string[]> {
	runner = await startWebhooks(
		[{ type: 'feishuTrigger', typeVersion, parameters: parameters as never }],
		feishu.credentials,
	);
	const started: string[] = [];
	for (const [index, [what, document]] of messages.entries()) {
		const text = JSON.stringify(document).replace('"message_id":"m"', `"message_id":"m${index}"`);
		const { status } = await post(runner.url, feishu.deliver(JSON.parse(text)));
		expect(status).toBe(200);
		if (runner.messages().some(({ messageId }) => messageId === `m${index}`)) started.push(what);
	}
	return started;
}

it.each<[string, Fields, string[]]>([
	['by default', {}, byDefault],
	['where all messages of groups are wanted', { groupMessages: 'all' }, everything.slice(0, 7)],
	[
		'where other bots are wanted',
		{ options: { fromBots: true } },
		[...byDefault, 'another bot that mentions the bot'],
	],
	[
		'where messages to everybody are wanted',
		{ options: { toEverybody: true } },
		[...byDefault, everybody],
	],
	[
		'where both are wanted',
		{ options: { fromBots: true, toEverybody: true } },
		[
			...byDefault,
			everybody,
			'another bot that mentions the bot',
			'another bot that mentions everybody',
		],
	],
	['where all is wanted', { groupMessages: 'all', options: { fromBots: true } }, everything],
])('A trigger takes what is for its bot, %s', async (_, parameters, expected) => {
	expect(await taken(parameters)).toEqual(expected);
});

it('A trigger of version 2 takes what it always took', async () => {
	expect(await taken({}, 2)).toEqual(everything);
	await runner.close();
	// What later versions know says nothing to it.
	const later = { groupMessages: 'mentionsBot', options: { fromBots: false, toEverybody: false } };
	expect(await taken(later, 2)).toEqual(everything);
});

it.each([
	['DingTalk', dingTalk, { conversationType: '2' }],
	['a WeCom AI bot', weComAiBot, { chattype: 'group', chatid: 'g1' }],
])(
	'A group’s message reaches the bot by default on %s, which sends mentions only',
	async (...row) => {
		const [, platform, group] = row;
		const { trigger: type, parameters, credentials } = platform;
		runner = await startWebhooks([{ type, parameters: (parameters ?? {}) as never }], credentials);
		await post(runner.url, platform.deliver({ ...platform.document({ id: 'm' }), ...group }));
		expect(runner.messages()).toMatchObject([{ messageId: 'm', conversationType: 'group' }]);
	},
);

it('Card actions of a group need no mention', async () => {
	runner = await startWebhooks(
		[{ type: 'feishuTrigger', parameters: { events: ['action'] } as never }],
		feishu.credentials,
	);
	const { header } = feishu.document({ id: 'm' }) as { header: Fields };
	const action = { value: { id: 'yes' }, tag: 'button' };
	const context = { open_message_id: 'om_1', open_chat_id: 'oc_1' };
	const event = { operator: { open_id: 'ou_1' }, action, context };
	const document = {
		schema: '2.0',
		header: { ...header, event_type: 'card.action.trigger' },
		event,
	};
	await post(runner.url, feishu.deliver(document));
	expect(runner.messages()).toMatchObject([{ kind: 'action' }]);
});
