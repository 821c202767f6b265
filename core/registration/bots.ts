import type { Platform } from '../../protocol/message';
import { asFields, asList, asText, type Fields } from '../../protocol/fields';
import {
	usesCredential,
	type BoundBot,
	type CredentialReference,
	type PlacedNode,
} from './bindings';

/* The bots of an n8n: its credentials, and the workflows that use them, as n8n's API lists both. */

/** The bundled workflow that answers with a model: where a new bot goes unless somebody says otherwise. */
const ANSWERING = { id: 'clawbotAnswer001', name: 'ClawBot 1 bot: answer bot messages' };

/** An n8n into which it was brought by the API has it under another id. */
export const isAnswering = ({ id, name }: Pick<PlacedWorkflow, 'id' | 'name'>): boolean =>
	id === ANSWERING.id || name === ANSWERING.name;

/** The name of a new credential holds the id of its app; what a platform's ids look like, where they are of use. */
const APP_IDS: Readonly<Partial<Record<Platform, RegExp>>> = { feishu: /\bcli_\w+/ };

/** The id of a bot's app; undefined where it is of no use, or the credential has another name. */
export const appIdOf = ({
	platform,
	name,
}: Pick<KnownBot, 'platform' | 'name'>): string | undefined => APP_IDS[platform]?.exec(name)?.[0];

/** A platform whose bots can be connected. */
export interface Connectable {
	platform: Platform;
	/** The type of its credentials. */
	credential: string;
	isTrigger: BoundBot['isTrigger'];
}

/** A workflow, as far as it matters here. */
export interface PlacedWorkflow {
	id: string;
	name: string;
	isPublished: boolean;
	/** It has been changed since it was published: who publishes it now publishes that as well. */
	hasDraft: boolean;
	/** As they are edited. */
	nodes: PlacedNode[];
	/** As they are published. */
	publishedNodes: PlacedNode[];
	connections: Fields;
	settings: Fields;
}

/** A workflow that uses a bot's credential. */
export interface BotUse {
	workflow: PlacedWorkflow;
	/** Whether it hears the bot: it is published, with a trigger of the bot that is not disabled. */
	listens: boolean;
}

/** `waiting`: it is heard by the greeting workflow alone, until somebody says who it may talk to. */
export type BotState = 'answering' | 'waiting' | 'unused';

export interface KnownBot extends Connectable {
	/** Of its credential. */
	id: string;
	name: string;
	/** ms since 1970; NaN where n8n does not say it. */
	since: number;
	uses: BotUse[];
	state: BotState;
}

const isNode = (value: unknown): value is PlacedNode =>
	typeof asFields(value).name === 'string' && typeof asFields(value).type === 'string';

const nodesIn = (value: unknown): PlacedNode[] =>
	asList(value)
		.filter(isNode)
		.map((node) => ({ ...node, parameters: asFields(node.parameters) }));

/** A workflow of n8n's API; undefined for an archived one, and for what is none. */
export function readWorkflow(json: unknown): PlacedWorkflow | undefined {
	const fields = asFields(json);
	const id = asText(fields.id);
	if (id === '' || fields.isArchived === true) return undefined;
	const { versionId, activeVersionId, activeVersion } = fields;
	const isPublished = fields.active === true;
	const nodes = nodesIn(fields.nodes);
	const published = asFields(activeVersion).nodes;
	return {
		id,
		name: asText(fields.name),
		isPublished,
		hasDraft: isPublished && Boolean(activeVersionId) && activeVersionId !== versionId,
		nodes,
		publishedNodes: !isPublished ? [] : published ? nodesIn(published) : nodes,
		connections: asFields(fields.connections),
		settings: asFields(fields.settings),
	};
}

const has = ({ credentials }: PlacedNode, type: string, id: string): boolean =>
	credentials?.[type]?.id === id;

