import type { Workflow } from '../../scripts/workflows/workflows';

/** A webhook `test-<id>` that hands its items to a workflow, and answers with what that returns. */
export const door = (workflowId: string): Workflow => ({
	id: `test${workflowId.slice(7)}`.padEnd(16, '0'),
	name: `Test: ${workflowId}`,
	nodes: [
		{
			id: 'call',
			name: 'Call',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			webhookId: `test-${workflowId}`,
			parameters: {
				httpMethod: 'POST',
				path: `test-${workflowId}`,
				responseMode: 'lastNode',
				responseData: 'allEntries',
				options: {},
			},
		},
		{
			id: 'items',
			name: 'Items',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			position: [0, 0],
			parameters: { fieldToSplitOut: 'body.items', options: {} },
		},
		{
			id: 'work',
			name: 'Work',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			position: [0, 0],
			parameters: { workflowId: { __rl: true, mode: 'id', value: workflowId }, options: {} },
		},
	],
	connections: {
		Call: { main: [[{ node: 'Items', type: 'main', index: 0 }]] },
		Items: { main: [[{ node: 'Work', type: 'main', index: 0 }]] },
	},
	settings: { executionOrder: 'v1' },
});

/** Hands items to a workflow through its door. */
export async function through<T>(
	n8nUrl: string,
	workflowId: string,
	items: object[],
): Promise<T[]> {
	const response = await fetch(`${n8nUrl}/webhook/test-${workflowId}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ items }),
	});
	if (!response.ok) throw new Error(`${workflowId}: ${response.status} ${await response.text()}`);
	// n8n answers with one empty item where nothing came back.
	return ((await response.json()) as T[]).filter((item) => Object.keys(item as object).length > 0);
}
