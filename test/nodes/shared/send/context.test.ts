import type { IExecuteFunctions } from 'n8n-workflow';
import { answerKey, sendSeed } from '../../../../nodes/shared/send/context';
import type { ReplyTo } from '../../../../protocol/message';

/*
 * The seeds of idempotency keys, as every version of the package has made them: a message that one version
 * has kept or sent is the same message to the next one. Known answers of version 0.1.0.
 */

const dingTalk: ReplyTo = {
	platform: 'dingtalk',
	messageId: 'msg1',
	conversationId: 'cid1',
	conversationType: 'group',
};

const executing = (json: object): IExecuteFunctions =>
	({
		getNode: () => ({ id: 'node-1' }),
		getExecutionId: () => '77',
		getMode: () => 'webhook',
		getWorkflowDataProxy: () => ({ $runIndex: 2 }),
		getInputData: () => [{ json }],
	}) as unknown as IExecuteFunctions;

test.each<[string, ReplyTo, string, string]>([
	['DingTalk', dingTalk, '76e801efcb674bbdda9b9ea1085082ee', '4ede9c5a27e0e294f0d1cca8a9317f01'],
	[
		'Feishu, to a press of a card’s button',
		{ platform: 'feishu', messageId: 'om_1', conversationId: 'oc_1', actionId: 'act' },
		'67fd45596f77b8275a6cce673f0df5fb',
		'9b5b91005e5793e7d0865ddad47e0e5e',
	],
	[
		'WeCom’s app',
		{ platform: 'wecom', messageId: '7', bot: 'app', userId: 'u' },
		'233be65185d627c9b9695fd74cf6f3ca',
		'57800b0e25528612006991296994e0c9',
	],
	[
		'WeCom’s AI bot, in a group',
		{
			platform: 'wecom',
			messageId: '7',
			bot: 'aiBot',
			userId: 'u',
			chatId: 'c',
			responseUrl: '',
			expiresAt: 0,
		},
		'18a60ab4ece41aea935ea553983182fc',
		'777b193fa22920828bc21ca87bd7f190',
	],
])('The key of an answer on %s is what it always was', (_, replyTo, ofModel, ofText) => {
	const ctx = executing({});
	expect(answerKey(ctx, replyTo)).toBe(ofModel);
	expect(answerKey(ctx, replyTo, 'yes')).toBe(ofText);
});

test('The seed of a message that answers nothing is what it always was', () => {
	expect(sendSeed(executing({}), 0)).toBe('057c4701c8ff85cd381dd8fa12eb34bb');
});

test('The seed of a message that a message to the bot has set off does not name the execution', () => {
	const ctx = executing({ messageId: 'msg1', replyTo: dingTalk });
	expect(sendSeed(ctx, 0)).toBe('3d581137101ec41c0f0738c17d939fa9');
});
