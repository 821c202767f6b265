import accounts from '../../sandbox/accounts.json';
import type { Workflow } from '../../scripts/workflows/workflows';
import type { Said, Wire, World } from './bot';

/*
 * A workflow as people build it: trigger, n8n's AI Agent with Simple Memory, Bot Reply; no expression
 * but n8n's own defaults. People tell it secrets at the same time; what it asks the model shows whose
 * memory it has.
 */

const AI = '@n8n/n8n-nodes-langchain';

/** n8n's own credential, for the sandbox's model. */
export const agentCredential = (sandboxUrl: string) => ({
	id: 'test-openai',
	name: 'Sandbox Model',
	type: 'openAiApi',
	data: { apiKey: accounts.clawBotModelApi.apiKey, url: `${sandboxUrl}/model/v1` },
});

/** @param options of the trigger */
export function agentWorkflow(name: string, options: object): Workflow {
	const node = (id: string, type: string, typeVersion: number, parameters: object = {}) => ({
		...{ id, name: id, type, typeVersion, parameters },
		position: [0, 0] as [number, number],
	});
	const dingTalk = { id: 'clawbot-dingTalkAppApi', name: 'ClawBot DingTalk App' };
	const model = { id: 'test-openai', name: 'Sandbox Model' };
	const to = (target: string, type = 'main') => ({
		[type]: [[{ node: target, type, index: 0 }]],
	});
	return {
		id: `testAgent${name}`.padEnd(16, '0').slice(0, 16),
		name: `Test: agent ${name}`,
		nodes: [
			{
				...node('Trigger', 'n8n-nodes-clawbot.dingTalkTrigger', 2, { options }),
				webhookId: `test-agent-${name}`,
				credentials: { dingTalkAppApi: dingTalk },
			},
			node('Agent', `${AI}.agent`, 3.1),
			{
				...node('Model', `${AI}.lmChatOpenAi`, 1.3, {
					model: { __rl: true, mode: 'id', value: 'sandbox-chat' },
					responsesApiEnabled: false,
				}),
				credentials: { openAiApi: model },
			},
			node('Memory', `${AI}.memoryBufferWindow`, 1.3),
			{
				...node('Reply', 'n8n-nodes-clawbot.botReply', 1, { format: 'text' }),
				credentials: { dingTalkAppApi: dingTalk },
			},
		],
		connections: {
			Trigger: to('Agent'),
			Agent: to('Reply'),
			Model: to('Agent', 'ai_languageModel'),
			Memory: to('Agent', 'ai_memory'),
		},
		settings: { executionOrder: 'v1' },
	} as unknown as Workflow;
}

interface Ledger {
	entries: Array<{ request: { body: string } }>;
}

/** People who write to an agent, all at once. */
export class Crowd {
	/** No one's name is the beginning of another's. */
	readonly names: string[];

	constructor(
		private readonly world: World,
		private readonly agent: string,
		size: number,
	) {
		this.names = Array.from({ length: size }, (_, index) => `${agent}Person${index}z`);
	}

	/** Each says this with their own name in it, and waits for their answer. */
	async sayAtOnce(text: (name: string) => string): Promise<string[]> {
		const { world } = this;
		const wires = await Promise.all(
			this.names.map(async (from) => {
				const said: Said = { platform: 'dingtalk', from, text: text(from) };
				return await world.build(said);
			}),
		);
		const url = world.system.webhookUrl(`test-agent-${this.agent}`);
		const statuses = await Promise.all(wires.map(async (wire) => await post(url, wire)));
		if (statuses.some((status) => status !== 200)) throw new Error(`Refused: ${statuses.join()}`);
		return await Promise.all(
			wires.map(async ({ messageId }) => {
				const [answer] = await world.answered(messageId!);
				return answer!.text;
			}),
		);
	}

	/** For each request to the model: whose names are in it. */
	async namesInRequests(): Promise<string[][]> {
		const query = 'ledger?direction=in&service=model&kind=chat';
		const { entries } = await this.world.control<Ledger>('GET', query);
		return entries
			.map(({ request }) => this.names.filter((name) => request.body.includes(name)))
			.filter((names) => names.length > 0);
	}
}

async function post(url: string, { method, query, headers, body }: Wire): Promise<number> {
	const { status } = await fetch(`${url}?${new URLSearchParams(query)}`, {
		method,
		headers,
		body: Buffer.from(body, 'base64'),
	});
	return status;
}
