import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCatalogue } from '../../scripts/lib/check/catalogue';
import { checkWorkflow } from '../../scripts/lib/check/index';
import { breakages, note, rename, request, useLogin } from './breakages';
import { goodWorkflow, to } from './fixtures';
import type { TestWorkflow } from './fixtures';

const shipped = join(__dirname, '../../node_modules/n8n-nodes-base/dist/types/nodes.json');
// The descriptions that n8n itself ships, not stand-ins.
const catalogue = createCatalogue({
	'n8n-nodes-base': JSON.parse(readFileSync(shipped, 'utf8')) as unknown[],
});
const bundled = new Set(['clawbotTestMain1', 'clawbotTestSub01', 'clawbotTestErr01']);

const check = (workflow: TestWorkflow) => checkWorkflow(workflow, catalogue, bundled);

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
	it.each<[string, (workflow: TestWorkflow) => void]>([
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

it('finds a sending node that would stop the others at its first failure', () => {
	const rulesWith = (onError?: string) => {
		const workflow = goodWorkflow();
		const node = {
			...workflow.nodes[1]!,
			name: 'Answer',
			type: 'n8n-nodes-clawbot.botReply',
			onError,
		};
		return check({ ...workflow, nodes: [...workflow.nodes, node] }).map(({ rule }) => rule);
	};
	expect(rulesWith()).toContain('stops-others');
	expect(rulesWith('stopWorkflow')).toContain('stops-others');
	expect(rulesWith('continueRegularOutput')).not.toContain('stops-others');
	expect(rulesWith('continueErrorOutput')).not.toContain('stops-others');
});
