import { readFileSync } from 'node:fs';
import { TriggerContext } from 'n8n-core';
import { Workflow, type IConnections, type INode, type INodeTypes } from 'n8n-workflow';
import { sharesExecutions } from '../../../../nodes/shared/receive/sharing';
import { PACKAGE, additionalDataWith, completeNode, nodeTypesWith } from '../../../harness';

/** What matters here of a node: n8n's own and ours alike. */
type Follower = Partial<INode> & { type: string };

/** n8n leaves parameters as they are where it does not know the type. */
const untyped = { ...nodeTypesWith(), getByNameAndVersion: () => undefined as never };
/** Ours with their defaults, as n8n runs the bundled workflow. */
const ours = {
	...nodeTypesWith(),
	getByNameAndVersion: (type: string, version?: number) =>
		type.startsWith(`${PACKAGE}.`)
			? nodeTypesWith().getByNameAndVersion(type, version)
			: (undefined as never),
};
const workflowPath = 'workflows/answer-bot-messages.json';

/** Whether messages share executions where these nodes follow a trigger, one after the other. */
function shares(...followers: Follower[]): boolean {
	const trigger = { type: 'feishuTrigger', name: 'Trigger' };
	const nodes = [trigger, ...followers].map((node, index) => {
		const type = node.type.includes('.') ? node.type : `${PACKAGE}.${node.type}`;
		const name = node.name ?? `Node ${index}`;
		return { parameters: {}, ...node, type, id: name, name, typeVersion: 2, position: [0, 0] };
	});
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [
				nodes[index]!.name,
				{ main: [[{ node: name, type: 'main', index: 0 }]] },
			]),
	);
	return sharesAt(nodes as unknown as INode[], connections as IConnections, 'Trigger', untyped);
}

function sharesAt(
	nodes: INode[],
	connections: IConnections,
	name: string,
	nodeTypes: INodeTypes = ours,
): boolean {
	const workflow = new Workflow({ id: 'w', nodes, connections, active: true, nodeTypes });
	const data = additionalDataWith({}, '');
	const node = workflow.getNode(name)!;
	const ctx = new TriggerContext(workflow, node, data, 'trigger', 'activate', () => {});
	return sharesExecutions(ctx, 'automatic');
}

const n8n = (name: string, parameters: INode['parameters'] = {}): Follower => ({
	type: `n8n-nodes-base.${name}`,
	parameters,
});
const reply: Follower = { type: 'botReply' };
const keepsOn = { onError: 'continueErrorOutput' } as const;

describe('Messages share executions where each is worked by itself', () => {
	it.each<[string, Follower[]]>([
		['nothing follows', []],
		['a node of this package follows', [{ type: 'aiReply' }]],
		['a router and a reply follow', [{ type: 'botRouter' }, reply]],
		[
			'n8n’s nodes that look at one item follow',
			['if', 'set', 'switch', 'filter', 'noOp'].map((name) => ({ ...n8n(name), ...keepsOn })),
		],
		[
			'an expression reads its own item',
			[
				n8n('noOp', {
					a: '={{ $json.text }} {{ $("Trigger").item.json.text }} {{ $input.item.json }}',
					b: ["={{ $('Trigger')?.item.json.text }} {{ $now }} {{ $if($json.text, 1, 2) }}"],
					c: 'It costs $5, says $input.all().',
				}),
				reply,
			],
		],
		['one that fails leaves by the error output', [{ type: 'modelApi', ...keepsOn }, reply]],
		['one that fails goes on', [{ type: 'modelApi', onError: 'continueRegularOutput' }, reply]],
		[
			'one that fails goes on, said in the old way',
			[{ type: 'modelApi', continueOnFail: true }, reply],
		],
		['only a reply fails', [n8n('noOp'), reply]],
		['a node that only looks is tried again', [{ ...n8n('noOp'), retryOnFail: true }, reply]],
		[
			'an AI Agent is deactivated',
			[{ type: '@n8n/n8n-nodes-langchain.agent', disabled: true }, reply],
		],
		[
			'what follows a node that may stop the workflow is deactivated',
			[reply, { ...reply, disabled: true }],
		],
		[
			'each starts a sub-workflow that nobody waits for',
			[n8n('executeWorkflow', { mode: 'each', options: { waitForSubWorkflow: false } })],
		],
	])('%s', (_, followers) => {
		expect(shares(...followers)).toBe(true);
	});
});

