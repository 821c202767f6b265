import { labelledReasoning } from './reasoningLabels';

/*
 * Some models put their reasoning first without a tag of its own: behind words that they were trained to say, in a
 * block that is named so, or in what is left of their channels where a server drops the special tokens.
 */

interface Form {
	/** At the very beginning of what the model said. */
	begin: RegExp;
	end: RegExp;
	/** Nothing else begins so: what has no end is reasoning to its end. */
	isCertain?: true;
}

const FORMS: readonly Form[] = [
	// gpt-oss.
	{ begin: /^\s*analysis(?=\p{Lu})/u, end: /assistant\s{0,9}final/, isCertain: true },
	{ begin: /^\s*analysis/, end: /assistant\s{0,9}final/ },
	// s1.
	{
		begin: /^\s*<\|im_start\|>think\n/,
		end: /(?:<\|im_end\|>\s{0,9})?<\|im_start\|>answer\n/,
		isCertain: true,
	},
	// Granite, Apriel, HuatuoGPT.
	{ begin: /^\s*here(?:'|’| i)s my thought process:/i, end: /^here(?:'|’| i)s my response:/im },
	{ begin: /^\s*here are my reasoning steps:/i, end: /\[BEGIN FINAL RESPONSE\]/ },
	{ begin: /^\s*## Thinking\n/, end: /^## Final Response\n/m },
	// Ollama's command.
	{ begin: /^\s*Thinking\.\.\.\n/, end: /^\.\.\.done thinking\.[ \t]*$/m },
	// Servers and chat programs that fold it.
	{
		begin: /^\s*(?:```|~~~)(?:think(?:ing)?|thoughts?|reasoning)[ \t]*\n/i,
		end: /^(?:```|~~~)[ \t]*$/m,
	},
	{ begin: /^\s*<details\b[^>]{0,200}\btype=["']?reasoning\b[^>]{0,200}>/i, end: /<\/details>/i },
	{
		begin:
			/^\s*<details[^>]{0,200}>\s{0,9}<summary>[^<]{0,40}(?:think|thought|reasoning|思考|推理)[^<]{0,80}<\/summary>/i,
		end: /<\/details>/i,
	},
];

/** Apriel ends its answer with words, too. */
const LAST_WORDS = /\[END FINAL RESPONSE\]\s*$/;

/** The reasoning that begins what a model said, and what follows it; undefined where none does. */
export function wordedReasoning(
	said: string,
	isCutOff: boolean,
): { reasoning: string; text: string } | undefined {
	for (const { begin, end, isCertain } of FORMS) {
		const found = begin.exec(said);
		if (!found) continue;
		const rest = said.slice(found[0].length);
		const ending = end.exec(rest);
		if (ending) {
			const text = rest.slice(ending.index + ending[0].length).replace(LAST_WORDS, '');
			return { reasoning: rest.slice(0, ending.index).trim(), text };
		}
		if (isCertain || isCutOff) return { reasoning: rest.trim(), text: '' };
	}
	return labelledReasoning(said, isCutOff);
}
