import { asFields, asText } from '../../protocol/fields';

/** Two texts and the rest have to fit one command of a shell. */
const MAX_TEXT = 16_000;
const MAX_JSON_BYTES = 50_000;
/** Of ids and names. */
const MAX_NAME = 200;

/** What an archive holds of a message: no key of a platform, no address to answer to. */
export interface MessageRecord {
	executionId: string;
	/** ISO 8601. */
	at: string;
	platform: string;
	kind: string;
	messageId: string;
	conversationId: string;
	conversationType: string;
	senderId: string;
	senderName: string;
	contentType: string;
	text: string;
	answer: string;
	/** Why it was not answered. */
	error: string;
}

const name = (value: unknown): string => asText(value).slice(0, MAX_NAME);

function short(value: unknown): string {
	const text = asText(value).slice(0, MAX_TEXT);
	// What JSON has to escape takes six bytes a character.
	return Buffer.byteLength(JSON.stringify(text)) <= MAX_JSON_BYTES ? text : text.slice(0, 8_000);
}
const valuesOf = (value: unknown): unknown[] =>
	Array.isArray(value) ? (value as unknown[]) : Object.values(asFields(value));

/** Every item that a node put out. */
function* itemsOf(execution: unknown): Generator<Record<string, unknown>> {
	const { data } = asFields(execution);
	const { runData } = asFields(asFields(data).resultData);
	for (const run of valuesOf(runData).flatMap(valuesOf)) {
		const { main } = asFields(asFields(run).data);
		for (const item of valuesOf(main).flatMap(valuesOf)) yield asFields(asFields(item).json);
	}
}

/** The messages of one execution, each once, with its answer where a node of it gave one. */
export function messagesOf(execution: unknown): MessageRecord[] {
	const { id, startedAt } = asFields(execution);
	const found = new Map<string, MessageRecord>();
	for (const json of itemsOf(execution)) {
		const [platform, messageId] = [name(json.platform), name(json.messageId)];
		if (platform === '' || messageId === '') continue;
		const sender = asFields(json.sender);
		const key = `${platform} ${messageId}`;
		const known = found.get(key) ?? {
			executionId: name(id),
			at: name(json.receivedAt) || name(startedAt),
			platform,
			kind: name(json.kind),
			messageId,
			conversationId: name(json.conversationId),
			conversationType: name(json.conversationType),
			senderId: name(sender.id),
			senderName: name(sender.name),
			contentType: name(json.contentType),
			text: short(json.text),
			answer: '',
			error: '',
		};
		known.answer ||= short(asFields(json.answer).text);
		known.error ||= name(asFields(json.error).class) || name(asFields(json.error).message);
		found.set(key, known);
	}
	return [...found.values()];
}
