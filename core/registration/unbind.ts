import type { BoundBot, PlacedNode } from './bindings';

/** Nodes that begin an execution by themselves: without any, n8n publishes no workflow. */
const BEGINS = /(?:trigger|webhook|cron)$/i;

export const canBegin = (nodes: readonly PlacedNode[]): boolean =>
	nodes.some(({ type, disabled }) => BEGINS.test(type) && disabled !== true);

/**
 * Takes a bot's credential out of every node of a workflow. Its triggers are disabled: without a credential n8n
 * would not publish the workflow.
 * @returns undefined where no node has it
 */
export function unbind<Placed extends PlacedNode>(
	nodes: readonly Placed[],
	{ type, credential, isTrigger }: BoundBot,
): Placed[] | undefined {
	const has = ({ credentials }: Placed): boolean => credentials?.[type]?.id === credential.id;
	if (!nodes.some(has)) return undefined;
	return nodes.map((node) => {
		if (!has(node)) return node;
		const others = Object.entries(node.credentials ?? {}).filter(([each]) => each !== type);
		const credentials = Object.fromEntries(others);
		return { ...node, credentials, ...(isTrigger(node) && { disabled: true }) };
	});
}
