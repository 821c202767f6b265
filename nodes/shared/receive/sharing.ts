import type { INode, ITriggerFunctions, IWebhookFunctions, Workflow } from 'n8n-workflow';

/*
 * Whether messages that arrive together may share one execution. They may where whatever follows the
 * trigger works each item as if it were alone. Elsewhere one person gets what belongs to another: n8n's AI
 * Agent takes its memory from the first item, Wait parks everybody's answers, a loop or a limit counts
 * people. What is not known to be safe is not.
 */

/** As the trigger's option has them. */
export type Executions = 'automatic' | 'onePerMessage' | 'together';

/** Nodes of n8n that give each item the same as if it came alone. */
const BY_ITEM = ['filter', 'if', 'noOp', 'set', 'switch'].map((name) => `n8n-nodes-base.${name}`);

/** The sub-workflow that the bundled workflows give their failures to, by its id, or its name where it was pushed. */
const KEEP_FAILURES = { id: /^clawbotKeep/, name: /^ClawBot\b.*: keep failures$/ };

/** Expressions that read other items than their own. */
const READS_OTHERS =
	/\.(first|last|all|itemMatching)\s*\(|\$items\b|\$node\b|\$input\b(?!\.item\b)/;

/** Whether messages that arrive together share an execution, as the option says. */
export function sharesExecutions(
	ctx: IWebhookFunctions | ITriggerFunctions,
	executions: Executions,
): boolean {
	if (executions !== 'automatic') return executions === 'together';
	// n8n's types leave it out, and its `getChildNodes` leaves out how a node fails.
	const { workflow } = ctx as unknown as { workflow?: Workflow };
	if (!workflow) return false;
	const followers = (name: string): INode[] =>
		workflow
			.getChildNodes(name)
			.map((child) => workflow.nodes[child])
			.filter((node): node is INode => node?.disabled !== true);
	const { name, type } = ctx.getNode();
	const ownPackage = type.slice(0, type.lastIndexOf('.') + 1);
	return followers(name).every(
		(node) =>
			worksByItem(node, ownPackage) &&
			(!failsForAll(node, ownPackage) || followers(node.name).length === 0),
	);
}

function worksByItem({ type, parameters, executeOnce }: INode, ownPackage: string): boolean {
	if (executeOnce || READS_OTHERS.test(JSON.stringify(parameters))) return false;
	// Waits for a person's decision, and every other item with it.
	if (parameters.operation === 'sendAndWait') return false;
	if (type.startsWith(ownPackage) || BY_ITEM.includes(type)) return true;
	return type === 'n8n-nodes-base.executeWorkflow' && callsByItem(parameters);
}

/** Each item starts a sub-workflow of its own that nobody waits for, or all go to one of this package's. */
function callsByItem({ mode, options, workflowId }: INode['parameters']): boolean {
	const { waitForSubWorkflow } = (options ?? {}) as { waitForSubWorkflow?: unknown };
	if (mode === 'each' && waitForSubWorkflow === false) return true;
	const { value, cachedResultName } = (workflowId ?? {}) as Record<string, unknown>;
	return KEEP_FAILURES.id.test(String(value)) || KEEP_FAILURES.name.test(String(cachedResultName));
}

/** Where one item's request fails, n8n stops the workflow, and the others get nothing of what follows. */
function failsForAll({ type, onError, continueOnFail }: INode, ownPackage: string): boolean {
	const makesRequests = type.startsWith(ownPackage) && !type.endsWith('.botRouter');
	return makesRequests && !continueOnFail && (onError ?? 'stopWorkflow') === 'stopWorkflow';
}
