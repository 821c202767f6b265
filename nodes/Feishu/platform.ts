import { capabilities } from '../../protocol/feishu/capabilities';
import type { PlatformAdapter } from '../shared/send/adapter';
import { credentials } from './api';
import { app } from './send/app';
import { groupRobot } from './send/groupRobot';
import { replyRoute } from './send/reply';

export const feishu: PlatformAdapter = {
	platform: 'feishu',
	capabilities,
	credentials,
	app,
	groupRobot,
	replyRoute,
};
