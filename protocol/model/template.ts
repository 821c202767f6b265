import { findCode, within } from './code';

/*
 * Where a server's template does not fit its model, special tokens of the template stand around the answer:
 * `<|im_start|>assistant … <|im_end|>`. One that an answer talks about stands in code or after a word and a blank.
 */

const BAR = '[|｜]';
/** Any special token but those that begin or end a piece of reasoning, which are read first. */
const TOKEN = `<${BAR}(?!/?channel|[^<>|｜\\n]{0,30}(?:think|thought|reasoning))[^<>|｜\\n]{1,40}${BAR}>`;
const BEFORE = new RegExp(
	`(?:[\\s\\p{Cf}]|(?:${TOKEN}|<start_of_turn>)(?:(?:assistant|model)(?=\\s*(?:\\n|<|$)))?|(?:assistant|model)(?=${TOKEN})|<bos>|<sop>|\\[gMASK\\]|<s>(?=[\\s<\\[]))+`,
	'iuy',
);
const AFTER = new RegExp(
	`(?:${TOKEN}|</s>|<end_of_turn>|<eos>|<turn\\|>|\\[\\|endofturn\\|\\])(?:user|assistant|model)?$`,
	'iu',
);
/** The longest that `AFTER` matches. */
const LONGEST = 60;
/** A model that was not stopped goes on with the next turn by itself. */
const NEXT_TURN = new RegExp(
	`(?:<${BAR}(?:im_end|eot_id|end|endoftext|end▁of▁sentence|eom_id)${BAR}>|<end_of_turn>)\\s{0,9}(?:<${BAR}(?:im_start|start_header_id|user|begin▁of▁sentence|start${BAR}>(?=user))(?:${BAR}>)?|<start_of_turn>)`,
	'giu',
);

/** The answer without what the template put around it. */
export function stripTemplate(text: string): string {
	BEFORE.lastIndex = 0;
	const before = BEFORE.exec(text)?.[0] ?? '';
	const answer = firstTurn(text.slice(before.length));
	return stripEnd(answer, before.trim() !== '');
}

function firstTurn(text: string): string {
	const isCode = within(findCode(text).ranges);
	const next = [...text.matchAll(NEXT_TURN)].find(({ index }) => !isCode(index));
	return next ? text.slice(0, next.index) : text;
}

/** @param certain the text began with a token of the template as well */
function stripEnd(text: string, certain: boolean): string {
	let rest = text.trimEnd();
	for (let isTemplate = certain; ; isTemplate = true) {
		const token = AFTER.exec(rest.slice(-LONGEST))?.[0];
		if (token === undefined) return rest;
		const said = rest.slice(0, -token.length);
		if (!isTemplate && !/(?:^|[^ \t]|[.!?。！？…][ \t]+)$/u.test(said.slice(-LONGEST))) return rest;
		// An answer in HTML may strike a text through.
		if (token === '</s>' && said.includes('<s>')) return rest;
		rest = said.trimEnd();
	}
}
