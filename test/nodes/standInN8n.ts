import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startServer, type Asked, type Answering, type TestServer } from './server';

/* n8n's public API, as far as bots are connected by it, with what it keeps in memory. */

export interface StoredCredential {
	id: string;
	name: string;
	type: string;
	data: IDataObject;
	createdAt: string;
}

export interface StoredWorkflow extends IDataObject {
	id: string;
	nodes: IDataObject[];
	active: boolean;
}

export const API_KEY = 'n8n_api_canary_0123456789';

const bundledWorkflow = (file: string): StoredWorkflow => ({
	...(JSON.parse(readFileSync(join(__dirname, '../../workflows', file), 'utf8')) as StoredWorkflow),
	active: true,
	versionId: 'v1',
	activeVersionId: 'v1',
});

/** Its operations by resource, as n8n tells whoever asks what a key may do. */
const operations = {
	credential: { operations: ['create', 'read', 'update', 'delete', 'list'] },
	workflow: { operations: ['list', 'read', 'update', 'activate', 'deactivate'] },
};

export class StandInN8n {
	credentials: StoredCredential[] = [];
	workflows = [bundledWorkflow('greet-new-bots.json'), bundledWorkflow('answer-bot-messages.json')];
	allowed: Record<string, { operations: string[] }> = operations;
	/** Answers the next requests to such a path; the request is carried out where it `isDone`. */
	faults: Array<{ path: RegExp; status: number; isDone?: boolean; isLoud?: boolean }> = [];
	private constructor(readonly server: TestServer) {}

	static async start(): Promise<StandInN8n> {
		const server = await startServer(() => ({ status: 500 }));
		const n8n = new StandInN8n(server);
		server.answer = (asked) => n8n.answer(asked);
		return n8n;
	}

	get credential(): IDataObject {
		return { apiKey: API_KEY, baseUrl: `${this.server.origin}/api/v1` };
	}

	workflow(id: string): StoredWorkflow {
		return this.workflows.find((each) => each.id === id)!;
	}

	/** The nodes of a workflow that have a credential, by their names. */
	having(workflowId: string, credentialId: string): string[] {
		return this.workflow(workflowId)
			.nodes.filter(({ credentials = {} }) =>
				Object.values(credentials as Record<string, IDataObject>).some(
					({ id }) => id === credentialId,
				),
			)
			.map(({ name }) => String(name));
	}

	/** What was asked of it, as `POST /credentials`. */
	get deeds(): string[] {
		return this.server.asked.map(({ method, path }) => `${method} ${path.slice('/api/v1'.length)}`);
	}

	private answer(asked: Asked): Answering {
		if (asked.headers['x-n8n-api-key'] !== API_KEY) return { status: 401, body: {} };
		const index = this.faults.findIndex(({ path }) => path.test(asked.path));
		const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0];
		// It repeats what it was given.
		const message = fault?.isLoud ? JSON.stringify(asked.body) : 'fault';
		if (fault && !fault.isDone) return { status: fault.status, body: { message } };
		const done = this.carryOut(asked);
		return fault ? { status: fault.status, body: { message: 'fault' } } : done;
	}

	private carryOut({ method, path, body }: Asked): Answering {
		const [, resource, id, does] = path.slice('/api/v1'.length).split('/');
		if (resource === 'discover') return { body: { data: { resources: this.allowed } } };
		if (resource === 'credentials') return this.ofCredentials(method, { id, does, body });
		if (resource === 'workflows') return this.ofWorkflows(method, { id, does, body });
		return { status: 404 };
	}

	private ofCredentials(
		method: string,
		{ id, does, body }: { id?: string; does?: string; body: Omit<StoredCredential, 'createdAt'> },
	): Answering {
		if (method === 'GET') {
			const shown = this.credentials.map(({ id: own, name, type, createdAt }) => ({
				...{ id: own, name, type, createdAt },
			}));
			return { body: { data: shown, nextCursor: null } };
		}
		if (method === 'POST' && !id) {
			if (this.credentials.some((each) => each.id === body.id)) return { status: 409, body: {} };
			this.credentials.push({ ...body, createdAt: new Date().toISOString() });
			return { body: { id: body.id } };
		}
		const found = this.credentials.find((each) => each.id === id);
		if (!found) return { status: 404, body: { message: 'Not Found' } };
		if (does === 'test') return { body: { status: 'Error', message: 'App Secret is empty' } };
		if (method === 'PATCH') {
			const { name, data, isPartialData } = body as typeof body & { isPartialData?: boolean };
			Object.assign(found, { name, data: { ...(isPartialData && found.data), ...data } });
		}
		if (method === 'DELETE') this.credentials = this.credentials.filter((each) => each !== found);
		return { body: { id } };
	}

	private ofWorkflows(
		method: string,
		{ id, does, body }: { id?: string; does?: string; body: IDataObject },
	): Answering {
		if (!id) return { body: { data: this.workflows, nextCursor: null } };
		const found = this.workflow(id);
		if (method === 'PUT') {
			Object.assign(found, body, { versionId: `${String(found.versionId)}+` });
			if (found.active) found.activeVersionId = found.versionId;
		}
		if (does === 'activate') {
			Object.assign(found, { active: true, activeVersionId: found.versionId });
		}
		if (does === 'deactivate') found.active = false;
		return { body: found };
	}
}
