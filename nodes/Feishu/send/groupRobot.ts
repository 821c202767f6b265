import { capabilities } from '../../../protocol/feishu/capabilities';
import { robotBody, robotTextLimit, robotWritten } from '../../../protocol/feishu/encode';
import type { Route } from '../../shared/send/adapter';
import { callGroupRobot } from '../api';

/** Writes to the group robot's group. Feishu knows no idempotency key here. */
export const groupRobot: Route = {
	name: 'groupRobot',
	capabilities: capabilities.routes.groupRobot,
	written: robotWritten,
	textLimit: robotTextLimit,
	async send(context, { message }) {
		await callGroupRobot(context, robotBody(message));
		return {};
	},
};
