import { Workflow, type INodeParameters } from 'n8n-workflow';
import { isByStream, isForAiBot } from '../../../scripts/workflows/streams';
import { completeNode, nodeTypesWith } from '../../harness';

/* What the scripts and the sandbox read in a workflow's file, against what n8n makes of it with the nodes' defaults. */

const nodeTypes = nodeTypesWith();
const triggers = ['dingTalkTrigger', 'feishuTrigger', 'weComTrigger'];
const versionsOf = (type: string): number[] =>
	[nodeTypes.getByNameAndVersion(`n8n-nodes-clawbot.${type}`).description.version].flat();
const given: INodeParameters[] = ['app', 'aiBot', undefined].flatMap((authentication) =>
	['stream', 'httpCallback', undefined].map((connection) => ({
		...(authentication && { authentication }),
		...(connection && { connection }),
	})),
);
const cases = triggers.flatMap((type) =>
	versionsOf(type).flatMap((typeVersion) =>
		given
			.filter(({ authentication }) => type === 'weComTrigger' || !authentication)
			.map((parameters): [string, number, INodeParameters] => [type, typeVersion, parameters]),
	),
);

it.each(cases)('%s %d is what n8n makes of it: %j', (type, typeVersion, parameters) => {
	const node = completeNode({ type, typeVersion, parameters }, nodeTypes, {});
	const placed = { type: node.type, typeVersion, parameters };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: true, nodeTypes });
	const { connection, authentication } = workflow.getNode(node.name)!.parameters;
	expect(isByStream(placed)).toBe(connection === 'stream' && authentication !== 'app');
	if (type === 'weComTrigger') expect(isForAiBot(placed)).toBe(authentication === 'aiBot');
});

it('covers every version that a workflow may hold', () => {
	expect(triggers.map((type) => versionsOf(type).length > 1)).toEqual([true, true, true]);
});
