import type { IExecuteFunctions } from 'n8n-workflow';
import type { PlacedNode } from '../../core/registration/bindings';
import { readWorkflow, type PlacedWorkflow } from '../../core/registration/bots';
import { canBegin } from '../../core/registration/unbind';
import { isSuccess } from '../../protocol/errors';
import { asFields, asList, asText, type Fields } from '../../protocol/fields';
import { pastedKey, pastedUrl, urlBelow } from '../../protocol/pasted';
import { reasonIn, type Bilingual } from '../../protocol/registration';
import { redact, secretsIn } from '../shared/http/secrets';
import { exchange, type Bounds } from './exchange';

/* n8n's public API, by which a page makes credentials and puts them into workflows. */

/** n8n did not do it. Holds no secret. */
export class N8nRefusal extends Error {
	/** @param status HTTP's; 0 where there was no answer */
	constructor(
		readonly status: number,
		readonly words: Bilingual,
	) {
		super(words.en);
		this.name = 'N8nRefusal';
	}
}

/** A list of workflows is long. */
const BOUNDS: Bounds = { timeoutMs: 10_000, maxBytes: 16e6 };
/** n8n opens the connections of a workflow before it says that it is published. */
const PUBLISH_BOUNDS: Bounds = { ...BOUNDS, timeoutMs: 60_000 };
/** Workflows of a page of the list, and pages: nobody has more. */
const LIMIT = 50;
const MOST_PAGES = 40;

/** What the key must be allowed, by n8n's words for it. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
	credential: ['list', 'create', 'update', 'read', 'delete'],
	workflow: ['list', 'read', 'update', 'activate', 'deactivate'],
};

/** Where n8n says what a key may do. */
export const DISCOVER = '/discover';

/** What a key may not do, by n8n's answer. */
export function missingScopes({ data }: Fields): string[] {
	const resources = asFields(asFields(data).resources);
	return Object.entries(NEEDED).flatMap(([resource, operations]) => {
		const allowed = asList(asFields(resources[resource]).operations);
		return operations
			.filter((operation) => !allowed.includes(operation))
			.map((operation) => `${resource}:${operation}`);
	});
}

const KEY_IS_WRONG = {
	zh: 'n8n 不接受 API Key：请在 n8n 的 Settings → n8n API 中创建，并填入本流程的 ClawBot Instance API 凭证。',
	en: 'n8n takes no such API key: make one under Settings → n8n API, and enter it in the credential ClawBot Instance API of this workflow.',
};

const lacking = (scopes: readonly string[]): Bilingual => ({
	zh: `API Key 缺少权限：${scopes.join('、')}。请在 n8n 的 Settings → n8n API 中补上。`,
	en: `The API key lacks scopes: ${scopes.join(', ')}. Add them under Settings → n8n API.`,
});

interface Call {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	path: string;
	body?: object;
	bounds?: Bounds;
}

export interface CredentialValues {
	name: string;
	type: string;
	data: Readonly<Record<string, string>>;
}

/** The API of the credential that the node has. */
export class N8nApi {
	private constructor(
		private readonly ctx: IExecuteFunctions,
		private readonly baseUrl: string,
		private readonly apiKey: string,
	) {}

	static async of(ctx: IExecuteFunctions): Promise<N8nApi> {
		const { baseUrl, apiKey } = await ctx.getCredentials('clawBotInstanceApi');
		return new N8nApi(ctx, pastedUrl(baseUrl), pastedKey(apiKey));
	}

	/**
	 * Sees to it that the key may do all that comes after a scan: a secret is given once.
	 * @throws N8nRefusal
	 */
	async check(): Promise<void> {
		const missing = missingScopes(await this.call({ method: 'GET', path: DISCOVER }));
		if (missing.length > 0) throw new N8nRefusal(403, lacking(missing));
	}

	/** @throws N8nRefusal */
	async credentials(): Promise<unknown[]> {
		return await this.list('/credentials', '');
	}

	/** Those that are not archived. @throws N8nRefusal */
	async workflows(): Promise<PlacedWorkflow[]> {
		const all = await this.list('/workflows', '&excludePinnedData=true');
		return all.map(readWorkflow).filter((workflow) => workflow !== undefined);
	}

	/**
	 * Makes a credential, with an id that is given: where an answer was lost, a repetition finds what is there.
	 * @throws N8nRefusal
	 */
	async createCredential(id: string, { name, type, data }: CredentialValues): Promise<void> {
		const body = { id, name, type, data };
		named(id, await this.call({ method: 'POST', path: '/credentials', body }));
	}

