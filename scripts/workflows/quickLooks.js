'use strict';

/** @import { Workflow } from './workflows.js' */

/**
 * Queue mode: workers keep what failed, and the main process, in which the delivery triggers wait, is told
 * nothing. Seconds, as docs/queue-mode.md says.
 *
 * @type {Readonly<Record<string, number>>}
 */
const SAFETY_LOOKS = { retry: 3, recover: 15, announce: 30 };

/**
 * The same workflows for queue mode: their delivery triggers look often.
 *
 * @param {Workflow[]} workflows
 */
function withQuickLooks(workflows) {
	const copies = structuredClone(workflows);
	for (const { type, parameters } of copies.flatMap(({ nodes }) => nodes)) {
		if (type !== 'n8n-nodes-clawbot.deliveryTrigger') continue;
		parameters.safetyLook = SAFETY_LOOKS[String(parameters.lookFor ?? 'retry')];
	}
	return copies;
}

module.exports = { withQuickLooks };
