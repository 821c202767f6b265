import type { INodeCredentialDescription } from 'n8n-workflow';
import type { Platform } from '../../protocol/message';
import { dingTalk } from '../DingTalk/platform';
import { feishu } from '../Feishu/platform';
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

/** The app credentials of a node that serves every platform: one each, for the platforms in use. */
export const appCredentials = credentialsFor('app', 'App');

/** The group robot credentials of such a node. */
export const groupRobotCredentials = credentialsFor('groupRobot', 'Group Robot');

function credentialsFor(bot: 'app' | 'groupRobot', what: string): INodeCredentialDescription[] {
	return Object.values(ADAPTERS).map(({ credentials, capabilities }) => ({
		name: credentials[bot].name,
		// n8n cannot say which of them a node needs: that depends on where its messages come from.
		displayName: `${capabilities.name} ${what} (${capabilities.chineseName}), if ${capabilities.name} is used`,
		required: false,
	}));
}
