import { NodeHelpers, Workflow, type INodeParameters } from 'n8n-workflow';
import { nodeTypesWith } from '../harness';
import { ownNodes } from './panel';

/** What the canvas writes below a node, by n8n's own expressions. */
function subtitleOf(type: string, parameters: INodeParameters = {}): unknown {
	const { subtitle = '', properties, ...description } = ownNodes.find(({ name }) => name === type)!;
	const typeVersion = description.defaultVersion ?? [description.version].flat().at(-1)!;
	const node = { id: '1', name: 'Node', type, typeVersion, position: [0, 0] as [number, number] };
	const own = { ...description, properties };
	const filled =
		NodeHelpers.getNodeParameters(properties, parameters, true, false, { typeVersion }, own) ?? {};
	const workflow = new Workflow({
		nodes: [{ ...node, parameters: filled }],
		connections: {},
		active: false,
		nodeTypes: nodeTypesWith(),
	});
	const [shown] = Object.values(workflow.nodes);
	return workflow.expression.getSimpleParameterValue(shown!, subtitle, 'internal', {});
}

describe('What the canvas writes below a node', () => {
	const withSubtitle = ownNodes.filter(
		({ subtitle }) => subtitle && !subtitle.includes('templateCode'),
	);

	it.each(withSubtitle.map(({ name }) => name))('is a text from the start: %s', (type) => {
		expect(subtitleOf(type)).toEqual(expect.stringMatching(/\S/));
	});

	it.each(['aiReply', 'modelApi'])('is the model that was chosen: %s', (name) => {
		const chosen = (mode: string, value: string) =>
			subtitleOf(`n8n-nodes-clawbot.${name}`, { model: { __rl: true, mode, value } });
		expect(chosen('list', '')).toBe('recommended model');
		expect(chosen('list', 'qwen-plus')).toBe('qwen-plus');
		expect(chosen('id', 'deepseek-chat')).toBe('deepseek-chat');
	});
});
