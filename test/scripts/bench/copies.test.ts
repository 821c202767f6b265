import { PLANS } from '../../../scripts/bench/plan';
import { copyBy } from '../../../scripts/bench/workflows';
import { isByStream } from '../../../scripts/workflows/streams';
import { webhooks } from '../../../scripts/workflows/workflows';

/* What the benchmark makes of the bundled bot, and sends to it. */

const EACH = { executions: 'onePerMessage' };

it('a copy by connection has the three that speak so, and waits for no request', () => {
	const copy = copyBy('Stream', 'stream', EACH);
	const triggers = copy.nodes.filter(isByStream);
	expect(triggers.map(({ type }) => type.split('.')[1]).sort()).toEqual([
		'dingTalkTrigger',
		'feishuTrigger',
		'weComTrigger',
	]);
	for (const { parameters } of triggers) expect(parameters.options).toEqual(EACH);
	expect(webhooks(copy)).toEqual([]);
});

it('a copy by HTTP has the same three, at addresses of its own', () => {
	const copy = copyBy('HttpEach', 'httpCallback', EACH);
	expect(copy.nodes.filter(isByStream)).toEqual([]);
	const found = webhooks(copy).map(({ node, path }) => [path, node.parameters.options]);
	expect(found).toEqual([
		['clawbot-answer-dingtalk-HttpEach/webhook', EACH],
		['clawbot-answer-feishu-HttpEach/webhook', EACH],
		['clawbot-answer-wecom-aibot-HttpEach/webhook', EACH],
	]);
});

it.each(Object.entries(PLANS))(
	'the %s plan compares every way, and gives a burst a line of each',
	(_, plan) => {
		expect(plan.beside.length).toBeGreaterThan(0);
		for (const own of [plan.beside, plan.byStream, plan.each, ...Object.values(plan.alone)]) {
			const titles = own.map(({ title }) => title);
			expect(new Set(titles).size).toBe(titles.length);
		}
		const lazy = (loads: Array<{ title: string }>) =>
			[...plan.beside, ...loads].map(({ title }) => title);
		expect(lazy(plan.alone.lazy)).toContain('500 in 2 s');
		expect(lazy(plan.byStream)).toContain('500 in 2 s');
		expect(lazy([])).toContain('17/s');
	},
);