describe('Each message has an execution of its own where', () => {
	it.each<[string, Follower[]]>([
		['an AI Agent follows', [{ type: '@n8n/n8n-nodes-langchain.agent' }, reply]],
		['a chain follows', [{ type: '@n8n/n8n-nodes-langchain.chainLlm' }]],
		[
			'it follows far behind',
			[{ type: 'botRouter' }, n8n('if'), n8n('set'), { type: '@n8n/n8n-nodes-langchain.agent' }],
		],
		['all wait', [n8n('wait'), reply]],
		['a person is asked', [n8n('slack', { operation: 'sendAndWait' })]],
		[
			'a person is asked by a node of this package',
			[{ type: 'feishu', parameters: { operation: 'sendAndWait' } }],
		],
		['a loop follows', [n8n('splitInBatches')]],
		['items are put together', [n8n('aggregate')]],
		['items are merged', [n8n('merge')]],
		['items are cut', [n8n('limit')]],
		['items are summed up', [n8n('summarize')]],
		['code follows', [n8n('code')]],
		['something unknown follows', [{ type: 'n8n-nodes-acme.thing' }]],
		['a package of a similar name follows', [{ type: 'n8n-nodes-clawbot-more.botReply' }]],
		['a request follows', [n8n('httpRequest')]],
		['a sub-workflow gets all', [n8n('executeWorkflow', { workflowId: { value: 'w2' } })]],
		['each waits for its sub-workflow', [n8n('executeWorkflow', { mode: 'each' })]],
		[
			'all start a sub-workflow that nobody waits for',
			[n8n('executeWorkflow', { options: { waitForSubWorkflow: false } })],
		],
		['a node works its first item only', [{ ...reply, executeOnce: true }]],
		[
			'a node reads the first item',
			[{ ...reply, parameters: { text: '={{ $("Trigger").first().json.text }}' } }],
		],
		[
			'a node reads the last item',
			[n8n('set', { a: { b: ['={{ $("Trigger").last().json.text }}'] } })],
		],
		['a node reads all items', [n8n('if', { a: '={{ $input.all().length }}' })]],
		[
			'a node reads items by their number',
			[n8n('if', { a: '={{ $items("Trigger")[0].json.text }}' })],
		],
		[
			'a node reads another’s items in the old way',
			[n8n('set', { a: '={{ $node["Trigger"].json.text }}' })],
		],
		['a node reads one item of its input', [n8n('set', { a: '={{ $input.first().json.text }}' })]],
		...(
			[
				'$("Trigger")["first"]().json.text',
				'$("Trigger")\n.all()[0].json.text',
				'$(`Trigger`).itemMatching(0).json.text',
				'$("Trigger").params.path',
				'$input["all"]().length',
				'[$input].map((each) => each.last())[0].json.text',
				'$item(0).$node["Trigger"].json.text',
				'$itemIndex === 0 ? $json.text : ""',
				'$runIndex',
				'$thisItemIndex',
				'$execution.id',
				'$execution.customData.get("name")',
				'$getPairedItem("Trigger")',
				'$evaluateExpression("{{ 1 }}")',
			] as const
		).map((words): [string, Follower[]] => [
			`an expression deep in the parameters says ${words}`,
			[{ ...n8n('noOp', { a: { b: [{ c: `=a {{ ${words} }}` }] } }) }, reply],
		]),
		['sending is tried again for all', [{ type: 'feishu', retryOnFail: true }]],
		[
			'answering is tried again for all before it leaves',
			[{ ...reply, ...keepsOn, retryOnFail: true }, n8n('noOp')],
		],
		[
			'a condition that one item fails stops the workflow for all',
			[n8n('if', { a: '={{ $json.text }}' }), reply],
		],
		['a conversion that one item fails stops it', [n8n('set'), reply]],
		['one that fails stops the workflow for all', [{ type: 'modelApi' }, reply]],
		[
			'one that fails stops the workflow, as its setting says',
			[{ type: 'modelApi', onError: 'stopWorkflow' }, reply],
		],
	])('%s', (_, followers) => {
		expect(shares(...followers)).toBe(false);
	});
});

