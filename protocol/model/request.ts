import { asFields, asList, asNumber, asText, type Fields } from '../fields';
import { findCode } from './code';
import { saidIn, thoughtIn } from './message';
import { splitReasoning, unwrapAnswer } from './reasoning';

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
	/** Fields that only this provider knows; they count before the others. */
	extraBody?: Record<string, unknown>;
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
export function chatBody(
	{ model, messages, temperature, maxTokens, extraBody }: ChatRequest,
	stream: boolean,
): object {
	return {
		model,
		messages,
		...(temperature !== undefined && { temperature }),
		...(maxTokens !== undefined && { max_tokens: maxTokens }),
		...extraBody,
		stream,
	};
}

/** Why a model ended before it was done: the providers' own words. */
const CUT_OFF =
	/^(?:length|max_?tokens|max_output_tokens|model_length|content_?filter|sensitive|safety|recitation|incomplete)$/i;

/** Whether the answer ends in the middle. */
export const isCutOff = ({ finishReason }: Pick<ModelAnswer, 'finishReason'>): boolean =>
	CUT_OFF.test(finishReason);

/** Reads a chat completion; `text` is empty where the model said nothing. */
export function readAnswer(body: unknown): ModelAnswer {
	const { choices, model, usage } = asFields(body);
	const choice = asFields(asList(choices)[0]);
	const message = asFields(choice.message);
	const finishReason = asText(choice.finish_reason);
	const { reasoning, text } = splitReasoning(saidIn(message), isCutOff({ finishReason }));
	const apart = thoughtIn(message).trim();
	const thought = [apart, reasoning].filter(Boolean).join('\n\n');
	return {
		text: apart ? unwrapAnswer(text) : text,
		...(thought && { reasoning: thought }),
		model: asText(model),
		finishReason,
		...((usage ?? null) !== null && { usage: readUsage(asFields(usage)) }),
	};
}

const readUsage = ({ prompt_tokens: prompt, completion_tokens: completion }: Fields) => ({
	promptTokens: asNumber(prompt) || 0,
	completionTokens: asNumber(completion) || 0,
});

const CUT_OFF_MARK = {
	zh: '（回答未完，到此中断。）',
	en: '(The answer was cut off here.)',
};

/** What a person reads: an answer that ends in the middle says so, in its own language. */
export function spokenAnswer(answer: Pick<ModelAnswer, 'text' | 'finishReason'>): string {
	const { text } = answer;
	if (!text || !isCutOff(answer)) return text;
	const { open } = findCode(text);
	// Inside a code block the mark would be code.
	const ended = open ? `${text}\n${open.mark}` : text;
	return `${ended}\n\n${isChinese(text) ? CUT_OFF_MARK.zh : CUT_OFF_MARK.en}`;
}

/** Chinese characters without the letters that only Japanese and Korean have. */
const isChinese = (text: string): boolean =>
	/\p{Script=Han}/u.test(text) &&
	!/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text);
