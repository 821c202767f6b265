import { capabilities } from '../../../protocol/wecom/capabilities';
import { robotBody, robotTextLimit, robotWritten } from '../../../protocol/wecom/encode';
import type { Route } from '../../shared/send/adapter';
import { callGroupRobot } from '../api';

/** Writes to the group robot's group. WeCom knows no idempotency key here. */
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
