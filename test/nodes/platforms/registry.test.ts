import {
	adapterOf,
	botCredentials,
	groupRobotCredentials,
} from '../../../nodes/platforms/registry';
import type { Route } from '../../../nodes/shared/send/adapter';
import type { ReplyTo } from '../../../protocol/message';
import { PLATFORMS, platformNames } from '../../../protocol/platforms';

const later = Date.now() + 3_600_000;
const message = { messageId: 'm', conversationId: 'c' };
const inSession = { sessionWebhook: 'https://example.com', sessionExpiresAt: later };
const replies: Array<[string, ReplyTo]> = [
	['session', { platform: 'dingtalk', ...message, conversationType: 'group', ...inSession }],
	['app', { platform: 'dingtalk', ...message, conversationType: 'group' }],
	['app', { platform: 'feishu', ...message }],
	['app', { platform: 'wecom', messageId: 'm', bot: 'app', userId: 'u' }],
	[
		'aiBot',
		{
			platform: 'wecom',
			messageId: 'm',
			bot: 'aiBot',
			userId: 'u',
			responseUrl: '',
			expiresAt: later,
		},
	],
	['connection', { platform: 'wecom', messageId: 'm', bot: 'aiBot', userId: 'u', reqId: 'r' }],
];

test.each(platformNames)('The routes of %s are what its capabilities say', (platform) => {
	const adapter = adapterOf(platform);
	const { routes } = PLATFORMS[platform];
	expect(adapter.platform).toBe(platform);
	expect(adapter.capabilities).toBe(PLATFORMS[platform]);
	const isItself = ({ name, capabilities }: Route) => capabilities === routes[name];
	expect([adapter.app!, adapter.groupRobot!].every(isItself)).toBe(true);
	const answers = replies.filter(([, replyTo]) => replyTo.platform === platform);
	const found = answers.map(([, replyTo]) => adapter.replyRoute(replyTo));
	expect(found.map(({ name }) => name)).toEqual(answers.map(([name]) => name));
	expect(found.every(isItself)).toBe(true);
});

test.each(platformNames)('The limits of %s are those of its capabilities', (platform) => {
	const adapter = adapterOf(platform);
	const routes = [
		adapter.app!,
		adapter.groupRobot!,
		...replies
			.filter(([, replyTo]) => replyTo.platform === platform)
			.map(([, replyTo]) => adapter.replyRoute(replyTo)),
	];
	for (const { capabilities, textLimit } of routes) {
		for (const type of ['text', 'markdown'] as const) {
			expect(textLimit({ type, text: 'any' }).max).toBe(capabilities.maxText[type]);
		}
	}
});

test('A node for every platform takes a credential of each kind of each platform, none required', () => {
	const all = [...botCredentials, ...groupRobotCredentials];
	expect(all.map(({ name, displayName }) => [name, displayName])).toEqual([
		['dingTalkAppApi', 'DingTalk App (钉钉), if DingTalk is used'],
		['feishuAppApi', 'Feishu App (飞书), if Feishu is used'],
		['weComAppApi', 'WeCom App (企业微信), if WeCom is used'],
		['weComAiBotApi', 'WeCom AI Bot (企业微信), if WeCom is used'],
		['dingTalkGroupRobotApi', 'DingTalk Group Robot (钉钉), if DingTalk is used'],
		['feishuGroupRobotApi', 'Feishu Group Robot (飞书), if Feishu is used'],
		['weComGroupRobotApi', 'WeCom Group Robot (企业微信), if WeCom is used'],
	]);
	expect(all.some(({ required }) => required)).toBe(false);
});
