import type { IExecuteFunctions, INodeCredentialDescription } from 'n8n-workflow';
import type { ReplyTo } from '../../protocol/message';
import { replyOnDingTalk } from '../DingTalk/send/reply';
import { replyOnFeishu } from '../Feishu/send/reply';
import { replyOnWeCom } from '../WeCom/send/reply';
import type { Delivery } from '../shared/send/outgoing';
import type { Sending } from '../shared/send/sending';

/** The credentials of a node that answers on every platform: one each, for the platforms in use. */
export const replyCredentials: INodeCredentialDescription[] = [
	{ name: 'dingTalkAppApi', displayName: 'DingTalk App (钉钉)', required: false },
	{ name: 'feishuAppApi', displayName: 'Feishu App (飞书)', required: false },
	{ name: 'weComAppApi', displayName: 'WeCom App (企业微信)', required: false },
];

/** Answers a message on the platform that it came from. */
export async function replyOnPlatform(
	ctx: IExecuteFunctions,
	target: ReplyTo,
	sending: Sending,
	itemIndex: number,
): Promise<Delivery> {
	switch (target.platform) {
		case 'dingtalk':
			return await replyOnDingTalk(ctx, target, sending, itemIndex);
		case 'feishu':
			return await replyOnFeishu(ctx, target, sending, itemIndex);
		case 'wecom':
			return await replyOnWeCom(ctx, target, sending, itemIndex);
	}
}
