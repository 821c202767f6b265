import type { Target, Workflow, WorkflowNode } from '../../scripts/workflows/workflows';

export const to = (node: string): Target[] => [{ node, type: 'main', index: 0 }];

const title = (id: string, name: string, x: number, content: string): WorkflowNode => ({
	id,
	name,
	type: 'n8n-nodes-base.stickyNote',
	typeVersion: 1,
	position: [x, -320],
	parameters: { content, width: 320, height: 240 },
});

const titles = (id: string, name: string): WorkflowNode[] => [
	title(id, 'About this workflow', 576, `## ${name}\nWhat it does`),
	title(`${id}-zh`, '关于本流程', 912, '## 主流程\n它做什么'),
];

/** Trigger → HTTP request (with a wired error output) → sub-workflow; every rule holds. */
export function goodWorkflow(): Workflow {
	return {
		id: 'clawbotTestMain1',
		name: 'Test: main',
		nodes: [
			...titles('10000000-0000-4000-8000-000000000001', 'Main'),
			{
				id: '10000000-0000-4000-8000-000000000002',
				name: 'Receive a call',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				webhookId: '20000000-0000-4000-8000-000000000001',
				parameters: { httpMethod: 'POST', path: 'clawbot-test', options: {} },
			},
			{
				id: '10000000-0000-4000-8000-000000000003',
				name: 'Ask the service',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: [224, 0],
				parameters: {
					method: 'POST',
					url: "={{ $('Receive a call').first().json.body.url }}",
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'x-kind', value: 'test' }] },
					options: { timeout: 1000 },
				},
				onError: 'continueErrorOutput',
			},
			{
				id: '10000000-0000-4000-8000-000000000004',
				name: 'Keep the answer',
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				position: [448, 0],
				parameters: {
					workflowId: {
						__rl: true,
						mode: 'list',
						value: 'clawbotTestSub01',
						cachedResultName: 'Test: sub',
					},
					options: {},
				},
			},
			{
				id: '10000000-0000-4000-8000-000000000005',
				name: 'Drop the failure',
				type: 'n8n-nodes-base.noOp',
				typeVersion: 1,
				position: [448, 192],
				parameters: {},
			},
		],
		connections: {
			'Receive a call': { main: [to('Ask the service')] },
			'Ask the service': { main: [to('Keep the answer'), to('Drop the failure')] },
		},
		settings: { errorWorkflow: 'clawbotTestErr01', executionOrder: 'v1' },
	};
}

/** A workflow of one node, for references between workflows. */
export function smallWorkflow(id: string, name: string, calls: string[] = []): Workflow {
	return {
		id,
		name,
		nodes: [
			...titles(`${id}-note`, name),
			...calls.map(
				(called, index): WorkflowNode => ({
					id: `${id}-${index}`,
					name: `Call ${called}`,
					type: 'n8n-nodes-base.executeWorkflow',
					typeVersion: 1.2,
					position: [0, index * 160],
					parameters: { workflowId: { __rl: true, mode: 'list', value: called } },
				}),
			),
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	};
}