/**
 * The bots of some credentials. Those without values are among them: n8n's API shows nobody what is in one.
 * @param greetingId of the workflow that hears bots which nobody has confirmed yet
 */
export function botsOf(
	credentials: readonly unknown[],
	workflows: readonly PlacedWorkflow[],
	platforms: readonly Connectable[],
	greetingId: string,
): KnownBot[] {
	return credentials.flatMap((each) => {
		const { id, name, type, createdAt } = asFields(each);
		const platform = platforms.find(({ credential }) => credential === type);
		if (!platform || asText(id) === '') return [];
		const uses = workflows.flatMap((workflow) => useOf(workflow, asText(id), platform));
		const since = Date.parse(asText(createdAt));
		return [
			{
				...platform,
				id: asText(id),
				name: asText(name),
				since,
				uses,
				state: stateOf(uses, greetingId),
			},
		];
	});
}

function useOf(workflow: PlacedWorkflow, id: string, platform: Connectable): BotUse[] {
	const { credential, isTrigger } = platform;
	const having = (nodes: PlacedNode[]): PlacedNode[] =>
		nodes.filter((node) => has(node, credential, id));
	const published = having(workflow.publishedNodes);
	if (published.length + having(workflow.nodes).length === 0) return [];
	const listens = published.some((node) => isTrigger(node) && node.disabled !== true);
	return [{ workflow, listens }];
}

function stateOf(uses: BotUse[], greetingId: string): BotState {
	const listening = uses.filter(({ listens }) => listens);
	if (listening.length === 0) return 'unused';
	return listening.every(({ workflow }) => workflow.id === greetingId) ? 'waiting' : 'answering';
}

/** The published triggers of a bot: by their connections it is known whether the bot is reached. */
export function triggersOf({ uses, credential, id, isTrigger }: KnownBot): Array<{
	workflowId: string;
	nodeId: string;
}> {
	return uses.flatMap(({ workflow }) =>
		workflow.publishedNodes
			.filter((node) => isTrigger(node) && !node.disabled && has(node, credential, id))
			.map((node) => ({ workflowId: workflow.id, nodeId: asText(asFields(node).id) })),
	);
}

/** A workflow that a bot could go to. */
export interface BotPlace {
	workflow: PlacedWorkflow;
	/** The other bot that it has now, and would lose. */
	before?: CredentialReference;
	/** Other workflows that would get the bot in the place of that one. */
	alike: PlacedWorkflow[];
}

/**
 * The workflows with a trigger of the bot's platform, the one that is meant first. With the one that answers go those
 * that work with the same bot: what sends a message again must do so as the bot that got it.
 */
export function placesFor(
	bot: KnownBot,
	workflows: readonly PlacedWorkflow[],
	greetingId: string,
): BotPlace[] {
	const others = workflows.filter(({ id }) => id !== greetingId);
	return others
		.filter(({ nodes }) => nodes.some(bot.isTrigger))
		.map((workflow): BotPlace => {
			const before = beforeIn(workflow, bot);
			if (!before) return { workflow, alike: [] };
			const alike = isAnswering(workflow)
				? others.filter((other) => other !== workflow && uses(other, bot.credential, before))
				: [];
			return { workflow, before, alike };
		})
		.sort((a, b) => rankOf(a.workflow) - rankOf(b.workflow));
}

const beforeIn = (
	{ nodes }: PlacedWorkflow,
	{ isTrigger, credential, id }: KnownBot,
): CredentialReference | undefined =>
	nodes
		.filter((node) => isTrigger(node) && node.disabled !== true)
		.map(({ credentials }) => credentials?.[credential])
		.find((reference) => reference?.id && reference.id !== id);

const uses = ({ nodes }: PlacedWorkflow, type: string, { id }: CredentialReference): boolean =>
	usesCredential(nodes, type, id);

const rankOf = (workflow: PlacedWorkflow): number => (isAnswering(workflow) ? 0 : 1);
