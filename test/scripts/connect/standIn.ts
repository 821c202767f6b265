import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readWorkflows, type Workflow } from '../../../scripts/workflows/workflows';
import { DingTalkAppApi } from '../../../credentials/DingTalkAppApi.credentials';
import { FeishuAppApi } from '../../../credentials/FeishuAppApi.credentials';
import { WeComAiBotApi } from '../../../credentials/WeComAiBotApi.credentials';

/* What `npm run connect` needs of n8n's public API, in memory. */

export const API_KEY = 'key-of-the-test';

const TYPES = [new DingTalkAppApi(), new FeishuAppApi(), new WeComAiBotApi()];

export interface MadeCredential {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

interface Asked {
	method: string;
	path: string;
	text: string;
}

interface Reply {
	status?: number;
	body: unknown;
}

type Stored = Workflow & { active: boolean; isArchived?: boolean };

const refused = (status: number, message: string): Reply => ({ status, body: { message } });

/** As n8n's schema of a credential type has it: no other fields, and none missing that must be there. */
function problemOf({ type, data }: Omit<MadeCredential, 'id'>): string | undefined {
	const known = TYPES.find(({ name }) => name === type);
	if (!known) return 'req.body.type is not a known type';
	const stranger = Object.keys(data).find((name) => !known.properties.some((p) => p.name === name));
	if (stranger) return `request.body.data is not allowed to have the property "${stranger}"`;
	const missing = known.properties.find(({ name, required }) => required && !(name in data));
	return missing && `request.body.data requires property "${missing.name}"`;
}

export async function startStandIn() {
	const made: MadeCredential[] = [];
	const asked: Asked[] = [];
	const [bundled] = readWorkflows('workflows')
		.filter(({ file }) => file === 'answer-bot-messages.json')
		.map(({ workflow }) => workflow);
	const state = {
		workflows: [] as Stored[],
		/** Says no to as many credentials, in words that repeat what was sent. */
		refusals: 0,
		hasPackage: true,
		onPublished: (): void => {},
	};

	function reset(): void {
		made.length = 0;
		asked.length = 0;
		state.workflows = [{ ...structuredClone(bundled!), active: true }];
		state.refusals = 0;
		state.hasPackage = true;
		state.onPublished = () => {};
	}

	function createCredential(text: string): Reply {
		if (state.refusals > 0) {
			state.refusals--;
			return refused(500, `the database is gone: ${text}`);
		}
		const credential = JSON.parse(text) as Omit<MadeCredential, 'id'>;
		const problem = problemOf(credential);
		if (problem) return refused(400, problem);
		const id = `cred${made.length}`;
		made.push({ id, ...credential });
		return { body: { id, name: credential.name, type: credential.type } };
	}

	function answer({ method, path, text }: Asked): Reply {
		if (path.startsWith('/credentials/schema/'))
			return state.hasPackage ? { body: {} } : refused(404, 'Not Found');
		if (path === '/credentials') return createCredential(text);
		if (path.startsWith('/workflows?')) return { body: { data: state.workflows } };
		const id = /^\/workflows\/([^/]+)/.exec(path)?.[1];
		const workflow = state.workflows.find((each) => each.id === id);
		if (!workflow) return refused(404, 'Not Found');
		if (method === 'PUT') Object.assign(workflow, JSON.parse(text));
		if (path.endsWith('/activate')) workflow.active = true;
		if (method !== 'GET' && workflow.active) state.onPublished();
		return { body: workflow };
	}

	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const text = Buffer.concat(chunks).toString('utf8');
		const call = { method: request.method!, path: request.url!.replace('/api/v1', ''), text };
		asked.push(call);
		const isKnown = request.headers['x-n8n-api-key'] === API_KEY;
		const { status = 200, body } = isKnown ? answer(call) : refused(401, 'unauthorized');
		response.writeHead(status).end(JSON.stringify(body));
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		made,
		asked,
		state,
		reset,
		/** The credential's id of each node that has one of the type. */
		boundIds: (type: string) =>
			state.workflows.flatMap(({ nodes }) =>
				nodes.flatMap(({ credentials }) => credentials?.[type]?.id ?? []),
			),
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}
