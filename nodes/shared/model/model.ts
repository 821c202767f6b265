import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
} from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { parseJson, type Fields } from '../../../protocol/fields';
import { providers } from '../../../protocol/model/providers';
import type { ChatRequest, ModelAnswer } from '../../../protocol/model/request';
import { credentialOf } from '../http/credentials';
import { credentialKey } from '../http/tokens';
import type { Caller } from '../http/apiRequest';
import { callModel, chat } from './chat';
import { DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT_SECONDS } from './fields';

const CREDENTIAL = { name: 'clawBotModelApi', displayName: 'ClawBot Model API' };

interface Options {
	maxTokens?: number;
	concurrency?: number;
	temperature?: number;
	timeoutSeconds?: number;
	extraBody?: unknown;
}

/** How many items the node asks for at once. */
export function concurrencyOf(ctx: IExecuteFunctions): number {
	const { concurrency } = ctx.getNodeParameter('options', 0, {}) as Options;
	return concurrency ?? DEFAULT_CONCURRENCY;
}

/** How long an answer may take, in ms. */
export function timeoutOf(ctx: IExecuteFunctions, itemIndex: number): number {
	const { timeoutSeconds } = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	return (timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
}

/** An answer, and what it took: where slow messages lose their time is told from it. */
export interface TimedAnswer extends ModelAnswer {
	/** When it was there, ISO 8601. */
	at: string;
	/** From the question on, in ms. */
	tookMs: number;
}

/** Asks the model of the node's fields one question. */
export async function ask(
	ctx: IExecuteFunctions,
	question: string,
	itemIndex: number,
): Promise<TimedAnswer> {
	if (!question.trim()) {
		throw new NodeOperationError(ctx.getNode(), 'There is no question: the text is empty', {
			itemIndex,
			description: 'Pictures, files and empty messages have no text to ask about.',
		});
	}
	const credential = await credentialOf(ctx, CREDENTIAL);
	const systemPrompt = ctx.getNodeParameter('systemPrompt', itemIndex, '') as string;
	const options = ctx.getNodeParameter('options', itemIndex, {}) as Options;
	const asked: ChatRequest = {
		model: await modelOf(ctx, credential, itemIndex),
		messages: [
			...(systemPrompt ? [{ role: 'system' as const, content: systemPrompt }] : []),
			{ role: 'user', content: question },
		],
		temperature: options.temperature,
		maxTokens: options.maxTokens,
		extraBody: extraBodyOf(ctx, options.extraBody, itemIndex),
	};
	const askedAt = performance.now();
	const timeoutMs = timeoutOf(ctx, itemIndex);
	const answer = await chat({ ctx, credential, itemIndex, timeoutMs }, asked);
	const tookMs = Math.round(performance.now() - askedAt);
	return { ...answer, at: new Date().toISOString(), tookMs };
}

/** The option *Extra Body*: JSON as a text, or an object from an expression. */
function extraBodyOf(ctx: IExecuteFunctions, given: unknown, itemIndex: number): Fields {
	const value = typeof given === 'string' ? parseJson(given.trim() || '{}') : (given ?? {});
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
	throw new NodeOperationError(ctx.getNode(), 'Extra Body is no JSON object', {
		itemIndex,
		description: 'Write the fields between braces: {"enable_thinking": false}',
	});
}

/** The list of a server's models is asked for anew after this time. */
const FIRST_MODEL_MS = 10 * 60 * 1000;

/** First models of servers that have no recommended one, by credential. */
const firstModels = new LeastRecentlyUsed<{ model: Promise<string>; until: number }>(
	MAX_CREDENTIALS,
);

async function modelOf(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<string> {
	const chosen = ctx.getNodeParameter('model', itemIndex, '', { extractValue: true }) as string;
	if (chosen) return chosen;
	const recommended = recommendedBy(credential);
	if (recommended) return recommended;

	const key = credentialKey(credential);
	const known = firstModels.get(key);
	if (known && Date.now() < known.until) return await known.model;
	const model = firstModel(ctx, credential, itemIndex);
	firstModels.set(key, { model, until: Date.now() + FIRST_MODEL_MS });
	model.catch(() => firstModels.delete(key));
	return await model;
}

const recommendedBy = ({ provider }: ICredentialDataDecryptedObject): string | undefined =>
	providers.find(({ id }) => id === provider)?.defaultModel;

async function firstModel(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<string> {
	const [model] = await listModels(ctx, credential);
	if (model) return model;
	throw new NodeOperationError(ctx.getNode(), 'The server lists no model: choose one', {
		itemIndex,
	});
}

async function listModels(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
): Promise<string[]> {
	const answer = await callModel(ctx, credential, { method: 'GET', path: '/models' });
	const models = Array.isArray(answer.data) ? (answer.data as IDataObject[]) : [];
	return models.map(({ id }) => String(id));
}

/** The models that the credential's provider lists, for the pick list. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const credential = await this.getCredentials(CREDENTIAL.name);
	const models = await listModels(this, credential);
	const wanted = filter.toLowerCase();
	const recommended = recommendedBy(credential);
	const results = models
		.filter((id) => id.toLowerCase().includes(wanted))
		.sort((a, b) => Number(b === recommended) - Number(a === recommended) || (a < b ? -1 : 1))
		.map((id) => ({ name: id === recommended ? `${id} (recommended)` : id, value: id }));
	return { results };
}
