import { asText } from '../fields';

/** One turn of a conversation with a model. */
export interface ChatMessage {
	role: 'system' | 'user' | 'assistant';
	content: string;
}

export interface ChatRequest {
	model: string;
	messages: ChatMessage[];
	temperature?: number;
	/** Longest answer, in tokens. */
	maxTokens?: number;
}

/** A model's answer: the `answer` that nodes add to an item. */
export interface ModelAnswer {
	text: string;
	/** What a reasoning model thought before it answered. */
	reasoning?: string;
	model: string;
	/** `stop`; `length` where the answer was cut off. */
	finishReason: string;
	usage?: { promptTokens: number; completionTokens: number };
}

/** The body of `POST {baseUrl}/chat/completions`. */
export function chatBody({ model, messages, temperature, maxTokens }: ChatRequest): object {
	return {
		model,
		messages,
		...(temperature !== undefined && { temperature }),
		...(maxTokens !== undefined && { max_tokens: maxTokens }),
		stream: false,
	};
}

interface ChatCompletion {
	model?: unknown;
	choices?: Array<{
		message?: { content?: unknown; reasoning_content?: unknown };
		finish_reason?: unknown;
	}>;
	usage?: { prompt_tokens?: unknown; completion_tokens?: unknown };
}

/** Reads a chat completion; `text` is empty where the model said nothing. */
export function readAnswer(body: unknown): ModelAnswer {
	const { choices, model, usage } = (body ?? {}) as ChatCompletion;
	const choice = choices?.[0];
	const text = contentText(choice?.message?.content);
	const reasoning = contentText(choice?.message?.reasoning_content);
	return {
		text,
		...(reasoning && { reasoning }),
		model: asText(model),
		finishReason: asText(choice?.finish_reason),
		...(usage && {
			usage: {
				promptTokens: Number(usage.prompt_tokens ?? 0),
				completionTokens: Number(usage.completion_tokens ?? 0),
			},
		}),
	};
}

/** Some servers answer with a list of parts instead of a string. */
function contentText(content: unknown): string {
	if (typeof content === 'string') return content.trim();
	if (!Array.isArray(content)) return '';
	return content
		.map((part: { text?: unknown }) => (typeof part?.text === 'string' ? part.text : ''))
		.join('')
		.trim();
}
