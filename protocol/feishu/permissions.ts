import type { Permission } from '../registration';

/**
 * All that the nodes call, and all that comes from Feishu by itself. https://open.feishu.cn/document → API 列表 names
 * the scopes of each call; who the bot is may be asked without one. docs/connect/feishu.md tells the same to those
 * who make the app by hand.
 */
export const permissions: readonly Permission[] = [
	{
		kind: 'scope',
		name: 'im:message',
		why: {
			zh: '发送和回复消息，在消息下添加表情。',
			en: 'Send and answer messages, and set an emoji under one.',
		},
	},
	{
		kind: 'scope',
		name: 'im:message.p2p_msg:readonly',
		why: {
			zh: '读取用户单独发给机器人的消息。',
			en: 'Read what people write to the bot alone.',
		},
	},
	{
		kind: 'scope',
		name: 'im:message.group_at_msg:readonly',
		why: {
			zh: '读取群里 @机器人 的消息；群里的其他消息读不到。',
			en: 'Read the messages of groups that mention the bot, and no others.',
		},
	},
	{
		kind: 'event',
		name: 'im.message.receive_v1',
		why: {
			zh: '消息一到就通知 n8n。',
			en: 'Tell n8n of each message as it comes.',
		},
	},
	{
		kind: 'callback',
		name: 'card.action.trigger',
		why: {
			zh: '有人点击机器人卡片上的按钮或提交表单时通知 n8n。',
			en: 'Tell n8n when somebody presses a button or sends a form on a card of the bot.',
		},
	},
];
