import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { createCatalogue } from '../../../scripts/workflows/check/catalogue';
import { checkSet, checkWorkflow } from '../../../scripts/workflows/check/index';
import { breakages, note, rename, request, useLogin } from './breakages';
import { goodWorkflow, smallWorkflow, to } from '../fixtures';
import type { Workflow, WorkflowNode } from '../../../scripts/workflows/workflows';

const shipped = join(__dirname, '../../../node_modules/n8n-nodes-base/dist/types/nodes.json');
// The descriptions that n8n itself ships, not stand-ins.
const catalogue = createCatalogue({
	'n8n-nodes-base': JSON.parse(readFileSync(shipped, 'utf8')) as INodeTypeDescription[],
});
const bundled = new Set(['clawbotTestMain1', 'clawbotTestSub01', 'clawbotTestErr01']);

const check = (workflow: Workflow) => checkWorkflow(workflow, catalogue, bundled);

it('finds nothing in a good workflow', () => {
	expect(check(goodWorkflow())).toEqual([]);
});

it('leaves the workflow alone', () => {
	const workflow = goodWorkflow();
	check(workflow);
	expect(workflow).toEqual(goodWorkflow());
});

it.each(breakages)('finds %s: %s', (rule, _, change) => {
	const workflow = goodWorkflow();
	change(workflow);
	expect([...new Set(check(workflow).map((problem) => problem.rule))]).toEqual([rule]);
});

describe('does not complain about', () => {
	it.each<[string, (workflow: Workflow) => void]>([
		['a credential by name', (w) => useLogin(w, null)],
		[
			'a loop that leads back',
			(w) => {
				w.connections['Drop the failure'] = { main: [to('Ask the service')] };
			},
		],
		[
			'a note that frames nodes',
			(w) => {
				w.nodes.push({
					...note(w),
					id: 'x',
					name: 'Frame',
					position: [192, -32],
					parameters: { content: 'Here', width: 400, height: 400 },
				});
			},
		],
		[
			'an expression for an option',
			(w) => {
				request(w).parameters.method = '={{ $json.method }}';
			},
		],
		[
			'a reference with a quote in the name',
			(w) => {
				rename(w, 'Receive a call', "Receive the user's call");
				request(w).parameters.url = "={{ $('Receive the user\\'s call').first().json.url }}";
			},
		],
	])('%s', (_, change) => {
		const workflow = goodWorkflow();
		change(workflow);
		expect(check(workflow)).toEqual([]);
	});
});

/** Rules that the good workflow breaks with one more node, which sends messages. */
function rulesWithSender(fields: Partial<WorkflowNode>): string[] {
	const workflow = goodWorkflow();
	const node = {
		...workflow.nodes[2]!,
		name: 'Answer',
		type: 'n8n-nodes-clawbot.botDelivery',
		...fields,
	};
	return check({ ...workflow, nodes: [...workflow.nodes, node] }).map(({ rule }) => rule);
}

it('finds a sending node that would stop the others at its first failure', () => {
	expect(rulesWithSender({})).toContain('stops-others');
	expect(rulesWithSender({ onError: 'stopWorkflow' })).toContain('stops-others');
	expect(rulesWithSender({ onError: 'continueRegularOutput' })).not.toContain('stops-others');
	expect(rulesWithSender({ onError: 'continueErrorOutput' })).not.toContain('stops-others');
});

it('finds a sending node that tries again by itself what the queue tries again', () => {
	const onError = 'continueErrorOutput';
	expect(rulesWithSender({ onError, retryOnFail: true })).toContain('second-retry');
	expect(rulesWithSender({ onError })).not.toContain('second-retry');
});

it('finds a call that would hand over no items', () => {
	const rules = (mode: string, waitForSubWorkflow: boolean): string[] =>
		rulesWithSender({
			type: 'n8n-nodes-base.executeWorkflow',
			onError: 'continueErrorOutput',
			parameters: { mode, options: { waitForSubWorkflow } },
		});
	expect(rules('once', false)).toContain('loses-items');
	expect(rules('each', false)).not.toContain('loses-items');
	expect(rules('once', true)).not.toContain('loses-items');
});

describe('a set of workflows', () => {
	const rules = (workflows: Workflow[]): string[] =>
		checkSet(workflows).map(({ rule }) => rule);
	const set = (): Workflow[] => [smallWorkflow('a', 'First'), smallWorkflow('b', 'Second')];

	it('is good where ids and notes differ', () => {
		expect(rules(set())).toEqual([]);
	});

	it('is refused with two workflows of one id', () => {
		const [first, second] = set() as [Workflow, Workflow];
		expect(rules([first, { ...second, id: 'a' }])).toEqual(['duplicate-id']);
	});

	it('is refused with two notes of one id: a copy would be taken for the other workflow', () => {
		const [first, second] = set() as [Workflow, Workflow];
		expect(rules([first, { ...second, nodes: first.nodes }])).toEqual(['duplicate-note', 'duplicate-note']);
	});

	it('is refused where it is a circle', () => {
		const circle = [smallWorkflow('a', 'First', ['b']), smallWorkflow('b', 'Second', ['a'])];
		expect(() => rules(circle)).toThrow('circle');
	});
});
