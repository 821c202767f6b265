import { randomBytes } from 'node:crypto';
import { sleep } from 'n8n-workflow';
import { expected } from '../../core/common/defects';
import {
	bind,
	type BindingProblem,
	type BoundBot,
	type PlacedNode,
} from '../../core/registration/bindings';
import type { BotPlace, Connectable, KnownBot, PlacedWorkflow } from '../../core/registration/bots';
import { unbind } from '../../core/registration/unbind';
import type { Bilingual, RegistrationGrant } from '../../protocol/registration';
import { PLATFORMS } from '../../protocol/platforms';
import type { PlatformRegistration } from '../shared/registration';
import { N8nRefusal, type N8nApi } from './n8nApi';

/* From the credentials of a new bot to workflows that work with it. No secret leaves this file but to n8n's API. */

const TRIES = 3;
const PAUSE_MS = 1000;

export const connectableOf = ({
	platform,
	credential,
	isTrigger,
}: PlatformRegistration): Connectable => ({ platform, credential, isTrigger });

/** The app's id tells two bots of a platform apart; it is no secret. */
function nameOf({ platform }: PlatformRegistration, values: RegistrationGrant['values']): string {
	const { clientId, appId, botId } = values;
	return `${PLATFORMS[platform].name} ${clientId ?? appId ?? botId ?? ''}`.trim();
}

interface Kept {
	/** Of the credential. */
	id: string;
	name: string;
}

/** The credential that a grant makes; `replaces` is the id of one that gets the values. */
export interface CredentialToKeep {
	registration: PlatformRegistration;
	values: RegistrationGrant['values'];
	replaces?: string;
	/** It is the same app: what else its credential holds stays. */
	updates?: boolean;
}

/**
 * Keeps what a platform has given, which it gives once: tried again where n8n does not answer.
 * @returns where it is kept, or why n8n did not keep it
 */
export async function keepGrant(
	api: N8nApi,
	{ registration, values, replaces, updates }: CredentialToKeep,
): Promise<Kept | N8nRefusal> {
	const name = nameOf(registration, values);
	const credential = { name, type: registration.credential, data: values };
	const id = replaces ?? randomBytes(12).toString('base64url').slice(0, 16);
	const keep = async (): Promise<void> =>
		replaces
			? await api.changeCredential(id, credential, updates)
			: await api.createCredential(id, credential);
	for (let attempt = 1; ; attempt++) {
		const refusal = await keep().then(() => undefined, refusalOf);
		// Where the first answer was lost, the credential of this id is ours.
		if (!refusal || (refusal.status === 409 && attempt > 1)) return { id, name };
		const isFinal = refusal.status >= 400 && refusal.status < 500;
		if (isFinal || attempt === TRIES) return refusal;
		await sleep(PAUSE_MS);
	}
}

/** @throws whatever is none */
export const refusalOf = (error: unknown): N8nRefusal => expected(error, N8nRefusal);

export const boundOf = (
	{ credential, isTrigger }: Connectable,
	{ id, name }: Pick<KnownBot, 'id' | 'name'>,
): BoundBot => ({ type: credential, credential: { id, name }, isTrigger });

const PROBLEMS: Readonly<
	Record<BindingProblem | 'missing' | 'draft', (name: string) => Bilingual>
> = {
	missing: (name) => ({
		zh: `流程 ${name} 不在这个 n8n 中：请导入后在列表中继续。`,
		en: `The workflow ${name} is not in this n8n: import it, then go on from the list.`,
	}),
	draft: (name) => ({
		zh: `流程 ${name} 有未发布的修改：请先发布或放弃。`,
		en: `The workflow ${name} has changes that are not published: publish or discard them first.`,
	}),
	noNode: (name) => ({
		zh: `流程 ${name} 没有该平台的触发器。`,
		en: `The workflow ${name} has no trigger of this platform.`,
	}),
	severalBots: (name) => ({
		zh: `流程 ${name} 用到该平台的多个机器人：请在画布上选择。`,
		en: `The workflow ${name} works with several bots of this platform: choose on the canvas.`,
	}),
};

/** A workflow cannot get the bot, for a person's reasons. */
export const problemOf = (problem: keyof typeof PROBLEMS, name: string): N8nRefusal =>
	new N8nRefusal(409, PROBLEMS[problem](name));

/** What a workflow is to become. */
interface Change {
	workflow: PlacedWorkflow;
	nodes: PlacedNode[];
	publish: boolean;
}

/** A workflow with a bot in it, which is to be published. @throws N8nRefusal */
function changeFor(bot: BoundBot, workflow: PlacedWorkflow): Change {
	if (workflow.hasDraft) throw problemOf('draft', workflow.name);
	const binding = bind(workflow.nodes, bot);
	if ('problem' in binding) throw problemOf(binding.problem, workflow.name);
	return { workflow, nodes: binding.nodes, publish: true };
}

/**
 * All that changes where a bot goes to some places: nothing has been changed when one of them cannot take it. Those
 * that go with them are published where they were.
 * @throws N8nRefusal
 */
export function changesFor(bot: BoundBot, places: readonly BotPlace[]): Change[] {
	const chosen = places.map(({ workflow }) => changeFor(bot, workflow));
	const others = new Set(places.flatMap(({ alike }) => alike));
	for (const { workflow } of places) others.delete(workflow);
	const alike = [...others].map((workflow) => changeFor(bot, workflow));
	return [
		...chosen,
		...alike.map((change) => ({ ...change, publish: change.workflow.isPublished })),
	];
}

/** Takes a bot out of the workflows that have it. @throws N8nRefusal */
export async function takeOut(
	api: N8nApi,
	workflows: readonly PlacedWorkflow[],
	bot: BoundBot,
): Promise<void> {
	const changes = workflows.flatMap((workflow) => {
		const nodes = unbind(workflow.nodes, bot);
		return nodes ? [{ workflow, nodes }] : [];
	});
	const draft = changes.find(({ workflow }) => workflow.hasDraft);
	if (draft) throw problemOf('draft', draft.workflow.name);
	for (const { workflow, nodes } of changes) await api.change(workflow, nodes);
}

/** Lets a bot greet who writes to it, and answer nobody: its connection opens. @throws N8nRefusal */
export async function letGreet(api: N8nApi, greetingId: string, bot: BoundBot): Promise<void> {
	const greeting = (await api.workflows()).find(({ id }) => id === greetingId);
	if (!greeting) throw problemOf('missing', 'ClawBot 1 bot: greet new bots');
	const { workflow, nodes } = changeFor(bot, greeting);
	await api.change(workflow, nodes, true);
}
