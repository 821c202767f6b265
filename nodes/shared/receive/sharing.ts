import type {
	IExecuteFunctions,
	INode,
	ITriggerFunctions,
	IWebhookFunctions,
	Workflow,
} from 'n8n-workflow';

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

/** What an expression may name: its own item, and what is the same for all of them in all executions. */
const OWN =
	/\$(?:(?:json|binary|now|today|vars|env|secrets|workflow|parameter|jmespath|if|ifEmpty|min|max)\b|(?:input|\(\s*(?:"[^"]*"|'[^']*'|`[^`$]*`)\s*\))\s*\??\.\s*item\b)/g;

/** Whether messages that arrive together share an execution, as the option says. */
export function sharesExecutions(
	ctx: IWebhookFunctions | ITriggerFunctions | IExecuteFunctions,
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
	const isLine = [name, ...workflow.getChildNodes(name)].every(
		(each) => waysFrom(workflow, each) <= 1,
	);
	return followers(name).every(
		(node) =>
			worksByItem(node, ownPackage) &&
			// What is last in a line has been tried for everybody when it stops the workflow.
			(!mayStop(node, ownPackage) || (isLine && followers(node.name).length === 0)),
	);
}

const waysFrom = ({ connectionsBySourceNode }: Workflow, name: string): number =>
	(connectionsBySourceNode[name]?.main ?? []).flatMap((output) => output ?? []).length;

function worksByItem(node: INode, ownPackage: string): boolean {
	const { type, parameters, executeOnce, retryOnFail } = node;
	if (executeOnce || readsOthers(parameters)) return false;
	// n8n would try again for everybody, and what was sent goes out twice.
	if (retryOnFail && !BY_ITEM.includes(type)) return false;
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

/** Whether an expression, however deep in the parameters, reads more than its own item. */
function readsOthers(value: unknown): boolean {
	if (typeof value === 'string') {
		return value.startsWith('=') && /\$[\w([]/.test(value.replace(OWN, ''));
	}
	return typeof value === 'object' && value !== null && Object.values(value).some(readsOthers);
}

/**
 * Whether one item can stop the workflow for all of them: a request that fails, a word where a condition wants a
 * number. Nothing that had not been done by then is done for anybody.
 */
function mayStop({ type, onError, continueOnFail }: INode, ownPackage: string): boolean {
	const isSafe =
		type === `${ownPackage}botRouter` || /^n8n-nodes-base\.(?:noOp|executeWorkflow)$/.test(type);
	return !isSafe && !continueOnFail && (onError ?? 'stopWorkflow') === 'stopWorkflow';
}
