import { capabilities } from '../../protocol/wecom/capabilities';
import type { PlatformAdapter } from '../shared/send/adapter';
import { credentials } from './api';
import { app } from './send/app';
import { groupRobot } from './send/groupRobot';
import { replyRoute } from './send/reply';

export const weCom: PlatformAdapter = {
	platform: 'wecom',
	capabilities,
	credentials,
	app,
	groupRobot,
	replyRoute,
};
