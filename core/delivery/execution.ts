import { asFields, asText, type Fields } from '../../protocol/fields';

/* An execution as n8n's public API gives it, with its data. */

const MAX_MESSAGES_SHOWN = 50;
const MAX_TEXT_SHOWN = 200;

export interface ShownMessage {
	platform: string;
	conversationId: string;
	messageId: string;
	text: string;
}

/** The items that the execution began with: n8n keeps them with the node that was to run. */
export function itemsOf(execution: Fields): Fields[] {
	const { main } = asFields(nextStep(execution).data);
	const outputs: unknown[] = Array.isArray(main) ? main : [];
	return outputs.flatMap((items) => (Array.isArray(items) ? items.map(asFields) : []));
}

/** Enough of the messages for people to know what it is about. */
export function messagesOf(execution: Fields): ShownMessage[] {
	return itemsOf(execution)
		.map(({ json }) => asFields(json))
		.filter(({ messageId }) => asText(messageId) !== '')
		.slice(0, MAX_MESSAGES_SHOWN)
		.map(({ platform, conversationId, messageId, text }) => ({
			platform: asText(platform),
			conversationId: asText(conversationId),
			messageId: asText(messageId),
			text: asText(text).slice(0, MAX_TEXT_SHOWN),
		}));
}

/**
 * Whether a bot's trigger began it. Others may have effects that must not be repeated unasked: their owners
 * are told that they crashed.
 */
export function isBots(execution: Fields): boolean {
	const { runtimeData } = executionDataOf(execution);
	const type = asText(asFields(asFields(runtimeData).triggerNode).type);
	return isBotTrigger(type || asText(asFields(nextStep(execution).node).type));
}

const executionDataOf = ({ data }: Fields): Fields => asFields(asFields(data).executionData);

/** The node that was to run, with its items. */
function nextStep(execution: Fields): Fields {
	const { nodeExecutionStack: steps } = executionDataOf(execution);
	return asFields(Array.isArray(steps) ? steps[0] : undefined);
}

/** It starts the bundled workflows that look after messages; none of its executions holds one. */
export const DELIVERY_TRIGGER = 'n8n-nodes-clawbot.deliveryTrigger';

/** Whether a node type is a trigger of this package that takes messages in. */
export function isBotTrigger(type: string): boolean {
	return /^n8n-nodes-clawbot\.\w+Trigger$/.test(type) && type !== DELIVERY_TRIGGER;
}
