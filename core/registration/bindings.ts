/* Which nodes of a workflow work with a bot: they get its credential. */

/** What decides about a node, as n8n's API has it. */
export interface PlacedNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	disabled?: boolean;
	credentials?: Record<string, CredentialReference>;
}

/** How a node names a credential; without an id it is one that n8n is still to find by its name. */
export interface CredentialReference {
	id: string | null;
	name: string;
}

/** A bot that workflows are to work with. */
export interface BoundBot {
	/** The type of its credential. */
	type: string;
	credential: CredentialReference;
	/** Whether a node is a trigger that takes the messages of such a bot. */
	isTrigger(node: Pick<PlacedNode, 'type' | 'typeVersion' | 'parameters'>): boolean;
}

export interface Binding<Placed> {
	/** All nodes of the workflow. */
	nodes: Placed[];
	/** Names of those that have the credential now. */
	bound: string[];
	/** Names of the triggers that were disabled and are not any more. */
	enabled: string[];
	/** The credential that they had before, if one was chosen. */
	before?: CredentialReference;
}

/**
 * Why a workflow is left as it is: none of its nodes works with such a bot, or they work with several bots of the
 * platform, and nobody but a person can say which of them the new one replaces.
 */
export type BindingProblem = 'noNode' | 'severalBots';

/** Nodes that answer on whatever platform a message came from: each platform's credential is a choice of theirs. */
const ANSWERS_ANYWHERE = /\.(aiReply|botReply)$/;

/**
 * Gives a bot's credential to every node of a workflow that works with a bot of its kind: to its triggers, and to
 * those that have a credential of the same type. Nodes that answer anywhere get it where a trigger has it. All others
 * are left alone. Where every such trigger is disabled, they are enabled: nothing else would hear the bot.
 */
export function bind<Placed extends PlacedNode>(
	nodes: readonly Placed[],
	bot: BoundBot,
): Binding<Placed> | { problem: BindingProblem } {
	const { type, credential } = bot;
	const before = chosenBefore(nodes, type);
	if (before.length > 1) return { problem: 'severalBots' };
	const triggers = nodes.filter(bot.isTrigger);
	const works = (node: Placed): boolean =>
		triggers.includes(node) ||
		node.credentials?.[type] !== undefined ||
		(triggers.length > 0 && ANSWERS_ANYWHERE.test(node.type));
	const bound = nodes.filter(works);
	if (bound.length === 0) return { problem: 'noNode' };
	const enabled = triggers.every(({ disabled }) => disabled) ? triggers : [];
	return {
		nodes: nodes.map((node) => ({
			...node,
			...(bound.includes(node) && { credentials: { ...node.credentials, [type]: credential } }),
			...(enabled.includes(node) && { disabled: false }),
		})),
		bound: bound.map(({ name }) => name),
		enabled: enabled.map(({ name }) => name),
		...(before[0] && { before: before[0] }),
	};
}

/** The credentials of a type that nodes have, each once. */
function chosenBefore(nodes: readonly PlacedNode[], type: string): CredentialReference[] {
	const chosen = new Map<string, CredentialReference>();
	for (const { credentials } of nodes) {
		const credential = credentials?.[type];
		if (credential?.id) chosen.set(credential.id, credential);
	}
	return [...chosen.values()];
}

/** Whether one of the nodes works with a credential: those that keep the one from before should be known. */
export const usesCredential = (
	nodes: readonly PlacedNode[],
	type: string,
	id: string | null,
): boolean => nodes.some(({ credentials }) => credentials?.[type]?.id === id);
