import { capabilities } from '../../protocol/dingtalk/capabilities';
import type { PlatformAdapter } from '../shared/send/adapter';
import { credentials } from './api';
import { app } from './send/app';
import { groupRobot } from './send/groupRobot';
import { replyRoute } from './send/reply';

export const dingTalk: PlatformAdapter = {
	platform: 'dingtalk',
	capabilities,
	credentials,
	app,
	groupRobot,
	replyRoute,
};
