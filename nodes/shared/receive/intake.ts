import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { completeMessage, type BotMessage, type DecodedMessage } from '../../../protocol/message';
import type { Batch, SeenNote } from './inbox';
import { inboxOf } from './inboxes';
import { DEFAULT_MAX_AGE_MINUTES } from './intakeFields';
import { sharesExecutions, type Executions } from './sharing';

/** What a trigger node's parameters say about the messages that come to it. */
export interface IntakeSettings {
	/** Kinds of message that start the workflow. */
	events: string[];
	/** Which messages of groups are for the bot; all of them where it is left out. */
	groups?: { all: boolean; fromBots: boolean; toEverybody: boolean };
	/** Whether messages that arrive together share one execution. */
	together: boolean;
	/** Whether items keep the platform's own payload. */
	includeRaw: boolean;
	maxAgeMs: number;
	olderMessages: 'drop' | 'flag';
}

/** A trigger node that messages come to. */
export interface Trigger {
	workflowId: string;
	nodeId: string;
	/** The credential's id: which bot messages are written to. */
	botId: string;
	settings: IntakeSettings;
	/** A test run from the editor, beside the published workflow. */
	isTest: boolean;
	/** The workflow's static data. */
	note: SeenNote;
}

/**
 * Starts an execution with the items. Calls `markStored` as soon as n8n has stored it, with the static
 * data that n8n saves after that; resolves when the start is over, stored or not.
 * @param batch where the items come from; undefined in a test run
 */
export type StartExecution = (
	items: INodeExecutionData[],
	markStored: (note: SeenNote) => void,
	batch?: Batch,
) => Promise<void>;

interface Options {
	executions?: Executions;
	fromBots?: boolean;
	includeRaw?: boolean;
	maxAgeMinutes?: number;
	olderMessages?: 'drop' | 'flag';
	toEverybody?: boolean;
}

type TriggerContext = IWebhookFunctions | ITriggerFunctions | IExecuteFunctions;

/**
 * Reads a trigger node: once for a request, once for a connection, or once for a test run.
 * @param credential the type of its bot's credential
 */
export function triggerOf(ctx: TriggerContext, credential: string): Trigger {
	const parameter = (name: string, fallback: unknown): unknown =>
		'getInputData' in ctx
			? ctx.getNodeParameter(name, 0, fallback)
			: ctx.getNodeParameter(name, fallback as object);
	const options = parameter('options', {}) as Options;
	return {
		workflowId: ctx.getWorkflow().id ?? '',
		nodeId: ctx.getNode().id,
		botId: ctx.getNode().credentials?.[credential]?.id ?? '',
		settings: {
			events: parameter('events', ['message']) as string[],
			...(ctx.getNode().typeVersion >= 3 && {
				groups: {
					all: parameter('groupMessages', 'mentionsBot') === 'all',
					fromBots: options.fromBots ?? false,
					toEverybody: options.toEverybody ?? false,
				},
			}),
			together: sharesExecutions(ctx, options.executions ?? 'automatic'),
			includeRaw: options.includeRaw ?? false,
			maxAgeMs: (options.maxAgeMinutes ?? DEFAULT_MAX_AGE_MINUTES) * 60_000,
			olderMessages: options.olderMessages ?? 'drop',
		},
		isTest: ctx.getMode() === 'manual',
		note: ctx.getWorkflowStaticData('global') as SeenNote,
	};
}

/**
 * Takes a decoded message into a trigger's workflow, however it came.
 *
 * 1. What the settings leave out is acknowledged and starts nothing.
 * 2. A test run gets an execution of its own: it neither claims messages nor remembers them.
 * 3. The inbox admits each message once; messages that arrive together share one execution, or each starts
 *    its own, as the settings say.
 * 4. The answer is there when n8n has stored that execution, or has failed to.
 *
 * @param start used for the message that leads a batch, at most once
 * @returns whether to acknowledge; where not, the platform must be told so and delivers it again
 * @throws what `start` throws: the message is not acknowledged then either
 */
export async function intake(
	trigger: Trigger,
	message: DecodedMessage,
	start: StartExecution,
): Promise<boolean> {
	const chosen = choose(message, trigger);
	if (!chosen) return true;
	if (trigger.isTest) {
		let isStored = false;
		await start([toItem(chosen)], () => (isStored = true));
		return isStored;
	}
	const { nodeId, settings } = trigger;
	const inbox = inboxOf(trigger);
	const admission = await inbox.admit(keyOf(nodeId, chosen), chosen, settings.together);
	if (admission.role === 'duplicate') return true;
	if (admission.role === 'follower') return await admission.stored;
	const { batch } = admission;
	try {
		const items = [...batch.messages.values()].map(toItem);
		await start(items, (note) => batch.markStored(note), batch);
	} finally {
		batch.close();
	}
	return await batch.stored;
}

/** The item of a message; undefined where the settings do not want it. */
export function itemOf(message: DecodedMessage, trigger: Trigger): INodeExecutionData | undefined {
	const chosen = choose(message, trigger);
	return chosen && toItem(chosen);
}

/** Notes messages that another process has taken in, and whose execution runs here. */
export function remember(
	{ workflowId, nodeId, note }: Pick<Trigger, 'workflowId' | 'nodeId' | 'note'>,
	items: INodeExecutionData[],
): void {
	const keys = items.map(({ json }) => keyOf(nodeId, json as unknown as BotMessage));
	inboxOf({ workflowId, nodeId }).remember(keys, note);
}

/** The message as the settings want it in an item; undefined where they do not want it. */
function choose(message: DecodedMessage, { settings, botId }: Trigger): BotMessage | undefined {
	if (!settings.events.includes(message.kind)) return undefined;
	if (!isForBot(message, settings)) return undefined;
	const isOld = Date.now() - Date.parse(message.sentAt) > settings.maxAgeMs;
	if (isOld && settings.olderMessages === 'drop') return undefined;
	const { raw, ...chosen } = completeMessage(message, botId);
	return Object.assign(chosen, isOld && { stale: true }, settings.includeRaw && { raw });
}

/** In a group a bot answers who mentions it: not everybody's mention, and no other bot, unless it is told to. */
function isForBot(message: DecodedMessage, { groups }: IntakeSettings): boolean {
	const { kind, conversationType, sender, mentions, mentionedBot } = message;
	if (!groups || kind !== 'message' || conversationType !== 'group') return true;
	if (sender.isBot && !groups.fromBots) return false;
	const isToEverybody = groups.toEverybody && mentions.some(({ all }) => all);
	return groups.all || mentionedBot || isToEverybody;
}

/** Message ids repeat between conversations on some platforms, and between bots. */
function keyOf(nodeId: string, { conversationId, messageId }: BotMessage): string {
	return JSON.stringify([nodeId, conversationId, messageId]);
}

function toItem(message: BotMessage): INodeExecutionData {
	return { json: message as unknown as IDataObject };
}
