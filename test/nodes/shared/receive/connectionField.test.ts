import { NodeHelpers, Workflow, type INodeProperties, type ITriggerFunctions } from 'n8n-workflow';
import { completeNode, logger, nodeTypesWith } from '../../../harness';

/* Which connection a trigger has, and which webhooks n8n registers for it, by n8n's own code. */

/* eslint-disable-next-line @typescript-eslint/no-require-imports -- n8n's inner modules have no types. */
const { WebhookService } = require('n8n/dist/webhooks/webhook.service') as {
	WebhookService: new (...parts: unknown[]) => {
		getNodeWebhooks(...parts: unknown[]): Array<{ httpMethod: string }>;
	};
};

interface Case {
	type: string;
	typeVersion: number;
	parameters?: Record<string, string>;
}

function placed({ type, typeVersion, parameters = {} }: Case) {
	const nodeTypes = nodeTypesWith();
	const node = {
		...completeNode({ type, typeVersion, parameters }, nodeTypes, {}),
		webhookId: 'h',
	};
	const workflow = new Workflow({
		id: 'w',
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes,
	});
	const evaluate = jest.spyOn(workflow.expression, 'getSimpleParameterValue');
	const service = new WebhookService(logger, undefined, undefined, nodeTypes);
	const methods = service
		.getNodeWebhooks(workflow, workflow.getNode(node.name), {})
		.map(({ httpMethod }) => httpMethod);
	const expressions = evaluate.mock.calls.filter(([, value]) => String(value).startsWith('='));
	const { parameters: complete } = workflow.getNode(node.name)!;
	const { description } = nodeTypes.getByNameAndVersion(node.type, typeVersion);
	const shown = description.properties.filter((property: INodeProperties) =>
		NodeHelpers.displayParameter(complete, property, { typeVersion } as never, description),
	);
	const trigger = async () =>
		await nodeTypes.getByNameAndVersion(node.type, typeVersion).trigger!.call({
			getWorkflow: () => ({ id: 'wf' }),
			getNode: () => workflow.getNode(node.name)!,
		} as ITriggerFunctions);
	return { methods, expressions, connection: complete.connection, shown, trigger };
}

const aiBot = { authentication: 'aiBot' };
const byHttp = { connection: 'httpCallback' };

it.each<Case>([
	{ type: 'dingTalkTrigger', typeVersion: 3 },
	{ type: 'feishuTrigger', typeVersion: 3 },
	{ type: 'weComTrigger', typeVersion: 3.1 },
	{ type: 'weComTrigger', typeVersion: 3, parameters: aiBot },
])('A new trigger has a long connection, and n8n registers no webhook: %j', (trigger) => {
	const { connection, methods, shown } = placed(trigger);
	expect([connection, methods]).toEqual(['stream', []]);
	expect(shown.map(({ name }) => name)).toContain('streamNotice');
});

it.each<Case>([
	{ type: 'dingTalkTrigger', typeVersion: 3, parameters: byHttp },
	{ type: 'feishuTrigger', typeVersion: 3, parameters: byHttp },
	{ type: 'weComTrigger', typeVersion: 3, parameters: { ...aiBot, ...byHttp } },
	{ type: 'weComTrigger', typeVersion: 3.1, parameters: { authentication: 'app' } },
	{ type: 'weComTrigger', typeVersion: 3 },
	{ type: 'weComTrigger', typeVersion: 2 },
	{ type: 'dingTalkTrigger', typeVersion: 2 },
	{ type: 'feishuTrigger', typeVersion: 2 },
	{ type: 'weComTrigger', typeVersion: 2, parameters: aiBot },
])('By HTTP, n8n registers both webhooks, without an expression: %j', (trigger) => {
	const { connection, methods, expressions, shown } = placed(trigger);
	expect(connection).toBe('httpCallback');
	expect(methods).toEqual(['GET', 'POST']);
	expect(expressions).toEqual([]);
	expect(shown.map(({ name }) => name)).not.toContain('streamNotice');
});

it('An app of WeCom has webhooks and no connection, whatever was chosen before it', async () => {
	const left = { authentication: 'app', connection: 'stream' };
	const { methods, expressions, trigger } = placed({
		type: 'weComTrigger',
		typeVersion: 3,
		parameters: left,
	});
	expect([methods, expressions]).toEqual([['GET', 'POST'], []]);
	expect(await trigger()).toEqual({});
});

it.each<[Case, boolean]>([
	[{ type: 'dingTalkTrigger', typeVersion: 3 }, true],
	[{ type: 'weComTrigger', typeVersion: 3, parameters: aiBot }, true],
	[{ type: 'weComTrigger', typeVersion: 3 }, false],
	[{ type: 'dingTalkTrigger', typeVersion: 2 }, false],
])('The choice is shown where there is one: %j %s', (trigger, isShown) => {
	const field = placed(trigger).shown.filter(({ name }) => name === 'connection');
	expect(field.map(({ type }) => type)).toEqual([isShown ? 'options' : 'hidden']);
});
