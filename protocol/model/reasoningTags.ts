/* How reasoning is marked in what a model says: by a tag, or by a special token of a model's template. */

const NAME =
	'(?:[a-z]\\w{0,20}:)?(?:(?:ant|chain[_-]of|deep|inner|internal|model)[_-]?)?(?:think(?:ing)?|thoughts?|reasoning|reflection|analysis|cot|scratchpad|monologue|深度思考|思考(?:过程)?|推理(?:过程)?)(?:[_-](?!end\\b)\\w{1,60})?';
const BAR = '[|｜]';
const LEFT = '(?:\\\\?<|&(?:lt|#60|#x3c);|＜|◁)';
const RIGHT = '(?:\\\\?>|&(?:gt|#62|#x3e);|＞|▷)';
const SLASH = '(?:/|／|&#(?:47|x2f);)';
const HARMONY = `(?:<${BAR}end${BAR}>\\s{0,9})?(?:<${BAR}start${BAR}>assistant\\s{0,9})?<${BAR}channel${BAR}>`;
const TO_MESSAGE = `[^<>\\n]{0,80}(?:<${BAR}constrain${BAR}>\\w{0,20})?<${BAR}message${BAR}>`;
const BEGIN = '(?:(?:begin|start)[_▁](?:of[_▁])?)';
const END = `(?:end[_▁](?:of[_▁])?${NAME}|${NAME}[_-]end)`;

/** `<think>`, Kimi's, Mistral's, and special tokens of other models' templates. */
const OPENING = [
	`${LEFT}${BEGIN}?${NAME}(?:\\s[^<>\\n]{0,200})?/?${RIGHT}`,
	'\\[(?:THINK(?:ING)?|REASONING)\\](?!\\()',
	`<${BAR}${BEGIN}?${NAME}${BAR}>`,
	'<\\|channel>thought',
	'<unused94>thought',
	`${HARMONY}(?:analysis|commentary)${TO_MESSAGE}`,
].join('|');
const CLOSING = [
	`${LEFT}\\s{0,9}(?:${SLASH}\\s{0,9}${NAME}|${END})\\s{0,9}${RIGHT}`,
	'\\[/(?:THINK(?:ING)?|REASONING)\\]',
	`<${BAR}(?:/${NAME}|${END})${BAR}>`,
	'<channel\\|>',
	'<unused95>',
	`${HARMONY}final${TO_MESSAGE}`,
].join('|');
/** A tag that begins a line, and what dresses it there: a quote's mark, a heading's, bold type. */
const DRESS = '(?:^[ \\t]{0,3}(?:(?:>|#{1,6}|[-*+])[ \\t]{1,9})?(?<bold>\\*{1,3}|_{1,3})?)?';
export const TAG = new RegExp(`${DRESS}(?:(?<opening>${OPENING})|${CLOSING})\\k<bold>`, 'gimu');
