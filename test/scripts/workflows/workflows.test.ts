import { join } from 'node:path';
import { callbacksOf } from '../../../scripts/system/callbacks';
import { paths } from '../../../scripts/machine/paths';
import { canonicalWorkflow, contentHash, workflowText } from '../../../scripts/workflows/canonical';
import { withCallbacks } from '../../../scripts/workflows/streams';
import {
	dependencies,
	inDependencyOrder,
	readWorkflows,
	withReferences,
} from '../../../scripts/workflows/workflows';
import { goodWorkflow, smallWorkflow } from '../fixtures';
import type { Workflow, WorkflowNode } from '../../../scripts/workflows/workflows';

const ids = (workflows: Array<{ id: string }>) => workflows.map(({ id }) => id);

describe('the order of workflows', () => {
	it('puts called workflows and error workflows before those that refer to them', () => {
		const workflows = [
			goodWorkflow(),
			smallWorkflow('clawbotTestSub01', 'Sub', ['deeper']),
			smallWorkflow('clawbotTestErr01', 'Errors'),
			smallWorkflow('deeper', 'Deeper'),
		];
		const order = ids(inDependencyOrder(workflows));
		expect(order).toHaveLength(4);
		expect(order.indexOf('deeper')).toBeLessThan(order.indexOf('clawbotTestSub01'));
		expect(order.indexOf('clawbotTestSub01')).toBeLessThan(order.indexOf('clawbotTestMain1'));
		expect(order.indexOf('clawbotTestErr01')).toBeLessThan(order.indexOf('clawbotTestMain1'));
	});

	it('names a circle instead of looping', () => {
		const circle = [smallWorkflow('a', 'First', ['b']), smallWorkflow('b', 'Second', ['a'])];
		expect(() => inDependencyOrder(circle)).toThrow('First → Second → First');
	});

	it('allows a workflow to call itself and to call one outside the set', () => {
		expect(ids(inDependencyOrder([smallWorkflow('a', 'A', ['a', 'elsewhere'])]))).toEqual(['a']);
	});

	it('ignores a workflow chosen by an expression', () => {
		const workflow = smallWorkflow('a', 'A', ['={{ $json.id }}']);
		expect(dependencies(workflow)).toEqual([]);
	});
});

describe('the store', () => {
	const folder = join(__dirname, '..', '..', '..', 'workflows');
	const read = (store?: string) => readWorkflows(folder, { store });
	const notes = ({ nodes }: Workflow) =>
		nodes.filter(({ type }) => type.endsWith('stickyNote')).map(({ id }) => id);

	it('decides which workflows are brought in, not how others refer to them', () => {
		const embedded = read();
		const postgres = read('postgres');
		const workflows = ({ workflow }: { workflow: unknown }) => workflow as Workflow;
		expect(ids(postgres.map(workflows))).toEqual(ids(embedded.map(workflows)));
		expect(postgres.map(workflows).map(notes)).toEqual(embedded.map(workflows).map(notes));
		const replaced = postgres.filter(({ file }) => file.startsWith('postgres/store-'));
		expect(replaced).toHaveLength(4);
		for (const { workflow } of replaced) {
			expect(JSON.stringify(workflow)).toContain('n8n-nodes-base.postgres');
		}
	});

	it('is refused when nobody knows it', () => {
		expect(() => read('mongo')).toThrow('there is no store "mongo"');
	});
});

describe('references', () => {
	it('are rewritten in copies, in nodes and in the error workflow', () => {
		const workflow = goodWorkflow();
		const mapped = withReferences(
			workflow,
			new Map([
				['clawbotTestSub01', 'new1'],
				['clawbotTestErr01', 'new2'],
			]),
		);
		expect(dependencies(mapped).sort()).toEqual(['new1', 'new2']);
		expect(dependencies(workflow).sort()).toEqual(['clawbotTestErr01', 'clawbotTestSub01']);
	});
});

