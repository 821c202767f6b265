import type { System } from './bot';
import { until } from './until';

/** One request of n8n's editor, below `/rest`; gives the `data` of the answer. */
export type Editor = <T>(method: string, path: string, body?: object) => Promise<T>;

export interface Publication {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ status: string; errorMessage: string | null }>;
}

/** Signs the owner in, as in n8n's editor. */
async function signIn({ n8n, owner }: System): Promise<Editor> {
	const ask = async (
		method: string,
		path: string,
		body?: object,
		cookie = '',
	): Promise<Response> => {
		const response = await fetch(`${n8n.url}/rest/${path}`, {
			method,
			headers: { 'content-type': 'application/json', cookie },
			...(body && { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
		return response;
	};
	const { email, password } = owner;
	const login = await ask('POST', 'login', { emailOrLdapLoginId: email, password });
	const cookie = login.headers
		.getSetCookie()
		.map((each) => each.split(';')[0])
		.join('; ');
	return async <T>(method: string, path: string, body?: object): Promise<T> =>
		((await (await ask(method, path, body, cookie)).json()) as { data: T }).data;
}

const editors = new WeakMap<System, Promise<Editor>>();

/** n8n allows few log-ins a minute: one for each system. */
export async function editorOf(system: System): Promise<Editor> {
	const editor = editors.get(system) ?? signIn(system);
	editors.set(system, editor);
	return await editor;
}

/** n8n answers before it has published or unpublished a workflow: waits until it has, and gives what came of it. */
export async function publicationOf(system: System, workflowId: string): Promise<Publication> {
	const editor = await editorOf(system);
	return await until(
		`the publication of ${workflowId}`,
		async () => await editor<Publication>('GET', `workflows/${workflowId}/publication-status`),
		({ status }) => status !== 'in_progress',
	);
}

/** Publishes a workflow: its triggers are there then. */
export async function publish(system: System, workflowId: string): Promise<void> {
	await system.n8n.api.activate(workflowId);
	await publicationOf(system, workflowId);
}

/** Unpublishes a workflow: its triggers start nothing any more. */
export async function unpublish(system: System, workflowId: string): Promise<void> {
	await system.n8n.api.deactivate(workflowId);
	await publicationOf(system, workflowId);
}
