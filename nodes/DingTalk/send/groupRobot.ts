import { capabilities } from '../../../protocol/dingtalk/capabilities';
import { robotBody, robotTextLimit, written } from '../../../protocol/dingtalk/encode';
import { idempotencyKey } from '../../../protocol/text';
import type { Route } from '../../shared/send/adapter';
import { callGroupRobot } from '../api';

/** Writes to the group robot's group. */
export const groupRobot: Route = {
	name: 'groupRobot',
	capabilities: capabilities.routes.groupRobot,
	written,
	textLimit: robotTextLimit,
	async send(context, { message, index }) {
		const key = idempotencyKey(context.seed, String(index));
		await callGroupRobot(context, robotBody(message, key));
		return {};
	},
};