describe('the canonical form', () => {
	it('is the same for a workflow as an instance returns it', () => {
		const workflow = goodWorkflow();
		const returned = {
			updatedAt: '2026-01-01T00:00:00.000Z',
			...structuredClone(workflow),
			nodes: structuredClone(workflow.nodes).reverse(),
			active: true,
			versionId: 'v',
			meta: { instanceId: 'i' },
			pinData: { 'Receive a call': [{ json: { secret: 1 } }] },
			staticData: { seen: 1 },
			tags: [],
			settings: {
				executionOrder: 'v1',
				errorWorkflow: 'clawbotTestErr01',
				binaryMode: 'separate',
				availableInMCP: false,
			},
		};
		expect(workflowText(returned)).toBe(workflowText(workflow));
	});

	it('keeps credentials by name only', () => {
		const workflow = goodWorkflow();
		workflow.nodes[3]!.credentials = { httpBasicAuth: { id: 'abc', name: 'Login' } };
		const nodes = canonicalWorkflow(workflow).nodes as WorkflowNode[];
		const node = nodes.find(({ name }) => name === 'Ask the service');
		expect(node?.credentials).toEqual({ httpBasicAuth: { id: null, name: 'Login' } });
	});

	it('is stable: writing what was read changes nothing', () => {
		const text = workflowText(goodWorkflow());
		expect(workflowText(JSON.parse(text))).toBe(text);
	});

	it('leaves its input alone', () => {
		const workflow = goodWorkflow();
		workflowText(workflow);
		expect(workflow).toEqual(goodWorkflow());
	});
});

describe('the content hash', () => {
	it('stays when only the choice of credential or the state of the instance differs', () => {
		const other = { ...goodWorkflow(), active: true, versionId: 'x' };
		other.nodes[3]!.credentials = { httpBasicAuth: { id: 'abc', name: 'Mine' } };
		expect(contentHash(other)).toBe(contentHash(goodWorkflow()));
	});

	it.each<[string, (workflow: ReturnType<typeof goodWorkflow>) => void]>([
		[
			'the name',
			(workflow) => {
				workflow.name = 'Mine';
			},
		],
		[
			'a parameter',
			(workflow) => {
				workflow.nodes[3]!.parameters.method = 'PUT';
			},
		],
		[
			'a position',
			(workflow) => {
				workflow.nodes[3]!.position = [240, 0];
			},
		],
		[
			'a connection',
			(workflow) => {
				delete workflow.connections['Receive a call'];
			},
		],
		[
			'a setting',
			(workflow) => {
				workflow.settings.timezone = 'UTC';
			},
		],
		[
			'a disabled node',
			(workflow) => {
				workflow.nodes[3]!.disabled = true;
			},
		],
	])('changes with %s', (_, change) => {
		const workflow = goodWorkflow();
		change(workflow);
		expect(contentHash(workflow)).not.toBe(contentHash(goodWorkflow()));
	});
});

describe('callback addresses', () => {
	const trigger = (type: string, webhookId: string, parameters = {}, typeVersion = 3): Workflow => ({
		...smallWorkflow(webhookId, webhookId),
		nodes: [
			{
				id: webhookId,
				name: type,
				type: `n8n-nodes-clawbot.${type}`,
				typeVersion,
				position: [0, 0],
				webhookId,
				parameters,
			},
		],
	});

	const byHttp = { connection: 'httpCallback' };

	it('are those of the first trigger of each kind', () => {
		const workflows = [
			trigger('dingTalkTrigger', 'stream'),
			trigger('dingTalkTrigger', 'one', byHttp),
			trigger('dingTalkTrigger', 'two', byHttp),
			trigger('weComTrigger', 'three'),
			trigger('weComTrigger', 'four', { ...byHttp, authentication: 'aiBot' }),
			trigger('feishuTrigger', 'five', { connection: 'stream' }),
		];
		expect(callbacksOf(workflows, 'http://n8n')).toEqual({
			dingtalk: 'http://n8n/webhook/one/webhook',
			'dingtalk-events': 'http://n8n/webhook/one/webhook',
			wecom: 'http://n8n/webhook/three/webhook',
			'wecom-aibot': 'http://n8n/webhook/four/webhook',
		});
	});

	it('are an AI bot’s where a newer WeCom Trigger names no kind of bot, and none by long connection', () => {
		const workflows = [
			trigger('weComTrigger', 'stream', {}, 3.1),
			trigger('weComTrigger', 'aibot', byHttp, 3.1),
			trigger('weComTrigger', 'app', { authentication: 'app' }, 3.1),
		];
		expect(callbacksOf(workflows, 'http://n8n')).toEqual({
			wecom: 'http://n8n/webhook/app/webhook',
			'wecom-aibot': 'http://n8n/webhook/aibot/webhook',
		});
	});

	it('are there for the bundled bot where its messages shall come by HTTP, else for the WeCom app alone', () => {
		const bundled = readWorkflows(paths.workflows).map(({ workflow }) => workflow);
		const names = (workflows: Workflow[]): string[] =>
			Object.keys(callbacksOf(workflows, 'http://n8n')).sort();
		expect(names(bundled)).toEqual(['wecom']);
		const all = ['dingtalk', 'dingtalk-events', 'feishu', 'wecom', 'wecom-aibot'];
		expect(names(withCallbacks(bundled))).toEqual(all);
		expect(names(bundled)).toEqual(['wecom']);
	});
});