	/**
	 * Gives a credential other values: in the place of all that it had, or beside what they do not name.
	 * @throws N8nRefusal
	 */
	async changeCredential(
		id: string,
		{ name, type, data }: CredentialValues,
		isPartialData = false,
	): Promise<void> {
		const body = { name, type, data, isPartialData };
		named(id, await this.call({ method: 'PATCH', path: `/credentials/${id}`, body }));
	}

	/** @throws N8nRefusal */
	async deleteCredential(id: string): Promise<void> {
		await this.call({ method: 'DELETE', path: `/credentials/${id}` });
	}

	/** What n8n's test of a credential says. @throws N8nRefusal */
	async testCredential(id: string): Promise<{ works: boolean; message: string }> {
		const path = `/credentials/${id}/test`;
		const { status, message } = await this.call({ method: 'POST', path, bounds: PUBLISH_BOUNDS });
		return { works: status === 'OK', message: reasonIn(message) };
	}

	/**
	 * Gives a workflow other nodes, and publishes it where `publish` says so or it was; one that nothing begins any
	 * more is taken out of publication.
	 * @throws N8nRefusal
	 */
	async change(
		{ id, name, connections, settings, isPublished }: PlacedWorkflow,
		nodes: PlacedNode[],
		publish = isPublished,
	): Promise<void> {
		const path = `/workflows/${id}`;
		const begins = canBegin(nodes);
		const bounds = PUBLISH_BOUNDS;
		if (isPublished && !begins) {
			await this.call({ method: 'POST', path: `${path}/deactivate`, body: {}, bounds });
		}
		const body = { name, nodes, connections, settings: asApiTakes(settings) };
		const changed = await this.call({ method: 'PUT', path, body, bounds });
		const isCurrent = changed.active === true && changed.activeVersionId === changed.versionId;
		if (!publish || !begins || isCurrent) return;
		await this.call({ method: 'POST', path: `${path}/activate`, body: {}, bounds });
	}

	private async list(path: string, query: string): Promise<unknown[]> {
		const found: unknown[] = [];
		let next = '';
		for (let page = 0; page < MOST_PAGES; page++) {
			const { data, nextCursor } = await this.call({
				method: 'GET',
				path: `${path}?limit=${LIMIT}${query}${next}`,
			});
			found.push(...asList(data));
			if (asText(nextCursor) === '') break;
			next = `&cursor=${encodeURIComponent(asText(nextCursor))}`;
		}
		return found;
	}

	private async call({ method, path, body, bounds = BOUNDS }: Call): Promise<Fields> {
		const request = {
			method,
			url: urlBelow(this.baseUrl, path),
			headers: {
				'x-n8n-api-key': this.apiKey,
				...(body && { 'content-type': 'application/json' }),
			},
			...(body && { body: JSON.stringify(body) }),
		};
		const answer = await exchange(this.ctx, request, bounds);
		if ('class' in answer) throw refusalFor(0, `${answer.message} (${answer.code})`);
		const fields = asFields(answer.body);
		if (isSuccess(answer.status)) return fields;
		// n8n's words may hold what it was given.
		const given = { ...asFields(asFields(body).data), apiKey: this.apiKey };
		const said = redact(asText(fields.message), secretsIn(given as CredentialValues['data'], {}));
		throw refusalFor(answer.status, reasonIn(said) || `HTTP ${answer.status}`);
	}
}

/** A page of something before n8n may say 200 as well: the secret that it was given would be lost. */
function named(id: string, answer: Fields): void {
	if (answer.id !== id) throw refusalFor(0, 'the answer names no credential');
}

/** @param status HTTP's; 0 where there was no answer */
function refusalFor(status: number, reason: string): N8nRefusal {
	if (status === 401) return new N8nRefusal(status, KEY_IS_WRONG);
	if (status === 0) {
		return new N8nRefusal(status, {
			zh: `n8n 的 API 没有应答：${reason}。请检查 ClawBot Instance API 凭证中的地址。`,
			en: `n8n’s API does not answer: ${reason}. Check the address in the credential ClawBot Instance API.`,
		});
	}
	return new N8nRefusal(status, { zh: `n8n 拒绝了：${reason}`, en: `n8n said no: ${reason}` });
}

/** Settings that n8n takes; it shows others, and refuses those. */
const TAKEN: readonly string[] = [
	'saveExecutionProgress',
	'saveManualExecutions',
	'saveDataErrorExecution',
	'saveDataSuccessExecution',
	'executionTimeout',
	'errorWorkflow',
	'timezone',
	'executionOrder',
	'callerPolicy',
	'callerIds',
	'timeSavedMode',
	'timeSavedPerExecution',
	'redactionPolicy',
	'availableInMCP',
	'customTelemetryTags',
];

const asApiTakes = (settings: Fields): Fields =>
	Object.fromEntries(Object.entries(settings).filter(([name]) => TAKEN.includes(name)));
