import { isByStream, isForAiBot } from '../scripts/workflows/streams.js';

/** An n8n that the sandbox may ask for its workflows. */
export interface N8nAccess {
	url: string;
	apiKey: string;
}

/** A trigger of a workflow in n8n, as somebody may write to it. */
export interface N8nTrigger {
	/** Name of the callback that it takes: `dingtalk`, `wecom-aibot` … */
	callback: string;
	workflow: string;
	node: string;
	/** `test`: n8n listens there once, after "Execute step" or "Execute workflow". */
	kind: 'published' | 'test';
	url: string;
}

interface Node {
	name: string;
	type: string;
	typeVersion?: number;
	disabled?: boolean;
	webhookId?: string;
	parameters?: { authentication?: string; connection?: string };
}

interface Workflow {
	name: string;
	active: boolean;
	isArchived?: boolean;
	nodes: Node[];
	activeVersion?: { nodes: Node[] } | null;
}

const PLATFORMS: Record<string, string> = {
	dingTalkTrigger: 'dingtalk',
	feishuTrigger: 'feishu',
	weComTrigger: 'wecom',
};

function triggersIn(nodes: Node[]): Array<{ callback: string; node: string; path: string }> {
	return nodes.flatMap(({ typeVersion = 1, parameters = {}, ...placed }) => {
		const { name, type, disabled, webhookId } = placed;
		const node = { type, typeVersion, parameters };
		const platform = PLATFORMS[type.split('.').at(-1)!];
		if (!platform || disabled || !webhookId || isByStream(node)) return [];
		const callback = platform === 'wecom' && isForAiBot(node) ? 'wecom-aibot' : platform;
		return [{ callback, node: name, path: `${webhookId}/webhook` }];
	});
}

/** What is published answers at its own address, what is on the canvas at one for tests. */
function triggersOf(workflows: Workflow[], n8nUrl: string): N8nTrigger[] {
	const kept = workflows.filter(({ isArchived }) => !isArchived);
	const list = (kind: N8nTrigger['kind'], path: string, nodesOf: (workflow: Workflow) => Node[]) =>
		kept.flatMap((workflow) =>
			triggersIn(nodesOf(workflow)).map((found) => ({
				callback: found.callback,
				workflow: workflow.name,
				node: found.node,
				kind,
				url: `${n8nUrl}/${path}/${found.path}`,
			})),
		);
	return [
		...list('published', 'webhook', ({ active, activeVersion, nodes }) =>
			active ? (activeVersion?.nodes ?? nodes) : [],
		),
		...list('test', 'webhook-test', ({ nodes }) => nodes),
	];
}

/** Asks n8n for its triggers now; none where no n8n was named. */
export async function findTriggers(n8n: N8nAccess | undefined): Promise<N8nTrigger[]> {
	if (!n8n) return [];
	const workflows: Workflow[] = [];
	let cursor = '';
	do {
		const response = await fetch(`${n8n.url}/api/v1/workflows?limit=100${cursor}`, {
			headers: { 'x-n8n-api-key': n8n.apiKey },
			signal: AbortSignal.timeout(10_000),
		});
		if (!response.ok) throw new Error(`n8n answers ${response.status}`);
		const page = (await response.json()) as { data: Workflow[]; nextCursor?: string };
		workflows.push(...page.data);
		cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : '';
	} while (cursor);
	return triggersOf(workflows, n8n.url);
}
