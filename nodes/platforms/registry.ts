import type { INodeCredentialDescription } from 'n8n-workflow';
import type { Platform } from '../../protocol/message';
import { dingTalk } from '../DingTalk/platform';
import { feishu } from '../Feishu/platform';
import type { BotKind } from '../shared/node/authentication';
import type { PlatformAdapter } from '../shared/send/adapter';
import { weCom } from '../WeCom/platform';

/* The one place that knows all platforms. */

const ADAPTERS: Readonly<Record<Platform, PlatformAdapter>> = {
	dingtalk: dingTalk,
	feishu,
	wecom: weCom,
};

export function adapterOf(platform: Platform): PlatformAdapter {
	return ADAPTERS[platform];
}

/** The credentials of a node that serves every platform: those of each bot that is written to. */
export const botCredentials = [
	...credentialsFor('app', 'App'),
	// An AI bot answers by it on its long connection.
	...credentialsFor('aiBot', 'AI Bot'),
];

/** The group robot credentials of such a node. */
export const groupRobotCredentials = credentialsFor('groupRobot', 'Group Robot');

function credentialsFor(bot: BotKind | 'aiBot', what: string): INodeCredentialDescription[] {
	return Object.values(ADAPTERS).flatMap(({ credentials, capabilities: { name, chineseName } }) => {
		const credential = credentials[bot];
		if (!credential) return [];
		// n8n cannot say which of them a node needs: that depends on where its messages come from.
		const displayName = `${name} ${what} (${chineseName}), if ${name} is used`;
		return [{ name: credential.name, displayName, required: false }];
	});
}