describe('Of nodes beside each other', () => {
	const beside = (one: Follower, other: Follower): boolean => {
		const named = [{ type: 'botRouter' }, one, other].map((node, index) => ({
			...completeNode({ type: 'feishuTrigger' }, ours, {}),
			parameters: {},
			...node,
			type: `${PACKAGE}.${node.type}`,
			id: `Node ${index}`,
			name: `Node ${index}`,
		}));
		const trigger = { ...named[0]!, type: `${PACKAGE}.feishuTrigger`, id: 'T', name: 'Trigger' };
		const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
		const connections: IConnections = {
			Trigger: { main: [[to('Node 0')]] },
			'Node 0': { main: [[to('Node 1')], [to('Node 2')]] },
		};
		return sharesAt([trigger, ...named], connections, 'Trigger', untyped);
	};

	it('one that may stop the workflow takes the other’s answers with it', () => {
		expect(beside({ type: 'aiReply' }, reply)).toBe(false);
		expect(beside({ type: 'aiReply', ...keepsOn }, reply)).toBe(false);
		expect(beside({ type: 'aiReply', ...keepsOn }, { ...reply, ...keepsOn })).toBe(true);
	});
});

describe('The bundled workflow', () => {
	const { nodes, connections } = JSON.parse(readFileSync(workflowPath, 'utf8')) as {
		nodes: INode[];
		connections: IConnections;
	};
	const triggers = nodes.filter(({ type }) => /\.(dingTalk|feishu|weCom)Trigger$/.test(type));

	it.each(triggers.map(({ name }) => name))('shares executions: %s', (name) => {
		expect(sharesAt(nodes, connections, name)).toBe(true);
	});

	it('shares them too where it was pushed, and its sub-workflows have other ids', () => {
		const text = JSON.stringify(nodes).replaceAll(/"value":"clawbot/g, '"value":"abc');
		const pushed = JSON.parse(text) as INode[];
		expect(pushed).not.toEqual(nodes);
		expect(sharesAt(pushed, connections, triggers[0]!.name)).toBe(true);
	});

	it('does not any more where an AI Agent takes the place of AI Reply', () => {
		const changed = nodes.map((node) =>
			node.type.endsWith('.aiReply') ? { ...node, type: '@n8n/n8n-nodes-langchain.agent' } : node,
		);
		expect(sharesAt(changed, connections, triggers[0]!.name)).toBe(false);
	});
});

it('The option decides whatever follows', () => {
	const agent = { type: '@n8n/n8n-nodes-langchain.agent', name: 'Agent', parameters: {} };
	const node = completeNode({ type: 'feishuTrigger' }, ours, {});
	const workflow = new Workflow({
		nodes: [node, { ...node, ...agent, id: 'agent' }],
		connections: { [node.name]: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] } },
		active: true,
		nodeTypes: ours,
	});
	const data = additionalDataWith({}, '');
	const ctx = new TriggerContext(workflow, node, data, 'trigger', 'activate', () => {});
	expect(sharesExecutions(ctx, 'automatic')).toBe(false);
	expect(sharesExecutions(ctx, 'together')).toBe(true);
	expect(sharesExecutions(ctx, 'onePerMessage')).toBe(false);
});
